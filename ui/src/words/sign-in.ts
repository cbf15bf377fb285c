import type { LockCause } from "../bindings/LockCause";
import type { ReaderState } from "../bindings/ReaderState";
import type { SignInFault } from "../bindings/SignInFault";
import { certificateFault } from "./certificate";

export const SIGN_IN = {
  heading: "Sign in",
  yourCard: "Your card",
  chooseCard: "Practice cards",
  cardFound: (name: string) => `Smartcard found: ${name}`,
  insertCard: "Insert your smartcard.",
  passcode: "Passcode",
  passcodeHint: "4 to 8 digits",
  show: "Show",
  hide: "Hide",
  // Not "Show passcode", so that only the field answers to that name.
  showLabel: "Show digits",
  hideLabel: "Hide digits",
  shown: "Your digits are shown",
  hidden: "Your digits are hidden",
  submit: "Sign in",
  busy: "Signing in…",
  practise: "Practise with made-up children",
  practiseTitle: "New to CP-IS Check?",
  practiseHint: "You can try everything on made-up children. You do not need a smartcard.",
  practiceLead: "Choose a practice card. Its passcode is printed beside it.",
  practicePasscode: (digits: string) => `The passcode is ${digits}.`,
  resetCards: "Reset the practice cards",
  cardsReset: "All practice cards have three tries again.",
  notConfiguredTitle: "No live service is set up on this computer",
  notConfigured:
    "You cannot check real children here until your IT department sets up the service.",
  problem: "There is a problem",
  browserTitle: "Sign in in your browser",
  browserHint: "Your browser opens the sign-in page. Come back here when you have signed in.",
  browser: "Open the sign-in page",
  inBrowser: "Go on in your browser",
  inBrowserLead:
    "The sign-in page is open in your browser. When you have signed in there, come back to this window.",
  inBrowserTime: "You have five minutes.",
  cancel: "Cancel",
} as const;

export const CHOOSE_PASSCODE = {
  heading: "Choose a passcode",
  lead: "You need it to unlock CP-IS Check after a break. It is for this computer only, until you sign out.",
  hint: "4 to 8 digits that others cannot guess",
  submit: "Continue",
  busy: "Setting your passcode…",
} as const;

export const LOCKED = {
  heading: "Locked",
  because: (cause: LockCause, time: string) => LOCK_CAUSES[cause](time),
  placeKept: "Your place is kept.",
  unlock: "Unlock",
  busy: "Unlocking…",
  differentUser: "Use a different user",
  differentUserHint: "This signs out the person who locked the program.",
} as const;

const LOCK_CAUSES: Record<LockCause, (time: string) => string> = {
  asked: (time) => `You locked CP-IS Check at ${time}.`,
  idle: (time) => `CP-IS Check locked itself at ${time} when nobody was using it.`,
  "screen-locked": (time) => `CP-IS Check locked itself at ${time} because the screen was locked.`,
  "user-switched": (time) =>
    `CP-IS Check locked itself at ${time}. Somebody else began to use this computer.`,
  sleep: (time) => `CP-IS Check locked itself at ${time} because the computer went to sleep.`,
  "card-removed": (time) =>
    `CP-IS Check locked itself at ${time} because your card was taken out. Put your card back in.`,
  restart: () => "CP-IS Check was closed while you were signed in. Enter your passcode to go on.",
};

/** The sentence for each fault of a sign-in or an unlock. */
export function signInFault(fault: SignInFault): string {
  switch (fault.code) {
    case "wrong-passcode":
      return fault.triesLeft === null
        ? "The passcode is wrong. Be careful: the card locks after a few wrong passcodes"
        : `The passcode is wrong. ${tries(fault.triesLeft)} left before the card locks`;
    case "wrong-at-lock":
      return `The passcode is wrong. ${tries(fault.triesLeft)} left before you are signed out`;
    case "certificate":
      return certificateFault(fault.fault, fault.clock);
    default:
      return FAULTS[fault.code];
  }
}

