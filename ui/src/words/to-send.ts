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
  caption: "Records of your checks, those that need attention first",
  at: "Check made",
  state: "State",
  why: "What is happening",
  reference: "Reference",
  tries: (tries: number) => (tries === 1 ? "Tried once." : `Tried ${tries} times.`),
  tryAgain: "Try again",
  tryAgainFor: (at: string) => ` to send the record of ${at}`,
  noNeedToCheck: "You do not need to check the child again.",
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
  conflict:
    "The service already has another record with this reference. Tell your IT department the reference.",
  refused: "The service refused the record. Tell your IT department the reference.",
  unreadable: "The record cannot be read on this computer. Tell your IT department the reference.",
};

export const STATE_NOTES: Record<QueuedState, string> = {
  attempted: "The check has not ended.",
  waiting: "Waits for its turn.",
  sending: "On its way.",
  sent: "The service has it.",
  "needs-attention": "It could not be sent.",
};
