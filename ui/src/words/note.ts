import type { NotedField } from "../bindings/NotedField";
import type { NoteFault } from "../bindings/NoteFault";
import type { NoteWay } from "../bindings/NoteWay";
import type { NoticeKind } from "../bindings/NoticeKind";
import type { QueuedState } from "../bindings/QueuedState";
import { RESULT } from "./result";

/** Where a record does not name the authority: within a sentence, and standing alone. */
const AUTHORITY = "the local authority";
const AUTHORITY_ALONE = "The local authority";
export const authorityName = (name: string | null) => name ?? AUTHORITY;
export const authorityAlone = (name: string | null) => name ?? AUTHORITY_ALONE;

/** A note that something in a record is wrong. */
export const NOTE = {
  offer: "Something is wrong with this record",
  heading: "Something is wrong with this record",
  lead: "Tell the local authority that keeps the record, so that they can put it right.",
  noWords:
    "A note has no room for words, and holds nothing about the child's health or family. If there is more to say, phone them.",
  problem: "There is a problem",
  record: "Which record is wrong?",
  recordItem: (type: string, authority: string) => `${type}, ${authority}`,
  field: "What is wrong?",
  says: (value: string) => `The record says: ${value}`,
  correctHint: "Leave this empty if you do not know.",
  correctDateHint: "For example, 31 3 2026. Leave this empty if you do not know.",
  planType: "The right type of plan",
  planTypeUnknown: "I do not know",
  startDate: "The right start date",
  endDate: "The right end date",
  code: "The code of the right local authority",
  codeHint: "Its ODS code. Leave this empty if you do not know.",
  officeNumber: "The right phone number in office hours",
  emergencyNumber: "The right phone number of the emergency duty team",
  callback: "Phone number to call you back",
  callbackHint: "The local authority calls you on this number. Use a number at work.",
  submit: "Continue",
  back: "Back to the result",
} as const;

/** Why a note may not be sent, before it is written and when it is read once more. */
export const WAYS: Record<Exclude<NoteWay, "send">, string> = {
  "print-only":
    "This service does not take notes. You can print the note, and send it to the local authority yourself.",
  "not-known":
    "The service has not answered yet, so we do not know if it takes notes. You can print the note.",
};

/** What can be wrong, as the result names it. */
export const NOTED_FIELDS: Record<NotedField, string> = {
  "plan-type": RESULT.type,
  "start-date": RESULT.start,
  "end-date": RESULT.end,
  authority: RESULT.authority,
  "office-number": RESULT.officeHours,
  "emergency-number": RESULT.emergencyDuty,
  "not-this-child": "The record is about another child",
};

/** The note, read once more before it is sent or printed. */
export const REVIEW = {
  heading: "Check the note",
  lead: "Nothing has been sent. Check that it is the right child and the right record.",
  to: "To",
  child: "Child",
  record: "Record",
  wrong: "What is wrong",
  recordSays: "The record says",
  correct: "What is right",
  notKnown: "Not known",
  callback: "Call back",
  from: "From",
  gets: "They get your name and your role, and learn where you work.",
  send: (authority: string) => `Send to ${authority}`,
  print: "Print",
  change: "Change the note",
  notStored: "The note is not stored, and nothing has been sent.",
  recordStarted: (type: string, start: string) => `${type}, started ${start}`,
} as const;

/** A note or notice that is in the queue to the service. Never more than is known. */
export function storedHeading(thing: "note" | "notice", state: QueuedState): string {
  const name = { note: "Note", notice: "Notice" }[thing];
  switch (state) {
    case "sent":
      return `${name} delivered to the service`;
    case "needs-attention":
      return `${name} not delivered`;
    default:
      return `${name} stored, not yet delivered`;
  }
}

export const STORED = {
  stored: (at: string) => `It was stored on this computer on ${at}.`,
  leaves: "It leaves by itself in a moment.",
  leavesLater:
    "This computer is offline. It leaves by itself once there is a connection. Nobody needs to be signed in for that.",
  delivered: (at: string) =>
    `The service took it on ${at}. That does not mean that the local authority has read it.`,
  refused: (authority: string) =>
    `The service did not take it, so nobody has it. Phone ${authority}.`,
  urgent: "If it cannot wait, phone them.",
  reference: "Reference",
  toSend: "See it under To send",
} as const;

