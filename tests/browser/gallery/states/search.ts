import type { FindBlocked } from "../../../../ui/src/bindings/FindBlocked";
import type { SearchFieldFault } from "../../../../ui/src/bindings/SearchFieldFault";
import type { ShownMatches } from "../../../../ui/src/bindings/ShownMatches";
import type { ShownPatient } from "../../../../ui/src/bindings/ShownPatient";
import type { ShownSearch } from "../../../../ui/src/bindings/ShownSearch";
import type { View } from "../../../../ui/src/bindings/View";
import { child } from "./result";
import { at, clinician, localContacts, practice, signedIn, type State } from "./state";

interface Options {
  faults?: SearchFieldFault[];
  blocked?: FindBlocked;
  since?: string;
  answer?: ShownSearch;
  rest?: Partial<View>;
}

const TITLE = "Find a child without the NHS number";

const search = (
  name: string,
  heading: string,
  { faults = [], blocked, since, answer, rest = {} }: Options = {},
): State => ({
  name: `search-${name}`,
  view: signedIn(
    {
      kind: "search",
      faults,
      blocked: blocked ?? null,
      since: since ?? null,
      answer: answer ?? null,
    },
    rest,
  ),
  title: `${faults.length > 0 ? "Error: " : ""}${TITLE} - CP-IS Check`,
  heading,
  focus:
    faults.length > 0
      ? ".nhsuk-error-summary"
      : blocked || since || answer?.matches.kind === "found"
        ? "h1"
        : "#family",
});

/** An answer; the form below it is where a person starts again. */
const answered = (matches: ShownMatches, rest: Partial<ShownSearch> = {}): ShownSearch => ({
  reference: "019a9f3e-7c41-7d20-9b52-3f0a6de1c7b7",
  searchedAt: at("10:42"),
  byGiven: false,
  byGender: false,
  byPostcode: false,
  matches,
  ...rest,
});

const notDone = (matches: Omit<Extract<ShownMatches, { kind: "not-done" }>, "kind">) =>
  answered({ kind: "not-done", ...matches });

const people: ShownPatient[] = [
  child,
  { ...child, given: ["Jordan", "Alexander"], gender: "male", nhsNumber: "9990000034" },
  { ...child, given: ["Josephine"], nhsNumber: "9990000042", restricted: true },
  {
    ...child,
    given: [],
    gender: null,
    nhsNumber: "9990000050",
    deceased: true,
    deceasedOn: "2018-08-07",
  },
];

const ten: ShownPatient[] = Array.from({ length: 10 }, (_, index) => ({
  ...child,
  family: "Achebe-Featherstonehaugh",
  given: ["Oluwaseun", `Marguerite-${"abcdefghij"[index]}`],
  nhsNumber: String(9_990_000_100 + index),
}));

export const searchStates: State[] = [
  search("form", TITLE),
  search("form-unscheduled", TITLE, {
    rest: { user: clinician("unscheduled"), safeguardingContacts: localContacts },
  }),
  search("faults", TITLE, {
    faults: [
      { field: "family", code: "family-missing" },
      { field: "given", code: "given-characters" },
      { field: "month", code: "month-missing" },
      { field: "year", code: "year-missing" },
      { field: "postcode", code: "postcode-form" },
    ],
  }),
  search("fault-not-real", TITLE, { faults: [{ field: "day", code: "birth-date-not-real" }] }),
  search("offline", TITLE, {
    rest: {
      connectivity: { state: "offline", since: at("09:12") },
      safeguardingContacts: localContacts,
    },
  }),
  search("blocked", TITLE, { blocked: "disk-full" }),
  search("asking", "Searching", { since: "2026-11-22T00:00:00Z" }),
  search("found-one", "1 person found", { answer: answered({ kind: "found", people: [child] }) }),
  search("found-several", "4 people found", { answer: answered({ kind: "found", people }) }),
  search("found-ten", "10 people found", { answer: answered({ kind: "found", people: ten }) }),
  search("nobody", "Nobody found", { answer: answered({ kind: "nobody" }) }),
  search("nobody-with-all", "Nobody found", {
    answer: answered({ kind: "nobody" }, { byGiven: true, byGender: true, byPostcode: true }),
    rest: { safeguardingContacts: localContacts },
  }),
  search("too-many", "Too many people found", { answer: answered({ kind: "too-many" }) }),
  search("too-many-with-all", "Too many people found", {
    answer: answered({ kind: "too-many" }, { byGiven: true, byGender: true, byPostcode: true }),
  }),
  search("not-done", "Search not done", {
    answer: notDone({ cause: "unreachable", reason: null }),
    rest: { connectivity: { state: "offline", since: at("10:41") } },
  }),
  search("not-done-refused", "Search not done", {
    answer: notDone({ cause: "refused", reason: "Invalid search data" }),
  }),
  search("not-done-cancelled", "Search not done", {
    answer: notDone({ cause: "cancelled", reason: null }),
  }),
  search("not-done-incomplete", "Search not done", {
    answer: notDone({ cause: "incomplete-answer", reason: null }),
  }),
  {
    name: "search-practice",
    view: practice(
      search("", "", { answer: answered({ kind: "found", people: people.slice(0, 2) }) }).view,
    ),
    title: `[Practice] ${TITLE} - CP-IS Check`,
    heading: "2 people found",
  },
];
