import type { Card } from "../../../../ui/src/bindings/Card";
import type { Screen } from "../../../../ui/src/bindings/Screen";
import type { SignInFault } from "../../../../ui/src/bindings/SignInFault";
import { at, clinician, live, practice, type State } from "./state";

type SignIn = Extract<Screen, { kind: "sign-in" }>;
type Locked = Extract<Screen, { kind: "locked" }>;

const card = (id: string, name: string): Card => ({
  id,
  name,
  description: null,
  practicePasscode: null,
});

const practiceCards: Card[] = [
  {
    id: "card-1",
    name: "Dr Asha Patel, community paediatrician",
    description: "Scheduled care: the local authority is not told.",
    practicePasscode: "1234",
  },
  {
    id: "card-2",
    name: "Sam Okoro, emergency dental officer",
    description: "Unscheduled care: the local authority is told.",
    practicePasscode: "2345",
  },
  {
    id: "card-3",
    name: "Jo Lindqvist, clinic receptionist",
    description: "No role that can check a child.",
    practicePasscode: "3456",
  },
];

const screen = (rest: Partial<SignIn> = {}): SignIn => ({
  kind: "sign-in",
  cards: [card("card-1", "Asha Patel")],
  serviceConfigured: true,
  practiceOffered: true,
  busy: false,
  fault: null,
  ...rest,
});

const signIn = (name: string, rest: Partial<SignIn>, focus = "#passcode"): State => ({
  name: `sign-in-${name}`,
  view: live(screen(rest)),
  title: `${rest.fault ? "Error: " : ""}Sign in - CP-IS Check`,
  heading: "Sign in",
  focus: rest.fault ? ".nhsuk-error-summary" : focus,
});

const faults: SignInFault[] = [
  { code: "card-missing" },
  { code: "passcode-missing" },
  { code: "passcode-shape" },
  { code: "wrong-passcode", triesLeft: 1 },
  { code: "card-locked" },
  { code: "card-expired" },
  { code: "card-unreadable" },
  { code: "card-refused" },
  { code: "unreachable" },
  { code: "service-unavailable" },
  { code: "certificate-not-trusted" },
  { code: "unreadable-answer" },
  { code: "refused" },
];

const locked = (name: string, rest: Partial<Locked>): State => ({
  name: `locked-${name}`,
  view: live({
    kind: "locked",
    at: at("11:02"),
    cause: "asked",
    busy: false,
    fault: null,
    ...rest,
  }),
  title: `${rest.fault ? "Error: " : ""}Locked - CP-IS Check`,
  heading: "Locked",
  focus: rest.fault ? ".nhsuk-error-summary" : "#passcode",
});

const inPractice: State = {
  name: "sign-in-practice",
  view: practice(
    live(screen({ cards: practiceCards, practiceOffered: false }), {
      notices: ["practice-forgotten"],
    }),
  ),
  title: "[Practice] Sign in - CP-IS Check",
  heading: "Sign in",
  focus: "#passcode",
};

const role = (id: string, mode: "scheduled" | "unscheduled", name: string) => ({
  id,
  role: name,
  organisation: "Westmere Community Health",
  odsCode: "A9Z01",
  mode,
});

const choices = [
  role("r1", "scheduled", "Community Paediatrician"),
  role("r2", "unscheduled", "Community Paediatrician"),
];

const ineligible = [
  {
    role: "Clinic Receptionist",
    organisation: "Westmere Community Health",
    odsCode: "A9Z01",
    reason: "no-activity-code" as const,
  },
  {
    role: "School Nurse",
    organisation: null,
    odsCode: "A9Z77",
    reason: "other-organisation" as const,
  },
  {
    role: "Dental Officer",
    organisation: "Westmere Community Health",
    odsCode: "A9Z01",
    reason: "not-under-policy" as const,
  },
];

const user = { ...clinician("scheduled"), role: null, mayChangeRole: false };

const chooseRole = (
  name: string,
  heading: string,
  rest: Pick<Extract<Screen, { kind: "choose-role" }>, "choices" | "ineligible">,
): State => ({
  name: `choose-role-${name}`,
  view: live({ kind: "choose-role", ...rest }, { user }),
  title: "Choose your role - CP-IS Check",
  heading,
});

const NO_ROLE = "You do not have a role that can check a child";

export const signInStates: State[] = [
  signIn("one-card", {}),
  signIn("no-card", { cards: [] }),
  signIn(
    "several-cards",
    { cards: [card("card-1", "Asha Patel"), card("card-2", "Sam Okoro")] },
    "#card",
  ),
  signIn("busy", { busy: true }),
  signIn("without-practice", { practiceOffered: false }),
  signIn("no-service", { cards: [], serviceConfigured: false }, "h1"),
  inPractice,
  ...faults.map((fault) => signIn(`fault-${fault.code}`, { fault })),
  signIn("fault-choose-card", {
    cards: [card("card-1", "Asha Patel"), card("card-2", "Sam Okoro")],
    fault: { code: "card-missing" },
  }),
  locked("asked", {}),
  locked("idle", { cause: "idle" }),
  locked("busy", { busy: true }),
  locked("wrong-passcode", { fault: { code: "wrong-passcode", triesLeft: 2 } }),
  locked("card-unreadable", { fault: { code: "card-unreadable" } }),
  chooseRole("two-modes", "Choose your role", { choices, ineligible: [] }),
  chooseRole("some-ineligible", "Choose your role", { choices, ineligible }),
  chooseRole("none", NO_ROLE, { choices: [], ineligible }),
  chooseRole("none-at-all", NO_ROLE, { choices: [], ineligible: [] }),
];
