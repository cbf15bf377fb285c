import type { ChecksStopped } from "../bindings/ChecksStopped";
import type { ClinicLineProblem } from "../bindings/ClinicLineProblem";
import type { LookMode } from "../bindings/LookMode";
import { count } from "../format";

export const CLINIC = {
  heading: "Clinic list",
  asAt: (day: string, time: string) => `${day}, as at ${time}. Sorted by time.`,
  ends: (when: string) => `The list and all copies are removed on ${when}.`,
  caption: "Children on this list",
  time: "Time",
  child: "Child",
  born: "Date of birth",
  state: "Child protection information",
  action: "What you can do",
  noTime: "No time",
  notKnown: "Name not known yet",

  show: "Show",
  filters: { all: "All", open: "To check", checked: "Checked", attention: "Not checked" },
  emptyFilter: {
    all: "There is no child on this list.",
    open: "No child waits to be checked.",
    checked: "No child has been checked.",
    attention: "No check has failed.",
  },

  toCheck: "To check",
  checking: "Checking",
  checkedAt: (time: string) => `Checked ${time}`,
  /** The answer may have been overtaken. */
  stale: "That is more than 30 minutes ago. Check again if you still need it.",
  triedAt: (time: string) => `Tried ${time}`,
  /** A list that comes from the disk does not hold what was found. */
  answerNotHere: "Check again, or open the copy, to see the answer.",
  nothing: "Nothing found",
  notChecked: "Not checked",
  copyFrom: (time: string) => `A copy from ${time} is kept.`,
  saved: "Saved while offline",
  notBrought: "Was not brought",

  check: "Check",
  checkAgain: "Check again",
  openCopy: "Open copy",
  forChild: (child: string) => ` for ${child}`,
  markNotBrought: "Was not brought",
  unmarkNotBrought: "Was brought",

  add: "Add children",
  checkAll: (children: number) => `Check all (${children})`,
  allChecked: "No child is left to check.",
  prepare: "Prepare for offline",
  progress: (done: number, total: number) => `Checking ${Math.min(done + 1, total)} of ${total}`,
  paused: (time: string) => `The service asked for a pause. The checks go on at ${time}.`,
  stop: "Stop",
  oneAtATime:
    "Each check tells the local authority. So you check the children one at a time, when you see them.",

  print: "Print list",

  remove: "Remove this list",
  removeBody:
    "The list and all copies on this computer are removed. Records of your checks stay and are sent.",
  removeButton: "Remove the list and all copies",

  notKept:
    "The list could not be written to the disk, or a copy could not be opened. What you see is here until you close the program. Tell your IT department.",
} as const;

/** The answer of a row in short: what is in place counts, then what has ended. */
export function foundShort(current: number, ended: number): string {
  if (current > 0) return current === 1 ? "Record found" : `${current} records found`;
  return ended > 0 ? "Plan ended" : CLINIC.notChecked;
}

/** How checks of many children ended. */
export const CHECKS_ENDED = {
  checked: (checked: number, total: number, time: string) =>
    `${checked} of ${total} checked at ${time}.`,
  kept: (kept: number, total: number, time: string) => `${kept} of ${total} ready at ${time}.`,
  others: "The others are under Not checked or To check.",
} as const;

export const CHECKS_STOPPED: Record<ChecksStopped, string> = {
  asked: "You stopped the checks.",
  offline: "The checks stopped because the service does not answer.",
  "not-allowed": "The checks stopped because the service refused your role.",
  "audit-trail":
    "The checks stopped because no record can be written on this computer. Tell your IT department.",
};

export const IMPORT = {
  heading: "Add children to the clinic list",
  lead: "Paste a list, or choose a file that your booking system wrote (CSV or text).",
  text: "Children, one on each line",
  hint: "Each line needs an NHS number and a date of birth. It can have a time and initials. For example: 09:30, 999 123 4567, 31/3/2018, JS. You do not need names.",
  file: "Or choose a file",
  submit: "Add to the list",
  problem: "There is a problem",
  notRead: (lines: number) =>
    lines === 1 ? "1 line was not added" : `${lines} lines were not added`,
  nothingAdded: "Nothing has been added yet. Correct the lines, then add them.",
  leaveOut: (readable: number) =>
    readable === 1 ? "Add the other child only" : `Add the other ${readable} children only`,
  line: (line: number) => `Line ${line}: `,
  fileUnreadable: "The file could not be read. Save it as CSV or text, and choose it again",
  kept: "The list is kept sealed on this computer. Only your passcode opens it.",
  notKept:
    "The list is only kept until you sign out: your organisation keeps nothing on this computer.",
  back: "Back to the clinic list",
} as const;

