import type { LinkRemark } from "../bindings/LinkRemark";
import type { LookMode } from "../bindings/LookMode";
import type { Notice } from "../bindings/Notice";
import type { Screen } from "../bindings/Screen";
import type { Told } from "../bindings/Told";
import { COPY } from "./clinic";

/** The name of the program. */
export const PROGRAM = "CP-IS Check";

/** The name of each screen, for the title of the window. Never anything about a person. */
export const TITLES: Record<Screen["kind"], string> = {
  starting: "Starting",
  "cannot-start": "Cannot start",
  "sign-in": "Sign in",
  "join-class": "Join a class",
  "choose-passcode": "Choose a passcode",
  "choose-role": "Choose your role",
  find: "Find a child",
  search: "Find a child without the NHS number",
  checking: "Checking",
  // The same for every answer: a taskbar and a shared screen show the title.
  result: "Result of the check",
  note: "Note about a record",
  notice: "Tell the local authority",
  "clinic-list": "Clinic list",
  "clinic-import": "Add children to the clinic list",
  "prepare-offline": "Prepare for offline",
  "one-at-a-time": "Check the children one at a time",
  "back-online": "You are back online",
  "out-of-date": "Out of date",
  "to-send": "To send",
  record: "Record on its way",
  closing: "Close the program",
  settings: "Settings",
  help: "Help",
  "practice-tasks": "Guided tasks",
  locked: "Locked",
  "session-ended": "Session ended",
};

/** Before the title when the form has faults, and in practice. */
export const TITLE_ERROR = "Error: ";
export const TITLE_PRACTICE = "[Practice] ";

/** Whether the local authority is told, before a check. These words do not change. */
export const MODE: Record<LookMode, string> = {
  unscheduled: "The local authority is told about this check",
  scheduled: "The local authority is not told about this check",
};

/** Whether the local authority has been told, after a check. */
export const TOLD: Record<Told, string> = {
  yes: MODE.unscheduled,
  no: MODE.scheduled,
  "not-known": "We do not know if the local authority has been told about this check",
  "nobody-to-tell": `${MODE.scheduled}, because none has a record`,
  later: COPY.toldLater,
  "with-record":
    "The local authority is told when the record of this check has reached the service",
};

/** The same, where there is little room. */
export const TOLD_SHORT: Record<Told, string> = {
  ...TOLD,
  "not-known": "Not known if the local authority has been told",
  "nobody-to-tell": MODE.scheduled,
  later: "Local authority told later",
  "with-record": "Local authority told later",
};

export const CONNECTED = "Connected";
export const CONNECTING = "Connecting";
export const offlineSince = (time: string) => `Offline since ${time}`;

/** What does not work while the rest does, each by itself. */
export const TASKS = {
  signIn: "Sign-in: the service does not respond.",
  lookUp: "Checks: the service does not respond.",
  sending: "Sending: the service does not respond.",
  sendingPaused: "Sending is paused: the service does not know this computer.",
} as const;

export const toSend = (records: number) => `To send (${records})`;
export const waiting = (records: number) => `${records} to send`;
export const needAttention = (records: number) =>
  records === 1 ? "1 needs attention" : `${records} need attention`;
export const ALL_SENT = "Nothing to send";

export const SHELL = {
  skip: "Skip to main content",
  navigation: "Main menu",
  account: "Your session",
  status: "Status",
  notices: "Notices",
  find: "Find a child",
  clinicList: "Clinic list",
  toSend: "To send",
  settings: "Settings",
  help: "Help",
  lock: "Lock",
  signOut: "Sign out",
  signIn: "Sign in",
  changeRole: "Change role",
  chooseRole: "Choose your role",
  back: "Back",
  backToResult: "Back to the result",
  goToSettings: "Go to Settings",
} as const;

/** Permanent remarks. */
export const NOTICES: Record<Notice, string> = {
  "practice-only":
    "Your organisation has set this computer up for practice only. No real child can be checked.",
  "practice-forgotten":
    "This computer has no keychain. What you practise is forgotten when you close the program.",
  "test-cards": "Test cards are in use. Do not use them for the care of a real child.",
  "not-enrolled":
    "This computer is not enrolled. Records of your checks wait on this computer until it is.",
  "enrolment-refused":
    "The service refused this computer's enrolment code. Records of your checks wait on this computer.",
  "workstation-refused":
    "The service no longer accepts this computer. Records of your checks wait on this computer until it is enrolled again.",
  "records-gone":
    "The records of earlier checks that this computer kept are gone, or lie in another folder. You can go on. Tell your IT department.",
  "audit-trail-put-aside":
    "The file with the records of your checks was damaged. It is kept, and what could be read of it is sent. Tell your IT department.",
  "audit-trail-altered":
    "The records of your checks on this computer are not as they were written. You can go on. Tell your IT department.",
  "disk-nearly-full":
    "The disk of this computer is nearly full. When it is full, you cannot check a child. Tell your IT department.",
  "queue-nearly-full":
    "Nearly too many records of your checks wait to be sent. Connect this computer to the network.",
  "clock-behind":
    "The clock of this computer is earlier than the time of your last check, so one of them is wrong. Tell your IT department.",
  "clinic-list-gone": "Your clinic list and its copies were removed. Their time was over.",
  "records-late":
    "Records of your checks have waited for more than a day. Tell your IT department.",
};

/** What is said of a link from another program. */
export const LINKS: Record<LinkRemark, string> = {
  waits:
    "A link from another program is waiting. It fills in the form when you have signed in and chosen your role.",
  unreadable:
    "A link from another program could not be read, so nothing was filled in. Type the NHS number, and tell your IT department.",
  locked:
    "A link from another program was not used, because CP-IS Check is locked. Unlock it, then use the link again.",
  busy: "A link from another program was not used, because CP-IS Check was busy. Use the link again.",
  "not-in-practice":
    "A link from another program was not used. In practice you can only use made-up NHS numbers.",
};

/** The program behind the window no longer answers. */
export const STOPPED = {
  heading: "CP-IS Check has stopped",
  body: "The program does not answer. Close this window and start CP-IS Check again. Records of your checks are safe on this computer.",
} as const;
