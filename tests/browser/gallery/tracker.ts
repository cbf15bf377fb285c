/** One accessibility fault that a service has published about itself, with the criterion of WCAG 2.2. */
export interface TrackerFault {
  criterion: string;
  fault: string;
}

/**
 * The faults in the accessibility statement of the NHS prescription tracker, a program that looks
 * much like this one: clinicians sign in with a smartcard, choose a role and find a patient. Tests
 * of single pages find none of them.
 */
export const TRACKER_FAULTS = [
  { criterion: "2.4.3", fault: "a screen reader does not read on after a change of screen" },
  { criterion: "2.4.3", fault: "Tab does not reach the skip link" },
  { criterion: "2.4.3", fault: "Tab after a click goes on from another place" },
  { criterion: "3.3.1", fault: "a hint is not tied to its field" },
  { criterion: "1.4.11", fault: "choices lose their contrast under the pointer and in focus" },
  { criterion: "4.1.2", fault: "what opens and closes does not say whether it is open" },
  { criterion: "3.2.2", fault: "sending a form moves the focus to the end of the page" },
  { criterion: "2.4.2", fault: "screens share a title" },
  { criterion: "2.4.2", fault: "screens share a heading" },
] as const satisfies readonly TrackerFault[];
