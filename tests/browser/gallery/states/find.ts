import type { FieldFault } from "../../../../ui/src/bindings/FieldFault";
import type { FilledForm } from "../../../../ui/src/bindings/FilledForm";
import type { FilledIn } from "../../../../ui/src/bindings/FilledIn";
import type { FindBlocked } from "../../../../ui/src/bindings/FindBlocked";
import type { View } from "../../../../ui/src/bindings/View";
import { at, clinician, localContacts, practice, signedIn, type State } from "./state";

interface Options {
  faults?: FieldFault[];
  blocked?: FindBlocked;
  filled?: FilledIn;
  chosen?: FilledForm | null;
  rest?: Partial<View>;
}

const find = (
  name: string,
  { faults = [], blocked, filled, chosen = null, rest = {} }: Options = {},
): State => ({
  name: `find-${name}`,
  view: signedIn(
    {
      kind: "find",
      faults,
      blocked: blocked ?? null,
      filled: filled ?? null,
      chosen,
    },
    rest,
  ),
  title: `${faults.length > 0 ? "Error: " : ""}Find a child - CP-IS Check`,
  heading: "Find a child",
  focus:
    faults.length > 0
      ? ".nhsuk-error-summary"
      : (blocked ?? filled ?? chosen)
        ? "h1"
        : "#nhs-number",
});

const byLink: FilledIn = { ordinal: 1, by: "link", nhsNumber: "9990000018", birthDate: null };

const inPractice: State = {
  name: "find-practice",
  view: practice(find("").view),
  title: "[Practice] Find a child - CP-IS Check",
  heading: "Find a child",
  focus: "#nhs-number",
};

const inPracticeWithFault: State = {
  name: "find-practice-fault",
  view: {
    ...practice(
      find("", { faults: [{ field: "nhs-number", code: "nhs-number-check-digit" }] }).view,
      { weather: "offline" },
    ),
    connectivity: { state: "offline", since: at("09:12") },
  },
  title: "Error: [Practice] Find a child - CP-IS Check",
  heading: "Find a child",
  focus: ".nhsuk-error-summary",
};

const inPracticeWithRealNumber: State = {
  name: "find-practice-real-number",
  view: practice(
    find("", { faults: [{ field: "nhs-number", code: "nhs-number-not-practice" }] }).view,
  ),
  title: "Error: [Practice] Find a child - CP-IS Check",
  heading: "Find a child",
  focus: ".nhsuk-error-summary",
};

const checking = (name: string, since: string, stage: "identity" | "records"): State => ({
  name: `checking-${name}`,
  view: signedIn({ kind: "checking", stage, since }),
  title: "Checking - CP-IS Check",
  heading: "Checking",
});

export const findStates: State[] = [
  find("scheduled"),
  find("unscheduled", { rest: { user: clinician("unscheduled") } }),
  find("filled-by-a-link", { filled: byLink }),
  find("filled-by-a-link-and-incomplete", {
    filled: byLink,
    faults: [{ field: "day", code: "birth-date-missing" }],
  }),
  find("link-unreadable", { rest: { link: "unreadable" } }),
  find("one-role", { rest: { user: { ...clinician("scheduled"), mayChangeRole: false } } }),
  find("empty-fields", {
    faults: [
      { field: "nhs-number", code: "nhs-number-missing" },
      { field: "day", code: "birth-date-missing" },
    ],
  }),
  find("check-digit", { faults: [{ field: "nhs-number", code: "nhs-number-check-digit" }] }),
  find("national-insurance", {
    faults: [{ field: "nhs-number", code: "national-insurance-number" }],
  }),
  find("day-and-month-missing", {
    faults: [
      { field: "day", code: "day-missing" },
      { field: "month", code: "month-missing" },
    ],
  }),
  find("month-missing", { faults: [{ field: "month", code: "month-missing" }] }),
  find("year-digits", { faults: [{ field: "year", code: "year-digits" }] }),
  find("not-real", { faults: [{ field: "day", code: "birth-date-not-real" }] }),
  find("offline", {
    rest: {
      connectivity: { state: "offline", since: at("09:12") },
      toSend: { waiting: 3, needsAttention: 0 },
    },
  }),
  find("offline-with-local-contacts", {
    rest: {
      connectivity: { state: "offline", since: at("09:12") },
      safeguardingContacts: localContacts,
    },
  }),
  find("filled", {
    chosen: {
      nhsNumber: "9990000018",
      birthDate: "2018-08-06",
      family: "Smith",
      given: ["Jodie"],
    },
  }),
  find("sign-in-not-responding", {
    rest: { tasks: { signIn: "not-responding", lookUp: "works", sending: "works" } },
  }),
  find("look-up-not-responding", {
    rest: { tasks: { signIn: "works", lookUp: "not-responding", sending: "works" } },
  }),
  find("sending-not-responding", {
    rest: {
      tasks: { signIn: "works", lookUp: "works", sending: "not-responding" },
      toSend: { waiting: 2, needsAttention: 0 },
    },
  }),
  find("sending-paused", {
    rest: {
      tasks: { signIn: "works", lookUp: "not-responding", sending: "no-credential" },
      toSend: { waiting: 2, needsAttention: 0 },
    },
  }),
  find("connecting", { rest: { connectivity: { state: "connecting" } } }),
  {
    ...find("lock-warning", { rest: { lockWarning: 90 } }),
    focus: ".app-dialog .nhsuk-button:not(.nhsuk-button--secondary)",
  },
  find("blocked-audit-trail", { blocked: "audit-trail" }),
  find("blocked-disk-full", { blocked: "disk-full" }),
  find("clock-behind", { rest: { notices: ["clock-behind"] } }),
  find("nearly-full", { rest: { notices: ["disk-nearly-full", "queue-nearly-full"] } }),
  find("audit-trail-changed", {
    rest: { notices: ["audit-trail-put-aside", "audit-trail-altered"] },
  }),
  find("blocked-queue-full", {
    blocked: "queue-full",
    rest: { toSend: { waiting: 100_000, needsAttention: 1 } },
  }),
  find("not-enrolled", {
    rest: { notices: ["test-cards", "not-enrolled"], toSend: { waiting: 2, needsAttention: 1 } },
  }),
  find("enrolment-refused", { rest: { notices: ["enrolment-refused"] } }),
  ...(["scottish-number", "northern-irish-number", "irish-number"] as const).map((code) =>
    find(code, { faults: [{ field: "nhs-number", code }] }),
  ),
  inPractice,
  inPracticeWithFault,
  {
    ...inPractice,
    name: "find-practice-filled",
    focus: "h1",
    view: practice(
      find("", {
        filled: { ...byLink, by: "practice", birthDate: "2018-08-06" },
        rest: { notices: ["practice-only"] },
      }).view,
    ),
  },
  inPracticeWithRealNumber,
  checking("identity", "2026-11-22T00:00:00Z", "identity"),
  checking("records", "2026-11-22T00:00:00Z", "records"),
  // Not yet begun by this computer's clock: nothing but the (hidden) heading is shown at first.
  checking("just-begun", "2999-01-01T00:00:00Z", "identity"),
];
