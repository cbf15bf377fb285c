import type { SignInFault } from "../bindings/SignInFault";

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
} as const;

export const LOCKED = {
  heading: "Locked",
  asked: (time: string) => `You locked CP-IS Check at ${time}.`,
  idle: (time: string) => `CP-IS Check locked itself at ${time} because nobody was using it.`,
  placeKept: "Your place is kept.",
  unlock: "Unlock",
  busy: "Unlocking…",
  differentUser: "Use a different user",
  differentUserHint: "This signs out the person who locked the program.",
} as const;

/** The sentence for each fault of a sign-in or an unlock. */
export function signInFault(fault: SignInFault): string {
  return fault.code === "wrong-passcode"
    ? `The passcode is wrong. ${tries(fault.triesLeft)} left before the card locks`
    : FAULTS[fault.code];
}

const tries = (left: number) => (left === 1 ? "1 try" : `${left} tries`);

const FAULTS: Record<Exclude<SignInFault["code"], "wrong-passcode">, string> = {
  "card-missing": "Choose or insert your card",
  "passcode-missing": "Enter your passcode",
  "passcode-shape": "Your passcode must be 4 to 8 digits",
  "card-locked":
    "This card is locked after three wrong passcodes. Ask your registration authority to unlock it",
  "card-expired": "This card has expired. Ask your registration authority for a new one",
  "card-unreadable": "This card cannot be read. Take it out and put it in again",
  "card-refused":
    "The service does not accept this card. Ask your registration authority if it is still valid",
  unreachable: "The service could not be reached. Check the network connection, then try again",
  "service-unavailable": "The service is not working at the moment. Try again in a few minutes",
  "certificate-not-trusted":
    "This computer does not trust the service's certificate. Tell your IT department",
  "unreadable-answer":
    "The service gave an answer that this program cannot read. Tell your IT department",
  refused:
    "The service refused the sign-in. Check that this computer's clock is right, then try again",
};

/** Faults of the passcode field; the others belong to the card or to the service. */
export const PASSCODE_FAULTS: ReadonlySet<SignInFault["code"]> = new Set([
  "passcode-missing",
  "passcode-shape",
  "wrong-passcode",
]);