const tries = (left: number) => (left === 1 ? "1 try" : `${left} tries`);

const FAULTS: Record<
  Exclude<SignInFault["code"], "wrong-passcode" | "wrong-at-lock" | "certificate">,
  string
> = {
  "card-missing": "Choose or insert your card",
  "passcode-missing": "Enter your passcode",
  "passcode-shape": "Your passcode must be 4 to 8 digits",
  "card-locked":
    "This card is locked: three passcodes were wrong. Ask your registration authority to unlock it",
  "card-expired": "This card has expired. Ask your registration authority for a new one",
  "card-unreadable": "This card cannot be read. Take it out and put it in again",
  "card-passcode-not-set":
    "The passcode of this card must be set first. Ask your registration authority",
  "card-not-yet-valid":
    "This card is not valid yet, or this computer's clock is wrong. Check the clock, then ask your registration authority",
  "card-removed": "The card was taken out. Put it in and try again",
  "passcode-not-entered": "No passcode was entered on the card reader. Try again",
  "card-in-use": "Another program is using the card. Close that program, then try again",
  "card-without-certificate":
    "This card has no certificate to sign in with. Ask your registration authority",
  "several-certificates":
    "This card has several certificates, and the program cannot tell which is yours. Tell your IT department",
  "card-key-unsupported":
    "This card cannot be used to sign in here. Ask your registration authority",
  "cannot-check-passcode":
    "Your passcode could not be checked, because this computer is short of room. No try was used. Tell your IT department",
  "clock-backwards":
    "This computer's clock has gone back. Put the clock right, then enter your passcode again",
  "card-refused":
    "The service does not accept this card. Ask your registration authority if it is still valid",
  unreachable: "The service could not be reached. Check the network connection, then try again",
  "service-unavailable": "The service is not working at the moment. Try again in a few minutes",
  "unreadable-answer":
    "The service gave an answer that this program cannot read. Tell your IT department",
  refused:
    "The service refused the sign-in. Check that this computer's clock is right, then try again",
  "browser-not-offered":
    "The service does not let you sign in with the browser. Tell your IT department",
  "no-browser": "Your browser could not be opened. Tell your IT department",
  "browser-refused": "You did not finish signing in in your browser. Try again",
  "browser-foreign":
    "The answer from your browser did not belong to this sign-in. Close the page in your browser, then try again",
  "browser-timed-out": "You did not sign in within five minutes. Try again",
  "not-training":
    "Your class has ended, or what answers here is not for training. Nothing was sent to it. Tell your trainer",
  "identity-not-trusted":
    "The service's answer about who you are cannot be trusted. Tell your IT department",
  "clock-differs":
    "This computer's clock and the service's clock do not agree. Put this computer's clock right, then try again",
  "assurance-too-low":
    "You need a stronger way to sign in, for example your smartcard. Try again and choose it",
};

/** Faults of the passcode field; the others belong to the card or to the service. */
export const PASSCODE_FAULTS: ReadonlySet<SignInFault["code"]> = new Set([
  "passcode-missing",
  "passcode-shape",
  "wrong-passcode",
  "wrong-at-lock",
]);

/** What to say when no smartcard is there to choose. */
export const READER: Record<ReaderState, string> = {
  "not-set-up": SIGN_IN.insertCard,
  "software-missing":
    "The software for smartcards is missing on this computer. Tell your IT department.",
  "no-service": "This computer's smartcard service is not running. Tell your IT department.",
  "no-reader": "No card reader is connected. Connect one, then insert your smartcard.",
  "unknown-card": "The card in the reader cannot be used to sign in. Insert your smartcard.",
  ready: SIGN_IN.insertCard,
};

/** The warning before the program locks. */
export const STILL_THERE = {
  heading: "Are you still there?",
  lead: "CP-IS Check locks when nobody uses it, to keep what it shows safe.",
  locksIn: (left: string) => `It locks in ${left}.`,
  stay: "Stay signed in",
  lock: "Lock now",
} as const;
