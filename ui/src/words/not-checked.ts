import type { ShownCause } from "../bindings/ShownCause";

/** What is said of one cause of "Not checked". */
export interface Cause {
  /** The cause in words, as a heading. */
  title: string;
  /** What it means. */
  means: string;
  /** What to do now. */
  now: string;
}

const AGAIN = "Check the child again.";
const AGAIN_LATER = "Wait a few minutes, then check the child again.";
const TELL_IT = "Tell your IT department. You can check the child on another computer.";

/** One for each cause. */
export const CAUSES: Record<ShownCause, Cause> = {
  unreachable: {
    title: "The service could not be reached",
    means: "This computer could not connect to the service.",
    now: `Look at the network connection of this computer. ${AGAIN}`,
  },
  "timed-out": {
    title: "The service did not answer in time",
    means: "The service took more than 15 seconds to answer.",
    now: AGAIN_LATER,
  },
  "connection-lost": {
    title: "The connection broke",
    means: "The connection broke before the whole answer had arrived.",
    now: `Look at the network connection of this computer. ${AGAIN}`,
  },
  "certificate-not-trusted": {
    title: "The service could not prove who it is",
    means: "This computer does not trust the service's certificate, so nothing was asked.",
    now: TELL_IT,
  },
  "service-unavailable": {
    title: "The service is not working",
    means: "The service said that it cannot answer at the moment.",
    now: AGAIN_LATER,
  },
  "too-many-requests": {
    title: "The service is too busy",
    means: "The service is getting more questions than it can answer.",
    now: AGAIN_LATER,
  },
  "sign-in-needed": {
    title: "The service no longer accepts your session",
    means: "Your session with the service has ended.",
    now: "Sign out, sign in again, then check the child again.",
  },
  "not-allowed": {
    title: "You are not allowed to make this check",
    means: "The service does not let your role or organisation see this.",
    now: "Ask a colleague who can check. Ask your registration authority if your role has activity code B0107 or B0170.",
  },
  refused: {
    title: "The service did not accept the question",
    means: "The service refused to answer for this NHS number.",
    now: `Make sure that the NHS number is right. ${AGAIN}`,
  },
  "not-known": {
    title: "The NHS number was not found",
    means: "The service does not know anybody with this NHS number.",
    now: `Make sure that the NHS number is right. ${AGAIN}`,
  },
  "number-invalidated": {
    title: "This NHS number is no longer used",
    means: "The NHS number was withdrawn, and no other number was given for it.",
    now: "Find the person's present NHS number, for example in their GP record.",
  },
  "unreadable-answer": {
    title: "The answer could not be read",
    means: "The service answered, but not in a way that this program can rely on.",
    now: `${AGAIN} If this happens again, tell your IT department.`,
  },
  "answer-too-large": {
    title: "The answer was too large",
    means: "The service sent more than this program accepts.",
    now: `${AGAIN} If this happens again, tell your IT department.`,
  },
  "wrong-person": {
    title: "The answer was about somebody else",
    means: "The service answered about another person, so nothing of the answer is shown.",
    now: `${AGAIN} If this happens again, tell your IT department.`,
  },
  "incomplete-answer": {
    title: "The answer was not complete",
    means: "A part of the service's answer was missing, so it cannot be relied on.",
    now: `${AGAIN} If this happens again, tell your IT department.`,
  },
  "birth-date-differs": {
    title: "The date of birth does not match",
    means:
      "The person with this NHS number has another date of birth. To be safe, nothing about them is shown.",
    now: "Ask for the NHS number and the date of birth again. Then check the child with the right ones.",
  },
  superseded: {
    title: "This NHS number has been replaced",
    means: "The person has another NHS number now. Their records are kept under that one.",
    now: "Make sure that it is the same person.",
  },
  restricted: {
    title: "This person's record is restricted",
    means: "Their address and other details are hidden to keep them safe.",
    now: "Go on only if you need to. Do not tell anybody where the person was seen.",
  },
  deceased: {
    title: "This person is recorded as deceased",
    means: "The NHS number belongs to a person who has died.",
    now: "Make sure that you have the right NHS number. Go on only if you need to.",
  },
  cancelled: {
    title: "The check was cancelled",
    means: "You stopped the check before the answer was there.",
    now: AGAIN,
  },
};