/** Whether the local authority is told that a child was not brought. */
export const NOTICE_HEADING: Record<NoticeKind, string> = {
  "not-brought": "Tell the local authority?",
  withdrawal: "Take the notice back?",
};

export const NOTICE = {
  marked:
    "The list says now that this child was not brought. There is a record in place for the child.",
  unmarked:
    "The list says now that this child was brought. The notice that you stored says the opposite.",
  others: (authorities: string) =>
    `The notice goes to one authority only. Phone the other one too: ${authorities}.`,
  printOnly: "This service does not take notices. Phone the local authority yourself.",
  notKnown:
    "The service has not answered yet, so we do not know if it takes notices. Phone the local authority yourself.",
  question: "Do you want to tell the local authority?",
  yes: (authority: string) => `Yes, tell ${authority}`,
  no: "No, only mark it here",
  question2: "Do you want to take the notice back?",
  yes2: (authority: string) => `Yes, tell ${authority} that it is wrong`,
  no2: "No, leave it as it is",
  holds:
    "The notice says that this child was not brought, on which day, and who to call. It holds no words of yours.",
  day: "Day of the appointment",
  dayHint: "Today, unless you change it. For example, 31 3 2026.",
  submit: "Continue",
  back: "Back to the clinic list",
  nhsNumber: "NHS number",
  notStored: "The notice is not stored, and nothing has been sent.",
} as const;

/** On the row of a child. */
export const ROW = {
  offer: "Tell the local authority",
  planNotKnown: "We do not know here if there is a record for the child.",
  stored: (at: string) => `Notice stored ${at}, not yet delivered.`,
  delivered: (at: string) => `Notice stored ${at} and delivered to the service.`,
  refused: (at: string) => `The notice of ${at} did not get through. Phone the local authority.`,
  lost: (at: string) => `Notice stored ${at}. See To send.`,
} as const;

/** One sentence for each fault: in the summary and at the field, the same words. */
export const NOTE_FAULTS: Record<NoteFault, string> = {
  "record-missing": "Choose which record is wrong",
  "field-missing": "Choose what is wrong",
  "same-as-record": "The record says this already. Enter what is right, or leave it empty",
  "date-missing": "Enter the day of the appointment",
  "day-missing": "The date must include a day",
  "month-missing": "The date must include a month",
  "year-missing": "The date must include a year",
  "day-not-a-number": "The day must be a number",
  "month-not-a-number": "The month must be a number",
  "year-not-a-number": "The year must be a number",
  "year-digits": "The year must have 4 digits",
  "date-not-real": "The date must be a real date",
  "date-too-long-ago": "The date is too long ago",
  "date-future": "The appointment must be today or in the past",
  "code-form": "The code must have 1 to 9 letters and digits, like ZZ001",
  "number-form": "Enter a phone number, like 01632 960001, or leave it empty",
  "callback-missing": "Enter a phone number to call you back",
  "callback-form": "Enter a phone number to call you back, like 01632 960001",
  "tell-missing": "Choose yes or no",
};

const PARTS = {
  "day-missing": "a day",
  "month-missing": "a month",
  "year-missing": "a year",
} as const;

/** The sentence at a date; several missing parts are named together. */
export function noteDateFault(faults: readonly NoteFault[]): string | undefined {
  const [first] = faults;
  const missing = faults.flatMap((code) =>
    code in PARTS ? [PARTS[code as keyof typeof PARTS]] : [],
  );
  if (missing.length > 1) return `The date must include ${missing.join(" and ")}`;
  return first && NOTE_FAULTS[first];
}

/** The words on paper. */
export const NOTE_PAPER = {
  title: "Note about a child protection record",
  unsent: "CP-IS Check has not sent this note. Send it to the local authority in a safe way.",
  child: "Child",
  confidential: "Confidential. It is for the local authority only, so keep it safe.",
  recordSeen: (when: string) => `The record was seen on ${when}.`,
} as const;
