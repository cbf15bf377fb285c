import type { QueuedKind } from "../bindings/QueuedKind";
import type { QueuedState } from "../bindings/QueuedState";
import type { QueueReason } from "../bindings/QueueReason";

export const TO_SEND = {
  heading: "To send",
  lead: "Each check leaves a record that goes to the service, and your notes to a local authority go the same way. What has not arrived yet waits here. It is not lost when you close the program.",
  sendNow: "Send now",
  sending: "Sending…",
  oldest: (at: string) => `The oldest is from ${at}.`,
  lastSent: (at: string) => `Last sent ${at}.`,
  neverSent: "Nothing has been sent from this computer yet.",
  nextTry: (time: string) => `The next try is at ${time}.`,
  empty: "Everything has been sent.",
  nothing: "There is nothing to send.",
  caption: "Records and notes, those that need attention first",
  what: "What",
  at: "Made",
  state: "State",
  why: "What is happening",
  reference: "Reference",
  tries: (tries: number) => (tries === 1 ? "Tried once." : `Tried ${tries} times.`),
  open: "What you can do",
  checksHeading: "Checks waiting",
  checks: (children: number) =>
    `${children === 1 ? "1 child was" : `${children} children were`} saved to be checked. No check is made until you ask for it.`,
  checksOpen: "Open the clinic list",
  openFor: (kind: QueuedKind, at: string) => ` about the ${THINGS[kind]} of ${at}`,
} as const;

/** What each row is. */
export const KINDS: Record<QueuedKind, string> = {
  look: "Record of a check",
  note: "Note about a record",
  "not-brought": "Notice: was not brought",
  withdrawal: "Notice taken back",
};

/** The same within a sentence. */
const THINGS: Record<QueuedKind, string> = {
  look: "record",
  note: "note",
  "not-brought": "notice",
  withdrawal: "notice",
};

/** What a person is told when the oldest record has waited for hours. Of days a notice tells. */
export const LATE =
  "Records have waited for more than 4 hours. Connect this computer to the network if you can.";

/** The page about one record that could not be sent, by what it is. */
export const RECORD_OF: Record<
  QueuedKind,
  {
    heading: string;
    headingSent: string;
    headingWaiting: string;
    consequence: (at: string) => string;
    sent: (at: string) => string;
    waiting: (at: string) => string;
    triedAgain: string;
  }
> = {
  look: {
    heading: "A record needs attention",
    headingSent: "The record has been sent",
    headingWaiting: "The record is on its way",
    consequence: (at) =>
      `The record of your check made ${at} has not reached the service. You do not need to check the child again.`,
    sent: (at) => `The service has the record of your check made ${at}.`,
    waiting: (at) => `The record of your check made ${at} waits to be sent. It leaves by itself.`,
    triedAgain: "The program tried again, and the service still does not take the record.",
  },
  note: {
    heading: "A note needs attention",
    headingSent: "The note has been sent",
    headingWaiting: "The note is on its way",
    consequence: (at) =>
      `Your note of ${at} to a local authority has not reached the service. Nobody has read it. Phone the local authority.`,
    sent: (at) => `The service has your note of ${at} to a local authority.`,
    waiting: (at) =>
      `Your note of ${at} to a local authority waits to be sent. It leaves by itself.`,
    triedAgain: "The program tried again, and the service still does not take the note.",
  },
  "not-brought": {
    heading: "A notice needs attention",
    headingSent: "The notice has been sent",
    headingWaiting: "The notice is on its way",
    consequence: (at) =>
      `Your notice of ${at} that a child was not brought has not reached the service. Nobody has read it. Phone the local authority.`,
    sent: (at) => `The service has your notice of ${at} that a child was not brought.`,
    waiting: (at) =>
      `Your notice of ${at} that a child was not brought waits to be sent. It leaves by itself.`,
    triedAgain: "The program tried again, and the service still does not take the notice.",
  },
  withdrawal: {
    heading: "A notice needs attention",
    headingSent: "The notice has been sent",
    headingWaiting: "The notice is on its way",
    consequence: (at) =>
      `You took a notice back ${at}. The service has not heard of that. Phone the local authority.`,
    sent: (at) => `The service knows that you took a notice back ${at}.`,
    waiting: (at) => `You took a notice back ${at}. That waits to be sent. It leaves by itself.`,
    triedAgain: "The program tried again, and the service still does not take the notice.",
  },
};

/** What is the same for all of them. */
export const RECORD = {
  what: "What",
  cause: "What happened",
  whatNow: "What to do",
  reference: "Reference",
  copy: "Copy the reference",
  copied: "The reference is copied.",
  notCopied: "The reference could not be copied. Select it, then press Ctrl + C.",
  madeAt: "Made",
  state: "State",
  technical: "Details for your IT department",
  tries: "Tries",
  lastTry: "Last try",
  neverTried: "Not tried yet",
  code: "Cause",
  tryAgain: "Try again",
  support: "Save a file for support",
  supportLead:
    "You can save a file for your support team. It holds the whole record, and only they can open it, so you can send it by email.",
  supportNotOffered: "Tell your IT department the reference. They can find out what is wrong.",
  saved: (file: string) => `Saved as ${file}. Send this file to your support team.`,
  saveFailed:
    "The file could not be saved. Tell your IT department the reference. The record is still safe on this computer.",
  back: "Back to the list",
} as const;

/** The state of a record. */
export function state(queued: QueuedState, sentAt: string | null): string {
  return queued === "sent" && sentAt !== null ? `Sent ${sentAt}` : STATES[queued];
}

const STATES: Record<QueuedState, string> = {
  attempted: "Check not finished",
  waiting: "Waiting",
  sending: "Sending",
  sent: "Sent",
  "needs-attention": "Needs attention",
};

/** Colours of the tags; the words carry the meaning. */
export const STATE_COLOURS: Record<QueuedState, "grey" | "blue" | "white" | "green" | "orange"> = {
  attempted: "white",
  waiting: "grey",
  sending: "blue",
  sent: "white",
  "needs-attention": "orange",
};

/** Why a record still waits or needs attention. */
export const REASONS: Record<QueueReason, string> = {
  unreachable: "The service cannot be reached. It goes when this computer is connected.",
  "service-unavailable": "The service is not working or is too busy. The program tries again.",
  "not-a-receipt": "The service answered, but gave no receipt. The program tries again.",
  credential: "This computer is not enrolled, or the service no longer accepts it. See Settings.",
  conflict: "The service has something else with this reference.",
  refused: "The service refused it.",
  unreadable: "It cannot be read on this computer.",
};

export const STATE_NOTES: Record<QueuedState, string> = {
  attempted: "The check has not ended.",
  waiting: "Waits for its turn.",
  sending: "On its way.",
  sent: "The service has it.",
  "needs-attention": "It could not be sent.",
};
