import type { NotePrintState } from "../../../../ui/src/bindings/NotePrintState";
import type { NoteStage } from "../../../../ui/src/bindings/NoteStage";
import type { QueuedRecord } from "../../../../ui/src/bindings/QueuedRecord";
import type { Shown } from "../../../../ui/src/bindings/Shown";
import type { ShownNote } from "../../../../ui/src/bindings/ShownNote";
import type { ShownNotice } from "../../../../ui/src/bindings/ShownNotice";
import type { View } from "../../../../ui/src/bindings/View";
import type { WrittenNote } from "../../../../ui/src/bindings/WrittenNote";
import { checked } from "./clinic";
import { child, plan, shown } from "./result";
import { at, clinician, localContacts, practice, signedIn, type State } from "./state";

const HEADING = "Something is wrong with this record";
const FORM: NoteStage = { kind: "form", faults: [] };

const one = shown({
  finding: { kind: "record", current: [plan({ type: "child-protection" })], ended: [] },
});
const several = shown({
  finding: {
    kind: "record",
    current: [
      plan(
        { type: "looked-after" },
        {
          start: "2026-09-14",
          authority: "Southfen County Council",
          authorityCode: "ZZ002",
          officeHours: "01632 960333",
          emergencyDuty: null,
        },
      ),
    ],
    ended: [plan({ type: "child-protection" }, { start: "2024-10-01", end: "2026-05-03" })],
  },
});
const bare = shown({
  finding: {
    kind: "record",
    current: [
      plan(
        { type: "other", code: "X1", display: null },
        { start: null, authority: null, authorityCode: null, officeHours: null },
      ),
    ],
    ended: [],
  },
});

const written: WrittenNote = {
  record: 0,
  field: "start-date",
  correct: { kind: "date", date: "2026-03-13" },
  callback: "01632 960 001",
};

const queued = (rest: Partial<QueuedRecord>): QueuedRecord => ({
  id: "019a9f41-7c41-7d20-9b52-000000000001",
  kind: "note",
  at: at("10:50"),
  state: "waiting",
  sentAt: null,
  tries: 0,
  triedAt: null,
  reason: null,
  ...rest,
});

const offline: Partial<View> = { connectivity: { state: "offline", since: at("10:45") } };

const note = (
  name: string,
  heading: string,
  of: Shown,
  values: Partial<ShownNote>,
  view: Partial<View> = {},
): State => {
  const stage = values.stage ?? FORM;
  const wrong = stage.kind === "form" && stage.faults.length > 0;
  return {
    name: `note-${name}`,
    view: signedIn(
      { kind: "note", note: { shown: of, way: "send", stage, print: null, ...values } },
      { resultKept: true, ...view },
    ),
    title: `${wrong ? "Error: " : ""}Note about a record - CP-IS Check`,
    heading,
    ...(wrong ? { focus: ".nhsuk-error-summary" } : {}),
  };
};

const review = (rest: Partial<WrittenNote> = {}): NoteStage => ({
  kind: "review",
  note: { ...written, ...rest },
  blocked: null,
});

const stored = (rest: Partial<QueuedRecord>): NoteStage => ({
  kind: "stored",
  note: written,
  record: queued(rest),
});

/** A print of a note, on record. */
export const noteOnPaper: NotePrintState = {
  state: "ready",
  printout: {
    reference: "019a9f40-1c22-7e01-8a10-5f2b6c3d4e5f",
    check: one.reference,
    checkedAt: one.checkedAt,
    patient: child,
    record: plan({ type: "child-protection" }),
    note: written,
    printedAt: at("10:52"),
    printedBy: "Asha Patel",
    role: clinician("scheduled").role!,
  },
};

const northmoor = {
  name: "Northmoor Borough Council",
  officeHours: "01632 960111",
  emergencyDuty: "01632 960222",
};

const unnamed = { name: null, officeHours: null, emergencyDuty: null };

const notice = (
  name: string,
  heading: string,
  values: Partial<ShownNotice>,
  view: Partial<View> = {},
): State => {
  const stage = values.stage ?? { kind: "form", faults: [], blocked: null };
  const wrong = stage.kind === "form" && stage.faults.length > 0;
  return {
    name: `notice-${name}`,
    view: signedIn(
      {
        kind: "notice",
        notice: {
          child: { ...checked[0]!, notBrought: true },
          about: "not-brought",
          authorities: [northmoor],
          today: "2026-11-22",
          way: "send",
          stage,
          ...values,
        },
      },
      view,
    ),
    title: `${wrong ? "Error: " : ""}Tell the local authority - CP-IS Check`,
    heading,
    ...(wrong ? { focus: ".nhsuk-error-summary" } : {}),
  };
};

