import type { Card } from "../../../../ui/src/bindings/Card";
import type { CertificateFault } from "../../../../ui/src/bindings/CertificateFault";
import type { PracticeCardPurpose } from "../../../../ui/src/bindings/PracticeCardPurpose";
import type { Screen } from "../../../../ui/src/bindings/Screen";
import type { SignInFault } from "../../../../ui/src/bindings/SignInFault";
import { at, clinician, live, localContacts, practice, type State } from "./state";

type SignIn = Extract<Screen, { kind: "sign-in" }>;
type Locked = Extract<Screen, { kind: "locked" }>;

const card = (id: string, name: string): Card => ({
  id,
  name,
  purpose: null,
  practicePasscode: null,
});

const practiceCard = (
  id: string,
  name: string,
  passcode: string,
  purpose: PracticeCardPurpose,
): Card => ({
  id,
  name,
  purpose,
  practicePasscode: passcode,
});

export const practiceCards: Card[] = [
  practiceCard("card-1", "Dr Ada Practice-Heron", "1234", "community-paediatrician"),
  practiceCard("card-2", "Mr Bertram Sample-Otter", "2345", "emergency-dentist"),
  practiceCard("card-3", "Ms Clementine Training-Wren", "3456", "dental-nurse"),
  practiceCard("card-4", "Mx Dorian Mock-Sparrow", "4567", "receptionist"),
  practiceCard("card-5", "Sister Enid Pretend-Badger", "5678", "expired-card"),
  practiceCard("card-6", "Mr Fergus Example-Magpie", "6789", "locked-card"),
];

export const signInScreen = (rest: Partial<SignIn> = {}): SignIn => ({
  kind: "sign-in",
  cards: [card("card-1", "Asha Patel")],
  serviceConfigured: true,
  practiceOffered: true,
  reader: "ready",
  browserOffered: false,
  busy: false,
  inBrowser: false,
  fault: null,
  ...rest,
});

const signIn = (name: string, rest: Partial<SignIn>, focus = "#passcode"): State => ({
  name: `sign-in-${name}`,
  view: live(signInScreen(rest)),
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
  { code: "unreadable-answer" },
  { code: "refused" },
  { code: "card-passcode-not-set" },
  { code: "card-not-yet-valid" },
  { code: "card-removed" },
  { code: "passcode-not-entered" },
  { code: "card-in-use" },
  { code: "card-without-certificate" },
  { code: "several-certificates" },
  { code: "card-key-unsupported" },
  { code: "cannot-check-passcode" },
  { code: "browser-not-offered" },
  { code: "no-browser" },
  { code: "browser-refused" },
  { code: "browser-foreign" },
  { code: "browser-timed-out" },
  { code: "not-training" },
  { code: "identity-not-trusted" },
  { code: "clock-differs" },
  { code: "assurance-too-low" },
];

const certificateFaults: CertificateFault[] = [
  "expired",
  "not-yet-valid",
  "other-name",
  "unknown-issuer",
  "from-proxy",
  "not-pinned",
  "revoked",
  "not-trusted",
  "weak-encryption",
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
    live(signInScreen({ cards: practiceCards, practiceOffered: false }), {
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

const choosePasscode = (
  name: string,
  rest: Partial<Extract<Screen, { kind: "choose-passcode" }>>,
): State => ({
  name: `choose-passcode${name}`,
  view: live({ kind: "choose-passcode", busy: false, fault: null, ...rest }, { user }),
  title: `${rest.fault ? "Error: " : ""}Choose a passcode - CP-IS Check`,
  heading: "Choose a passcode",
  focus: rest.fault ? ".nhsuk-error-summary" : "#passcode",
});

const chooseRole = (
  name: string,
  heading: string,
  rest: Pick<Extract<Screen, { kind: "choose-role" }>, "choices" | "ineligible"> & {
    withdrawn?: string;
    last?: string;
  },
): State => ({
  name: `choose-role-${name}`,
  view: live({ kind: "choose-role", withdrawn: null, last: null, ...rest }, { user }),
  title: "Choose your role - CP-IS Check",
  heading,
});

const NO_ROLE = "You do not have a role that can check a child";

export const signInStates: State[] = [
  signIn("one-card", {}),
  signIn("no-card", { cards: [] }),
  ...(["software-missing", "no-service", "no-reader", "unknown-card"] as const).map((reader) =>
    signIn(`reader-${reader}`, { cards: [], reader }),
  ),
  signIn("fault-wrong-passcode-untold", { fault: { code: "wrong-passcode", triesLeft: null } }),
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
  ...certificateFaults.map((fault) =>
    signIn(`fault-certificate-${fault}`, {
      fault: { code: "certificate", fault, clock: at("09:12", "2019-01-01") },
    }),
  ),
  signIn("fault-choose-card", {
    cards: [card("card-1", "Asha Patel"), card("card-2", "Sam Okoro")],
    fault: { code: "card-missing" },
  }),
  {
    ...signIn("local-contacts", {}),
    view: live(signInScreen({}), {
      connectivity: { state: "offline", since: at("09:12") },
      safeguardingContacts: localContacts,
    }),
  },
  signIn("browser-too", { browserOffered: true }),
  {
    name: "sign-in-in-browser",
    view: live(signInScreen({ browserOffered: true, busy: true, inBrowser: true })),
    title: "Sign in - CP-IS Check",
    heading: "Go on in your browser",
  },
  { ...signIn("link-waits", {}), view: { ...signIn("", {}).view, link: "waits" } },
  choosePasscode("", {}),
  choosePasscode("-busy", { busy: true }),
  choosePasscode("-shape", { fault: { code: "passcode-shape" } }),
  locked("asked", {}),
  { ...locked("link", {}), view: { ...locked("", {}).view, link: "locked" } },
  locked("idle", { cause: "idle" }),
  locked("screen-locked", { cause: "screen-locked" }),
  locked("user-switched", { cause: "user-switched" }),
  locked("sleep", { cause: "sleep" }),
  locked("busy", { busy: true }),
  locked("card-removed", { cause: "card-removed" }),
  locked("restart", { cause: "restart" }),
  locked("wrong-passcode", { fault: { code: "wrong-at-lock", triesLeft: 2 } }),
  locked("card-wanted-back", { cause: "card-removed", fault: { code: "card-removed" } }),
  locked("clock-backwards", { fault: { code: "clock-backwards" } }),
  chooseRole("two-modes", "Choose your role", { choices, ineligible: [] }),
  chooseRole("last", "Choose your role", { choices, ineligible: [], last: choices[1]!.id }),
  chooseRole("withdrawn", "Choose your role", {
    choices,
    ineligible: [],
    withdrawn: "Dental Officer",
  }),
  chooseRole("none-withdrawn", NO_ROLE, { choices: [], ineligible, withdrawn: "Dental Officer" }),
  chooseRole("some-ineligible", "Choose your role", { choices, ineligible }),
  chooseRole("none", NO_ROLE, { choices: [], ineligible }),
  chooseRole("none-at-all", NO_ROLE, { choices: [], ineligible: [] }),
];
