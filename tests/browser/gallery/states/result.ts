import type { ResultOnClinic } from "../../../../ui/src/bindings/ResultOnClinic";
import type { PrintState } from "../../../../ui/src/bindings/PrintState";
import type { Shown } from "../../../../ui/src/bindings/Shown";
import type { ShownAccess } from "../../../../ui/src/bindings/ShownAccess";
import type { ShownPatient } from "../../../../ui/src/bindings/ShownPatient";
import type { ShownPlan } from "../../../../ui/src/bindings/ShownPlan";
import type { ShownPlanKind } from "../../../../ui/src/bindings/ShownPlanKind";
import type { View } from "../../../../ui/src/bindings/View";
import { at, clinician, localContacts, practice, signedIn, type State } from "./state";

/** A made-up child. */
export const child: ShownPatient = {
  family: "Smith",
  given: ["Jodie"],
  birthDate: "2018-08-06",
  age: { years: 8, months: 3, days: 16 },
  gender: "female",
  nhsNumber: "9990000018",
  deceased: false,
  deceasedOn: null,
  restricted: false,
};

const mother: ShownPatient = {
  ...child,
  family: "Achebe-Featherstonehaugh",
  given: ["Oluwaseun", "Marguerite"],
  birthDate: "1999-02-11",
  age: { years: 27, months: 9, days: 11 },
  nhsNumber: "9990000026",
};

/** A record in place at a made-up authority. */
export const plan = (type: ShownPlanKind, rest: Partial<ShownPlan> = {}): ShownPlan => ({
  plan: type,
  start: "2026-03-03",
  end: null,
  authority: "Northmoor Borough Council",
  authorityCode: "ZZ001",
  officeHours: "01632 960111",
  emergencyDuty: "01632 960222",
  lastUpdated: at("06:40", "2026-11-20"),
  ...rest,
});

const PROTECTION: ShownPlanKind = { type: "child-protection" };
const LOOKED_AFTER: ShownPlanKind = { type: "looked-after" };
const UNBORN: ShownPlanKind = { type: "unborn-child" };

/** Made-up earlier views, newest first. */
export const accesses = (views: number): ShownAccess[] =>
  Array.from({ length: views }, (_, index) => ({
    at: at("10:42", `2026-11-${String(21 - (index % 20)).padStart(2, "0")}`),
    viewer: index === 2 ? null : ["Rowan Ellis", "Maya Thornbury", "Idris Vale"][index % 3]!,
    role: index === 3 ? null : ["Emergency Nurse", "Paramedic", "Dental Officer"][index % 3]!,
    organisation: ["Eastvale Walk-in Centre", "Westmere Ambulance", "Westmere Dental"][index % 3]!,
    you: false,
  }));

/** A result, of the child above unless said otherwise. */
export const shown = (rest: Partial<Shown> = {}): Shown => ({
  reference: "019a9f3e-7c41-7d20-9b52-3f0a6de1c7a4",
  asked: "9990000018",
  patient: child,
  finding: { kind: "nothing" },
  history: { kind: "none" },
  otherFlags: [],
  checkedAt: at("10:42"),
  mode: "scheduled",
  told: "no",
  decision: null,
  copy: null,
  ...rest,
});

/** How a result came to the screen, and how long ago. */
interface Opening {
  stale?: boolean;
  /** Who looked before could not be read, and may be. */
  historyAgain?: boolean;
  clinic?: ResultOnClinic | null;
  view?: Partial<View>;
}

const result = (
  name: string,
  heading: string,
  rest: Partial<Shown>,
  { stale = false, historyAgain = false, clinic = null, view = {} }: Opening = {},
): State => ({
  name: `result-${name}`,
  view: signedIn(
    { kind: "result", shown: shown(rest), clinic, stale, historyAgain },
    { ...(rest.mode ? { user: clinician(rest.mode) } : {}), ...view },
  ),
  title: "Result of the check - CP-IS Check",
  heading: rest.copy ? `Copy ${heading}` : heading,
});

const record = (current: ShownPlan[], ended: ShownPlan[] = []): Shown["finding"] => ({
  kind: "record",
  current,
  ended,
});

const ended = plan(PROTECTION, { start: "2024-10-01", end: "2026-05-03" });

const offline: Partial<View> = { connectivity: { state: "offline", since: at("10:30") } };
const onClinic = { id: "0198f000-0000-4000-8000-000000000001", hasNext: true, copy: null };
const copy = (minutesOld: number): Partial<Shown> => ({
  copy: { openedAt: at("10:42"), minutesOld, outOfDate: false },
  checkedAt: at("09:02"),
});
const oldCopy: Partial<Shown> = {
  copy: { openedAt: at("10:42"), minutesOld: 19 * 60 + 2, outOfDate: true },
  checkedAt: at("15:40", "2026-11-21"),
};

