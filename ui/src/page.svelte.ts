/**
 * What a screen tells the window around it. Never anything about a person: it outlives the screen.
 */
export const page = $state({
  /** What the polite live region says. */
  announcement: "",
  /** Whether the screen itself refused its form, which the title of the window says. */
  refused: false,
});

/** Has screen readers say a sentence without moving the focus. */
export function announce(text: string): void {
  page.announcement = text;
}

/** Says that the screen refused its form, or that it no longer does. */
export function refuse(refused: boolean): void {
  page.refused = refused;
}
