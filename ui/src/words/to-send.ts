import type { QueuedState } from "../bindings/QueuedState";
import type { QueueReason } from "../bindings/QueueReason";

export const TO_SEND = {
  heading: "To send",
  lead: "Each check leaves a record that goes to the service. Records that have not arrived yet wait here. They are not lost when you close the program.",
  sendNow: "Send now",
  sending: "Sending…",
  oldest: (at: string) => `The oldest check was made ${at}.`,
  lastSent: (at: string) => `Last sent ${at}.`,
  neverSent: "Nothing has been sent from this computer yet.",
  nextTry: (time: string) => `The next try is at ${time}.`,
  empty: "Everything has been sent.",
  nothing: "There is nothing to send.",
  caption: "Records of your checks, those that need attention first",
  at: "Check made",
  state: "State",
  why: "What is happening",
  reference: "Reference",
  tries: (tries: number) => (tries === 1 ? "Tried once." : `Tried ${tries} times.`),
  open: "What you can do",
  checksHeading: "Checks waiting",
  checks: (children: number) =>
    `${children === 1 ? "1 child was" : `${children} children were`} saved to be checked. No check is made until you ask for it.`,
  checksOpen: "Open the clinic list",
  openFor: (at: string) => ` about the record of ${at}`,
} as const;

/** What a person is told when the oldest record has waited for hours. Of days a notice tells. */
export const LATE =
  "Records have waited for more than 4 hours. Connect this computer to the network if you can.";

/** The page about one record that could not be sent. */
export const RECORD = {
  heading: "A record needs attention",
  headingSent: "The record has been sent",
  headingWaiting: "The record is on its way",
  consequence: (at: string) =>
    `The record of your check made ${at} has not reached the service. You do not need to check the child again.`,
  sent: (at: string) => `The service has the record of your check made ${at}.`,
  waiting: (at: string) =>
    `The record of your check made ${at} waits to be sent. It leaves by itself.`,
  triedAgain: "The program tried again, and the service still does not take the record.",
  cause: "What happened",
  whatNow: "What to do",
  reference: "Reference",
  copy: "Copy the reference",
  copied: "The reference is copied.",
  notCopied: "The reference could not be copied. Select it, then press Ctrl + C.",
  madeAt: "Check made",
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
  unreachable: "The service cannot be reached. The record goes when this computer is connected.",
  "service-unavailable": "The service is not working or is too busy. The program tries again.",
  "not-a-receipt": "The service answered, but gave no receipt. The program tries again.",
  credential: "This computer is not enrolled, or the service no longer accepts it. See Settings.",
  conflict: "The service has some other record with this reference.",
  refused: "The service refused the record.",
  unreadable: "The record cannot be read on this computer.",
};

export const STATE_NOTES: Record<QueuedState, string> = {
  attempted: "The check has not ended.",
  waiting: "Waits for its turn.",
  sending: "On its way.",
  sent: "The service has it.",
  "needs-attention": "It could not be sent.",
};
