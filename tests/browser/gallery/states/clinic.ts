import type { ClinicImport } from "../../../../ui/src/bindings/ClinicImport";
import type { ShownClinic } from "../../../../ui/src/bindings/ShownClinic";
import type { ShownClinicChild } from "../../../../ui/src/bindings/ShownClinicChild";
import type { View } from "../../../../ui/src/bindings/View";
import { at, clinician, localContacts, signedIn, type State } from "./state";

const child = (
  place: number,
  nhsNumber: string,
  birthDate: string,
  years: number,
  rest: Partial<ShownClinicChild> = {},
): ShownClinicChild => ({
  id: `0198f000-0000-4000-8000-00000000000${place}`,
  time: null,
  initials: null,
  nhsNumber,
  birthDate,
  age: { years, months: 3, days: 2 },
  family: null,
  given: [],
  state: { kind: "to-check" },
  copy: null,
  saved: false,
  notBrought: false,
  notice: null,
  ...rest,
});

const fresh = [
  child(1, "9990000018", "2018-08-06", 8, { time: "09:30", initials: "JS" }),
  child(2, "9990000026", "2019-03-07", 7, { time: "09:45", initials: "AK" }),
  child(3, "9990000034", "1995-02-28", 31, { time: "10:00" }),
  child(4, "9990000042", "2021-12-01", 4),
];

const checkedAt = at("09:02");
export const checked = [
  child(1, "9990000018", "2018-08-06", 8, {
    time: "09:30",
    initials: "JS",
    family: "Smith",
    given: ["Jodie"],
    state: {
      kind: "checked",
      at: checkedAt,
      answer: { kind: "record", current: 1, ended: 0 },
      stale: false,
    },
  }),
  child(2, "9990000026", "2019-03-07", 7, {
    time: "09:45",
    family: "Khan",
    given: ["Amir"],
    state: { kind: "checked", at: checkedAt, answer: { kind: "nothing" }, stale: false },
  }),
  child(3, "9990000034", "1995-02-28", 31, {
    time: "10:00",
    family: "Featherstonehaugh",
    given: ["Rebecca", "Louise"],
    state: {
      kind: "checked",
      at: checkedAt,
      answer: { kind: "record", current: 2, ended: 1 },
      stale: false,
    },
  }),
  child(4, "9990000042", "2021-12-01", 4, {
    family: "Jones",
    given: ["Ffion"],
    state: {
      kind: "checked",
      at: checkedAt,
      answer: { kind: "record", current: 0, ended: 1 },
      stale: false,
    },
    notBrought: true,
  }),
  child(5, "9990000050", "2020-01-02", 6, {
    state: { kind: "not-checked", at: checkedAt, cause: "birth-date-differs" },
  }),
];

const list = (
  name: string,
  children: ShownClinicChild[],
  clinic: Partial<ShownClinic> = {},
  rest: Partial<View> = {},
): State => ({
  name: `clinic-${name}`,
  view: signedIn(
    {
      kind: "clinic-list",
      clinic: {
        children,
        asAt: at("09:12"),
        ends: at("21:00"),
        mode: "scheduled",
        underWay: null,
        ended: null,
        copiesPermitted: true,
        cameFrom: null,
        notKept: false,
        print: null,
        ...clinic,
      },
    },
    rest,
  ),
  title: "Clinic list - CP-IS Check",
  heading: "Clinic list",
});

const copies = checked.map((one) => ({
  ...one,
  copy: one.state.kind === "checked" ? checkedAt : null,
}));
const fromDisk = copies.map((one) => ({
  ...one,
  family: null,
  given: [],
  state: one.state.kind === "checked" ? { ...one.state, answer: null } : one.state,
}));
const offline: Partial<View> = { connectivity: { state: "offline", since: at("09:10") } };

const adding = (
  name: string,
  result: ClinicImport | null,
  { onList = 0, permitted = true, view = {} as Partial<View> } = {},
): State => ({
  name: `clinic-import-${name}`,
  view: signedIn({ kind: "clinic-import", import: result, onList, permitted }, view),
  title: `${result === null ? "" : "Error: "}Add children to the clinic list - CP-IS Check`,
  heading: "Add children to the clinic list",
  focus: result === null ? "#clinic-text" : ".nhsuk-error-summary",
});

/** The same half an hour and more later. */
const stale = checked.map((one) => ({
  ...one,
  state: one.state.kind === "checked" ? { ...one.state, stale: true } : one.state,
}));
const yesterday = copies.map((one) => ({
  ...one,
  copy: one.copy === null ? null : at("15:40", "2026-11-21"),
  state:
    one.state.kind === "checked"
      ? { ...one.state, at: at("15:40", "2026-11-21"), stale: true }
      : one.state,
}));
const notResponding: Partial<View> = {
  tasks: { signIn: "works", lookUp: "not-responding", sending: "works" },
};

const outOfDate = (
  name: string,
  mode: "scheduled" | "unscheduled",
  rest: Partial<View>,
): State => ({
  name: `clinic-out-of-date-${name}`,
  view: signedIn(
    {
      kind: "out-of-date",
      id: checked[0]!.id,
      nhsNumber: checked[0]!.nhsNumber,
      at: at("15:40", "2026-11-21"),
      mode,
    },
    { user: clinician(mode), ...rest },
  ),
  title: "Out of date - CP-IS Check",
  heading: "Out of date",
});

