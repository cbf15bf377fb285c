/** Words of the design system's own markup, for those who cannot see what the shapes say. */
export const HIDDEN = {
  error: "Error: ",
  information: "Information: ",
} as const;
