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
const ELSEWHERE = "You can check the child on another computer.";
const TELL_IT = `Tell your IT department. ${ELSEWHERE}`;
const CLOCK = `If the clock is wrong, put it right, then check the child again. If it is right, tell your IT department. ${ELSEWHERE}`;

/** Causes for which the clock of this computer may be to blame, so what it says is shown. */
export const CLOCK_CAUSES: ReadonlySet<ShownCause> = new Set([
  "certificate-expired",
  "certificate-not-yet-valid",
]);

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
  "certificate-expired": {
    title: "The clock of this computer or the service's certificate is wrong",
    means: "By this computer's clock the service's certificate has run out. So nothing was asked.",
    now: CLOCK,
  },
  "certificate-not-yet-valid": {
    title: "The clock of this computer is probably wrong",
    means:
      "By this computer's clock the service's certificate is not valid yet. So nothing was asked.",
    now: CLOCK,
  },
  "certificate-for-other-name": {
    title: "Something else answered in place of the service",
    means:
      "The certificate that this computer was shown is for another name. So nothing was asked.",
    now: `If you use a guest network, open its page in your browser and sign in there first. If not, tell your IT department. ${ELSEWHERE}`,
  },
  "certificate-issuer-unknown": {
    title: "This computer does not know who vouches for the service",
    means:
      "The service has a certificate from somebody that this computer does not trust. So nothing was asked.",
    now: `Tell your IT department: they can set extra_ca_file. ${ELSEWHERE}`,
  },
  "certificate-from-proxy": {
    title: "Something on the way to the service probably reads the traffic",
    means:
      "It may be a proxy of your organisation. Its certificate stands in place of the service's. So nothing was asked.",
    now: `Tell your IT department: they can set extra_ca_file. ${ELSEWHERE}`,
  },
  "certificate-not-pinned": {
    title: "The service does not have the key that your organisation expects",
    means:
      "Something between this computer and the service may read the traffic, or the service has a new key. Nothing was asked.",
    now: `Tell your IT department: they can look at pinned_keys. ${ELSEWHERE}`,
  },
  "certificate-revoked": {
    title: "The service's certificate has been withdrawn",
    means: "A certificate that was withdrawn cannot be trusted. So nothing was asked.",
    now: TELL_IT,
  },
  "certificate-not-trusted": {
    title: "The service could not prove who it is",
    means: "This computer does not trust the service's certificate. So nothing was asked.",
    now: TELL_IT,
  },
  "weak-encryption": {
    title: "The service's encryption is too weak",
    means:
      "The service offers only encryption older than TLS 1.2. That can be read on the way. So nothing was asked.",
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
    title: "The answer was about someone else",
    means: "The answer was about someone else, so none of it is shown.",
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
    title: "The record of this person is restricted",
    means: "Their address and other details are hidden to keep them safe.",
    now: "Go on only if you need to. Do not tell anybody where the person was seen.",
  },
  deceased: {
    title: "This person is recorded as deceased",
    means: "The NHS number belongs to a person who has died.",
    now: "Make sure that you have the right NHS number. Go on only if you need to.",
  },
  "grown-up": {
    title: "This person is 18 or over",
    means:
      "CP-IS is about children, and about pregnant women for a plan for an unborn child. So far nothing about this person has been asked for.",
    now: "Make sure that you have the right NHS number. Go on only if you need to, for example if the person is pregnant.",
  },
  cancelled: {
    title: "The check was cancelled",
    means: "You stopped the check before the answer was there.",
    now: AGAIN,
  },
};