const ASKED = "Tell the local authority?";
const noticed = (rest: Partial<QueuedRecord>) => ({
  stage: { kind: "stored" as const, record: queued({ kind: "not-brought", ...rest }) },
});

/** Says yes, which opens the rest of the form. */
const yes: State["then"] = (page) => page.getByLabel(/^Yes, tell/).check();

export const noteStates: State[] = [
  note("empty", HEADING, one, {}),
  note("several-records", HEADING, several, {}, { safeguardingContacts: localContacts }),
  note("bare-record", HEADING, bare, {}),
  note("print-only", HEADING, one, { way: "print-only" }),
  note("not-known", HEADING, one, { way: "not-known" }, offline),
  note("faults", HEADING, several, {
    stage: {
      kind: "form",
      faults: [
        { field: "record", code: "record-missing" },
        { field: "field", code: "field-missing" },
        { field: "callback", code: "callback-missing" },
      ],
    },
  }),
  {
    ...note("date", HEADING, one, {}),
    then: (page) => page.getByLabel("Start Date").check(),
    focus: "[value=start-date]",
  },
  {
    ...note("plan-type", HEADING, one, {}),
    then: (page) => page.getByLabel("Type of plan").check(),
    focus: "[value=plan-type]",
  },
  {
    ...note("number", HEADING, one, {}),
    then: (page) => page.getByLabel("Office Hours Tel Number").check(),
    focus: "[value=office-number]",
  },
  note("review", "Check the note", one, { stage: review() }),
  note("review-other-child", "Check the note", bare, {
    stage: review({ field: "not-this-child", correct: null }),
  }),
  note("review-not-known", "Check the note", several, {
    stage: review({ record: 1, field: "emergency-number", correct: null }),
  }),
  note("review-print-only", "Check the note", one, { way: "print-only", stage: review() }),
  note("not-stored", "Check the note", one, {
    stage: { kind: "review", note: written, blocked: "disk-full" },
  }),
  note("printed", "Check the note", one, { stage: review(), print: noteOnPaper }),
  note("not-printed", "Check the note", one, {
    stage: review(),
    print: { state: "not-recorded", why: "disk-full" },
  }),
  note(
    "stored",
    "Note stored, not yet delivered",
    one,
    { stage: stored({}) },
    {
      toSend: { waiting: 1, needsAttention: 0 },
    },
  ),
  note(
    "stored-offline",
    "Note stored, not yet delivered",
    one,
    { stage: stored({ reason: "unreachable", tries: 1 }) },
    { ...offline, toSend: { waiting: 1, needsAttention: 0 } },
  ),
  note("delivered", "Note delivered to the service", one, {
    stage: stored({ state: "sent", sentAt: at("10:51"), tries: 1 }),
  }),
  note(
    "refused",
    "Note not delivered",
    one,
    { stage: stored({ state: "needs-attention", reason: "refused", tries: 1 }) },
    { toSend: { waiting: 0, needsAttention: 1 } },
  ),
  {
    name: "note-practice",
    view: practice(note("empty", HEADING, one, {}).view),
    title: "[Practice] Note about a record - CP-IS Check",
    heading: HEADING,
  },
  notice("asked", ASKED, {}),
  { ...notice("yes", ASKED, {}), then: yes, focus: "[value=yes]" },
  notice("two-authorities", ASKED, { authorities: [northmoor, unnamed] }),
  notice("print-only", ASKED, { way: "print-only", authorities: [northmoor, unnamed] }),
  notice("not-known", ASKED, { way: "not-known" }, offline),
  notice("nothing-chosen", ASKED, {
    stage: { kind: "form", faults: [{ field: "tell", code: "tell-missing" }], blocked: null },
  }),
  {
    ...notice("faults", ASKED, {
      stage: {
        kind: "form",
        faults: [
          { field: "day", code: "date-future" },
          { field: "callback", code: "callback-form" },
        ],
        blocked: null,
      },
    }),
    then: yes,
    focus: "[value=yes]",
  },
  notice("not-stored", ASKED, { stage: { kind: "form", faults: [], blocked: "queue-full" } }),
  notice("stored", "Notice stored, not yet delivered", noticed({}), {
    toSend: { waiting: 1, needsAttention: 0 },
  }),
  notice(
    "delivered",
    "Notice delivered to the service",
    noticed({ state: "sent", sentAt: at("10:51"), tries: 1 }),
  ),
  notice("withdrawal", "Take the notice back?", {
    about: "withdrawal",
    child: { ...checked[0]!, notice: { at: at("09:40"), state: "sent" } },
  }),
];
