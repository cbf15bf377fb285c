/** Whom to call about a child, on every screen where somebody may be worried. */
export const SAFEGUARDING = {
  heading: "If you are worried about a child",
  lead: "Do not wait for this program. Talk to your safeguarding lead or phone the local authority.",
  contacts: "Local safeguarding contacts",
  none: "Follow your local safeguarding procedure. It says whom to phone.",
  danger: "If a child is in immediate danger call 999",
} as const;