const prepare = (name: string, mode: "scheduled" | "unscheduled", until: string | null): State => ({
  name: `prepare-${name}`,
  view: signedIn(
    { kind: "prepare-offline", toCheck: 4, children: 5, until, mode },
    { user: clinician(mode) },
  ),
  title: "Prepare for offline - CP-IS Check",
  heading: "Prepare for offline",
});

const printedOffline = list(
  "printed-offline",
  checked,
  {
    print: {
      state: "ready",
      printout: {
        children: yesterday.map((one, place) => ({
          child: place === 1 ? checked[1]! : one,
          reference: `019a9f40-1c22-7e01-8a10-5f2b6c3d4e5${String(place)}`,
        })),
        printedAt: at("09:20"),
        printedBy: "Asha Patel",
        role: clinician("scheduled").role!,
        offline: true,
      },
    },
  },
  offline,
);

export const clinicStates: State[] = [
  list("to-check", fresh),
  list("unscheduled", fresh, { mode: "unscheduled" }, { user: clinician("unscheduled") }),
  list(
    "checking",
    [checked[0]!, { ...fresh[1]!, state: { kind: "checking" } }, fresh[2]!, fresh[3]!],
    { underWay: { done: 1, total: 4, keeping: false, pausedUntil: null } },
  ),
  list("paused", [checked[0]!, ...fresh.slice(1)], {
    underWay: { done: 1, total: 4, keeping: false, pausedUntil: at("09:14") },
  }),
  list("stale", stale),
  list("from-yesterday", yesterday, {}, offline),
  list("service-not-responding", copies, {}, notResponding),
  outOfDate("connected", "scheduled", {}),
  outOfDate("offline", "unscheduled", { ...offline, safeguardingContacts: localContacts }),
  list("checked", checked, {
    ended: { at: checkedAt, total: 5, checked: 4, kept: null, stopped: null },
  }),
  {
    ...list("came-back", checked, { cameFrom: checked[1]!.id }),
    focus: "tr:nth-child(2) [id^=child-]",
  },
  list(
    "not-brought",
    [
      { ...checked[0]!, notBrought: true },
      { ...checked[2]!, notBrought: true, notice: { at: checkedAt, state: "waiting" } },
      {
        ...checked[2]!,
        id: "0198f000-0000-4000-8000-000000000007",
        notBrought: true,
        notice: { at: checkedAt, state: "sent" },
      },
      {
        ...checked[0]!,
        id: "0198f000-0000-4000-8000-000000000008",
        notBrought: true,
        notice: { at: at("15:40", "2026-11-21"), state: "needs-attention" },
      },
      { ...fresh[3]!, notBrought: true },
      {
        ...fresh[1]!,
        notBrought: true,
        notice: { at: checkedAt, state: null },
      },
    ],
    {},
    { toSend: { waiting: 1, needsAttention: 1 } },
  ),
  list("ready", copies, {
    ended: { at: checkedAt, total: 5, checked: 4, kept: 4, stopped: null },
  }),
  list("offline", copies, {}, offline),
  list("offline-after-restart", fromDisk, {}, offline),
  list("stopped-offline", fresh, {
    ended: { at: checkedAt, total: 4, checked: 0, kept: null, stopped: "offline" },
  }),
  list("saved", [...fresh, child(6, "9990000069", "2017-07-07", 9, { saved: true })]),
  list("printed", checked, {
    print: {
      state: "ready",
      printout: {
        children: checked.map((one, place) => ({
          child: one,
          reference:
            one.family === null ? null : `019a9f40-1c22-7e01-8a10-5f2b6c3d4e5${String(place)}`,
        })),
        printedAt: at("09:20"),
        printedBy: "Asha Patel",
        role: clinician("scheduled").role!,
        offline: false,
      },
    },
  }),
  printedOffline,
  list("not-printed", checked, { print: { state: "not-recorded", why: "disk-full" } }),
  list("not-kept", fresh, { notKept: true }),
  list("empty", []),
  adding("first", null),
  adding("more", null, { onList: 4 }),
  adding("nothing-kept", null, { permitted: false }),
  adding("list-gone", null, { view: { notices: ["clinic-list-gone"] } }),
  adding("faults", {
    faults: [
      { line: 3, code: "number-check-digit", first: null },
      { line: 7, code: "twice", first: 2 },
      { line: 9, code: "year-digits", first: null },
      { line: 12, code: "number-not-practice", first: null },
    ],
    readable: 18,
    adding: false,
  }),
  adding("empty", {
    faults: [{ line: 0, code: "empty", first: null }],
    readable: 0,
    adding: false,
  }),
  prepare("scheduled", "scheduled", at("21:00")),
  prepare("unscheduled", "unscheduled", at("21:00")),
  prepare("not-permitted", "scheduled", null),
  {
    name: "clinic-one-at-a-time",
    view: signedIn({ kind: "one-at-a-time", waiting: 4 }, { user: clinician("unscheduled") }),
    title: "Check the children one at a time - CP-IS Check",
    heading: "Check the children one at a time",
  },
  {
    name: "clinic-back-online",
    view: signedIn({ kind: "back-online", saved: 3, mode: "scheduled" }),
    title: "You are back online - CP-IS Check",
    heading: "You are back online. 3 children were not checked",
  },
  {
    name: "clinic-back-online-unscheduled",
    view: signedIn(
      { kind: "back-online", saved: 1, mode: "unscheduled" },
      { user: clinician("unscheduled") },
    ),
    title: "You are back online - CP-IS Check",
    heading: "You are back online. 1 child was not checked",
  },
];