/** Results that were opened from the clinic list, and copies. */
const listed: State[] = [
  result(
    "on-clinic",
    "Child protection plan in place",
    { finding: record([plan(PROTECTION)]), history: { kind: "known", accesses: accesses(2) } },
    { clinic: onClinic },
  ),
  result(
    "on-clinic-last",
    "No child protection information found",
    {},
    { clinic: { ...onClinic, hasNext: false } },
  ),
  result(
    "copy",
    "Child protection plan in place",
    {
      ...copy(100),
      finding: record([plan(PROTECTION)]),
      history: { kind: "known", accesses: accesses(2) },
    },
    { clinic: onClinic, view: offline },
  ),
  result(
    "copy-told-later",
    "Looked after child",
    { ...copy(150), finding: record([plan(LOOKED_AFTER)]), mode: "unscheduled", told: "later" },
    { clinic: onClinic, view: offline },
  ),
  result(
    "copy-out-of-date",
    "Child protection plan in place",
    { ...oldCopy, finding: record([plan(PROTECTION)]) },
    { clinic: onClinic, view: offline },
  ),
  result("copy-nothing-out-of-date", "Not checked since 21 November 2026 at 15:40", oldCopy, {
    clinic: onClinic,
    view: offline,
  }),
  result("copy-nothing", "Not checked since 09:02", copy(100), { clinic: onClinic, view: offline }),
  result(
    "copy-offered",
    "Not checked",
    {
      finding: { kind: "not-checked", cause: "unreachable", reason: null },
      patient: null,
      decision: { kind: "check-again" },
    },
    { clinic: { ...onClinic, copy: at("09:02") }, view: offline },
  ),
];

const found: State[] = [
  result("child-protection", "Child protection plan in place", {
    finding: record([plan(PROTECTION)]),
    history: { kind: "known", accesses: accesses(4) },
  }),
  result("child-protection-told", "Child protection plan in place", {
    finding: record([plan(PROTECTION)]),
    history: { kind: "known", accesses: accesses(25) },
    mode: "unscheduled",
    told: "yes",
  }),
  result("unborn-child", "Unborn child protection plan in place", {
    patient: mother,
    asked: mother.nhsNumber,
    finding: record([plan(UNBORN)]),
    history: { kind: "known", accesses: accesses(1) },
  }),
  result("looked-after", "Looked after child", {
    finding: record([plan(LOOKED_AFTER, { end: "2027-01-31" })]),
    history: { kind: "known", accesses: [] },
  }),
  result("unknown-kind", "Supervision record (code 99887766) in place", {
    finding: record([plan({ type: "other", code: "99887766", display: "Supervision record" })]),
    history: { kind: "not-from-this-source" },
  }),
  result("told-with-record", "Child protection plan in place", {
    finding: record([plan(PROTECTION)]),
    history: { kind: "not-from-this-source" },
    mode: "unscheduled",
    told: "with-record",
  }),
  result("other-flags", "Child protection plan in place", {
    finding: record([plan(PROTECTION)]),
    history: { kind: "not-from-this-source" },
    otherFlags: [
      { flag: { type: "reasonable-adjustment" }, active: true },
      { flag: { type: "other", name: "Made-up Flag" }, active: false },
      { flag: { type: "other", name: "unnamed-made-up-flag" }, active: true },
      { flag: { type: "female-genital-mutilation" }, active: true },
    ],
  }),
  result("unknown-kind-without-words", "Record of another kind (code X1) in place", {
    finding: record([plan({ type: "other", code: "X1", display: null })]),
    history: { kind: "not-from-this-source" },
  }),
  result("two-current", "2 records found", {
    finding: record([
      plan(LOOKED_AFTER, {
        start: "2026-09-14",
        authority: "Southfen County Council",
        authorityCode: "ZZ002",
        officeHours: "01632 960333",
        emergencyDuty: "01632 960444",
      }),
      plan(PROTECTION),
    ]),
    history: { kind: "known", accesses: accesses(2) },
  }),
  result("current-and-ended", "Looked after child", {
    finding: record([plan(LOOKED_AFTER)], [ended]),
    history: { kind: "known", accesses: accesses(3) },
  }),
  result("ended", "Plan ended", {
    finding: record([], [ended]),
    history: { kind: "known", accesses: accesses(2) },
  }),
  result(
    "bare-record",
    "Child protection plan in place",
    {
      finding: record([
        plan(PROTECTION, {
          start: null,
          authority: null,
          authorityCode: null,
          officeHours: null,
          emergencyDuty: null,
          lastUpdated: null,
        }),
      ]),
      history: { kind: "not-checked", cause: "timed-out" },
      told: "not-known",
      mode: "unscheduled",
    },
    { historyAgain: true },
  ),
  result(
    "stale",
    "Child protection plan in place",
    {
      finding: record([plan(PROTECTION)]),
      history: { kind: "known", accesses: accesses(4) },
      mode: "unscheduled",
      told: "yes",
    },
    { stale: true },
  ),
  result(
    "office-hours",
    "Child protection plan in place",
    {
      finding: record([plan(PROTECTION)]),
      history: {
        kind: "known",
        accesses: accesses(12).map((access, index) => ({ ...access, you: index % 5 === 1 })),
      },
    },
    { view: { authorityHours: "office", safeguardingContacts: localContacts } },
  ),
  result(
    "out-of-hours",
    "Looked after child",
    {
      finding: record([plan(LOOKED_AFTER)], [ended]),
      history: { kind: "known", accesses: accesses(25) },
    },
    { view: { authorityHours: "out-of-hours", safeguardingContacts: localContacts } },
  ),
  result("mother-with-a-record-of-her-own", "2 records found", {
    patient: mother,
    asked: mother.nhsNumber,
    finding: record([plan(UNBORN), plan(LOOKED_AFTER, { start: null, end: "2027-02-11" })]),
    history: { kind: "known", accesses: accesses(1) },
  }),
  result("unborn-ended", "Plan ended", {
    patient: mother,
    asked: mother.nhsNumber,
    finding: record([], [plan(UNBORN, { start: "2026-04-01", end: "2026-11-05" })]),
    history: { kind: "known", accesses: [] },
  }),
  result(
    "history-not-checked",
    "Child protection plan in place",
    {
      finding: record([plan(PROTECTION)]),
      history: { kind: "not-checked", cause: "service-unavailable" },
    },
    { historyAgain: true },
  ),
  result("history-not-allowed", "Child protection plan in place", {
    finding: record([plan(PROTECTION)]),
    history: { kind: "not-checked", cause: "not-allowed" },
  }),
];

