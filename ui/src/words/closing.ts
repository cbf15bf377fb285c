/** The page that is shown when somebody closes the program while records wait. */
export const CLOSING = {
  heading: "Close CP-IS Check?",
  headingSent: "Everything has been sent",
  waiting: (records: number) =>
    records === 1
      ? "1 record of your checks has not been sent yet."
      : `${records} records of your checks have not been sent yet.`,
  offline:
    "This computer is not connected, so nothing can be sent now. Nothing is lost: unsent records stay on this computer.",
  sending: "The program is sending now, which takes a moment.",
  whenClosed:
    "If you close now, unsent records leave when CP-IS Check is next opened on this computer and it is connected. Nobody needs to sign in for that.",
  whenClosedInClass:
    "If you close now, unsent records stay on this computer. They leave when you next join this class.",
  attention: (records: number) =>
    records === 1
      ? "1 record needs attention. See To send."
      : `${records} records need attention. See To send.`,
  sent: "You can close CP-IS Check now.",
  close: "Close now",
  keepOpen: "Keep open",
} as const;