/** One sentence for each fault of a line. */
export const LINE_PROBLEMS: Record<Exclude<ClinicLineProblem, "twice">, string> = {
  empty: "Enter at least one child",
  "too-long": "This is too long for a list. It can hold 200 children",
  "too-many": "A list can hold 200 children. Take some lines out",
  quotation: "a quotation mark is opened and not closed",
  "number-missing": "the NHS number is missing",
  "two-numbers": "there are 2 numbers. Take one out, or add a heading above the columns",
  "national-insurance": "this looks like a National Insurance number. An NHS number has 10 digits",
  "number-not-digits": "the NHS number must only have digits",
  "number-too-short": "the NHS number is too short. It must have 10 digits",
  "number-too-long": "the NHS number is too long. It must have 10 digits",
  "number-check-digit": "the NHS number is not valid. Check each digit",
  "number-not-practice":
    "this may be the number of a real person. In practice, use made-up numbers that start with 999",
  "birth-date-missing": "the date of birth is missing",
  "two-dates": "there are 2 dates. Take one out, or add a heading above the columns",
  "birth-date-unclear": "the date of birth must be a real date, like 31/3/2018",
  "year-digits": "the year of birth must have 4 digits",
  "birth-date-future": "the date of birth must be in the past",
  "birth-date-too-long-ago": "the date of birth must be after 1899",
  "on-list": "this child is on the list already",
};

/** The sentence for a line that repeats an earlier one. */
export const twice = (first: number | null) => `this NHS number is on line ${first ?? 0} already`;

export const PREPARE = {
  heading: "Prepare for offline",
  lead: "Do this while you are connected, before you go to a place without a connection.",
  what: "What is kept",
  whatBody: (children: number) => `A copy of the answer for each child on the list (${children}).`,
  whatOneAtATime: "A copy of the answer for each child that you open from the list.",
  where: "Where",
  whereBody: "Sealed on this computer. Only your passcode opens it.",
  until: "Until",
  audited: "When you open a copy",
  auditedBody: {
    scheduled: "It is recorded with your name, as every check is.",
    unscheduled:
      "It is recorded with your name. The local authority is told once you are back online.",
  } satisfies Record<LookMode, string>,
  caution: "A copy gets old. Check again as soon as you are connected.",
  submit: "Prepare for offline",
  submitFrom: (children: number) => `Check ${children} and keep copies`,
  notPermitted: "No copy may be kept on this computer. Your IT department has set this.",
  notPermittedBody:
    "Without a connection you cannot check a child here. Print nothing in its place: phone your safeguarding lead.",
  back: "Back to the clinic list",
} as const;

export const ONE_AT_A_TIME = {
  heading: "Check the children one at a time",
  body: "In your role each check tells the local authority your name, role, organisation and the time. So CP-IS Check never checks the whole list for you. Check each child when you see them.",
  submit: "Check this child",
  back: "Back to the clinic list",
} as const;

export const BACK_ONLINE = {
  heading: (saved: number) =>
    saved === 1
      ? "You are back online. 1 child was not checked"
      : `You are back online. ${saved} children were not checked`,
  body: "You saved them while there was no connection. They have not been checked.",
  follows: {
    scheduled: "The local authority is not told about these checks.",
    unscheduled: "The local authority is told about each check, so you check them one at a time.",
  } satisfies Record<LookMode, string>,
  submit: "Check them now",
  submitOneAtATime: "Go to the clinic list",
  later: "Not now",
} as const;

/** On a result that was opened from the list. */
export const ON_CLINIC = {
  next: "Check next child",
  back: "Back to the clinic list",
  copyHeading: "There is a copy",
  copyBody: (when: string) => `This computer keeps the answer of ${when}. It may be out of date.`,
  openCopy: (time: string) => `Open the copy from ${time}`,
} as const;

/** On a copy. */
export const COPY = {
  /** Beside the finding, wherever a kept answer is shown. */
  mark: "Copy",
  provenance: (day: string, time: string, age: string) =>
    `This is a copy. It is the answer of ${day} at ${time}, ${age} ago.`,
  caution: "It may have changed since. Check again when you are connected.",
  outOfDate: "It is out of date. Check again before you rely on it.",
  toldLater: "The local authority is told that you saw it, once you are back online",
  /** Never the heading of a live "nothing found": an old one is no good news. */
  nothingHeading: (time: string) => `Not checked since ${time}`,
  nothing: (time: string) =>
    `The answer of ${time} had no record for this NHS number. That may have changed. Check again before you rely on it.`,
} as const;

/** Before a copy is shown that is older than a working day. */
export const OUT_OF_DATE = {
  heading: "Out of date",
  made: (number: string, when: string) =>
    `The check of NHS number ${number} is out of date. It was made on ${when}.`,
  means: "Much may have changed since. A plan may have begun, or ended.",
  now: "Check again when you are connected. If you are worried now, do not wait: phone.",
  show: "Show the old result",
  recorded: {
    scheduled: "That is recorded with your name. The local authority is not told.",
    unscheduled:
      "That is recorded with your name. The local authority is told once you are back online.",
  } satisfies Record<LookMode, string>,
  back: "Back to the clinic list",
} as const;

/** The age of a copy in words: minutes, from 2 hours on hours, from 2 days on days. */
export const copyAge = (minutes: number) =>
  minutes < 120
    ? count(minutes, "minute")
    : minutes < 48 * 60
      ? count(Math.floor(minutes / 60), "hour")
      : count(Math.floor(minutes / (24 * 60)), "day");

export const SAVE_LATER = {
  submit: "Save to check later",
  hint: "It goes on your clinic list. It is not checked until you ask for it.",
} as const;
