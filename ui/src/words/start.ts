import type { SessionEnd } from "../bindings/SessionEnd";
import type { StartFault } from "../bindings/StartFault";
import { count } from "./values";

export const STARTING = "CP-IS Check is starting";

export const CANNOT_START = {
  heading: "CP-IS Check cannot start",
  whatToDo: "What to do",
  detail: "Details for your IT department",
  instead: "Do you need to check a child now? Use the other way that your organisation has agreed.",
} as const;

interface Fault {
  title: string;
  means: string;
  whatToDo: string;
}

/** Why the program cannot do its work on this computer. */
export const START_FAULTS: Record<StartFault, Fault> = {
  "no-keychain": {
    title: "This computer has no keychain",
    means:
      "CP-IS Check keeps its keys in the keychain of the computer. Without one it cannot protect the records of your checks.",
    whatToDo: "Ask your IT department to switch on the keychain. You can practise without one.",
  },
  "keychain-locked": {
    title: "The keychain is locked",
    means: "The keychain of this computer did not give CP-IS Check its keys.",
    whatToDo:
      "Unlock the keychain, then start CP-IS Check again. If you are not asked to unlock it, tell your IT department.",
  },
  "key-missing": {
    title: "The key to the saved records is gone",
    means:
      "There are records of checks on this computer, but its keychain no longer holds the key to them. They have not been changed or deleted.",
    whatToDo: "Tell your IT department. Do not delete anything.",
  },
  "other-key": {
    title: "The keychain is not the one of these records",
    means:
      "There are records of checks on this computer, but its keychain holds the key of somebody else, or it was emptied and used again. The records have not been changed or deleted.",
    whatToDo:
      "Sign in to this computer as the person who uses CP-IS Check. If you are that person, tell your IT department. Do not delete anything.",
  },
  policy: {
    title: "The policy file has a mistake",
    means: "CP-IS Check cannot read its settings file. The file comes from your organisation.",
    whatToDo: "Tell your IT department. The details below name the place.",
  },
  "data-folder": {
    title: "CP-IS Check cannot write to its folder",
    means: "The folder where CP-IS Check keeps the records of your checks cannot be written.",
    whatToDo: "Tell your IT department.",
  },
  "audit-trail": {
    title: "The records of your checks cannot be opened",
    means:
      "CP-IS Check makes a record of every check. Without that it must not show anything about a child.",
    whatToDo: "Tell your IT department. Do not delete anything.",
  },
  "in-use": {
    title: "CP-IS Check is already open",
    means: "The program has a window open. It uses the same folder.",
    whatToDo: "Use the window that is already open. If you cannot see it, restart the computer.",
  },
  "newer-version": {
    title: "A newer version was used on this computer",
    means: "A newer version of CP-IS Check wrote the records on this computer.",
    whatToDo: "Ask your IT department to install the newest version.",
  },
};

/** Why the session is over. */
export const SESSION_ENDS: Record<SessionEnd, { heading: string; body: string }> = {
  "signed-out": {
    heading: "You are signed out",
    body: "Take your smartcard with you.",
  },
  "signed-out-service-not-told": {
    heading: "You are signed out on this computer",
    body: "Your session at the service ends by itself a little later. Take your smartcard with you.",
  },
  "service-ended": {
    heading: "The service ended your session",
    body: "This can happen when you sign in somewhere else. Sign in again to go on.",
  },
  "too-long": {
    heading: "Your session reached its longest time",
    body: "Your organisation sets how long you can stay signed in. Sign in again to go on.",
  },
  "too-many-tries": {
    heading: "You are signed out",
    body: "The passcode was wrong three times, so your session was removed from this computer. Sign in again to go on.",
  },
  "not-kept": {
    heading: "You are signed out",
    body: "Your session could not be kept on this computer's disk. Sign in again to go on. If this happens again, tell your IT department.",
  },
  damaged: {
    heading: "You need to sign in again",
    body: "The session kept on this computer was damaged, so it was removed. Sign in again to go on.",
  },
  "other-service": {
    heading: "You need to sign in again",
    body: "This computer now uses another service than when you signed in. Sign in again to go on.",
  },
  "other-keychain": {
    heading: "You need to sign in again",
    body: "This computer's keychain has changed since you signed in, so your session cannot be opened. Sign in again to go on, and tell your IT department.",
  },
};

export const SESSION_ENDED = {
  clinicKept: (until: string) =>
    `Your clinic list is kept on this computer until ${until}. It opens with your passcode when you sign in again.`,
  signIn: "Sign in",
  stillToSend: (records: number) =>
    `${count(records, "record")} of your checks will be sent when this computer is connected. You do not need to do anything.`,
} as const;