const nothing: State[] = [
  result("nothing", "No child protection information found", {}),
  result(
    "nothing-with-local-contacts",
    "No child protection information found",
    {},
    { view: { safeguardingContacts: localContacts } },
  ),
  result(
    "nothing-stale",
    "No child protection information found",
    { patient: child },
    { stale: true },
  ),
  result("nothing-nobody-to-tell", "No child protection information found", {
    mode: "unscheduled",
    told: "nobody-to-tell",
  }),
  result("nothing-newborn", "No child protection information found", {
    patient: {
      ...child,
      family: "Okafor",
      given: [],
      birthDate: "2026-11-10",
      age: { years: 0, months: 0, days: 12 },
      gender: null,
    },
  }),
  result("nothing-restricted", "No child protection information found", {
    patient: { ...child, restricted: true, age: { years: 1, months: 2, days: 1 } },
  }),
  result("nothing-deceased", "No child protection information found", {
    patient: { ...child, deceased: true, deceasedOn: "2026-10-02" },
  }),
  result("contradiction", "Not checked", { finding: record([]) }),
];

/** A print of a result, on record. */
export const ready = (of: Shown, withHistory = false): PrintState => ({
  state: "ready",
  printout: {
    reference: "019a9f40-1c22-7e01-8a10-5f2b6c3d4e5f",
    shown: withHistory ? of : { ...of, history: { kind: "none" } },
    withHistory,
    printedAt: at("10:50"),
    printedBy: "Asha Patel",
    role: clinician(of.mode).role!,
  },
});

const protection = shown({
  finding: record([plan(PROTECTION)]),
  history: { kind: "known", accesses: accesses(4) },
});

const used = (name: string, rest: Partial<View>): State => {
  const before = found[0]!;
  return { ...before, name: `result-${name}`, view: { ...before.view, ...rest } };
};

export const resultStates: State[] = [
  ...listed,
  ...found,
  ...nothing,
  used("number-copied", { copy: "copied" }),
  used("number-taken-back", { copy: "taken-back" }),
  used("number-not-copied", { copy: "failed" }),
  used("printed", { print: ready(protection) }),
  used("printed-with-history", { print: ready(protection, true) }),
  {
    ...nothing[0]!,
    name: "result-nothing-printed",
    view: { ...nothing[0]!.view, print: ready(shown()) },
  },
  ...[
    ["copy", record([plan(PROTECTION)]), copy(100)] as const,
    ["copy-nothing", { kind: "nothing" }, copy(100)] as const,
    ["copy-nothing-out-of-date", { kind: "nothing" }, oldCopy] as const,
  ].map(([name, finding, from]) => {
    const before = listed.find((one) => one.name === `result-${name}`)!;
    const rest = { ...from, finding };
    return {
      ...before,
      name: `result-${name}-printed`,
      view: { ...before.view, print: ready(shown(rest)) },
    };
  }),
  used("not-printed", { print: { state: "not-recorded", why: "disk-full" } }),
  {
    name: "result-practice",
    view: practice(found[1]!.view),
    title: "[Practice] Result of the check - CP-IS Check",
    heading: "Child protection plan in place",
  },
];
