import type { CertificateFault } from "../../../../ui/src/bindings/CertificateFault";
import type { ClassFault } from "../../../../ui/src/bindings/ClassFault";
import type { PracticeClass } from "../../../../ui/src/bindings/PracticeClass";
import type { View } from "../../../../ui/src/bindings/View";
import { practiceCards, signInScreen } from "./sign-in";
import { at, live, practice, signedIn, type State } from "./state";

const joined: PracticeClass = {
  code: "7Q2M-X4KD",
  name: "Tuesday morning",
  address: "https://training.example:8443",
};

const inClass = (view: View): View => practice(view, { class: joined, weather: null });

const form = (name: string, faults: ClassFault[] = [], busy = false): State => ({
  name: `join-class-${name}`,
  view: practice(live({ kind: "join-class", faults, busy })),
  title: `${faults.length > 0 ? "Error: " : ""}[Practice] Join a class - CP-IS Check`,
  heading: "Join a class",
  focus: faults.length > 0 ? ".nhsuk-error-summary" : "#class-address",
});

const faults: ClassFault[] = [
  { code: "address-unreadable" },
  { code: "address-not-encrypted" },
  { code: "code-unreadable" },
  { code: "unknown-class" },
  { code: "unreachable" },
  { code: "unavailable" },
  { code: "not-training" },
  { code: "other-address" },
  { code: "other-version", theirs: "0.2.0", ours: "0.1.0" },
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

const signIn = (name: string, rest: Partial<View> = {}): State => ({
  name: `sign-in-class-${name}`,
  view: inClass(live(signInScreen({ cards: practiceCards, practiceOffered: false }), rest)),
  title: "[Practice] Sign in - CP-IS Check",
  heading: "Sign in",
  focus: "#passcode",
});

const find = signedIn({ kind: "find", faults: [], blocked: null, filled: null, chosen: null });

export const classStates: State[] = [
  form("empty"),
  form("busy", [], true),
  form("both-missing", [{ code: "address-missing" }, { code: "code-missing" }]),
  ...faults.map((fault) => form(`fault-${fault.code}`, [fault])),
  form("fault-version-untold", [{ code: "other-version", theirs: "", ours: "0.1.0" }]),
  ...certificateFaults.map((fault) =>
    form(`fault-certificate-${fault}`, [
      { code: "certificate", fault, clock: at("09:12", "2019-01-01") },
    ]),
  ),
  signIn("joined"),
  signIn("one-waits", { toSend: { waiting: 1, needsAttention: 0 } }),
  signIn("several-wait", { toSend: { waiting: 2, needsAttention: 1 } }),
  {
    name: "find-in-class",
    view: inClass(find),
    title: "[Practice] Find a child - CP-IS Check",
    heading: "Find a child",
    focus: "#nhs-number",
  },
  {
    name: "find-in-class-scenario",
    view: inClass(find),
    title: "[Practice] Find a child - CP-IS Check",
    heading: "Find a child",
    focus: "[aria-controls=practice-scenario]",
    then: async (page) => {
      await page.getByRole("button", { name: "Change the practice" }).focus();
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "closing-in-class",
    view: inClass(live({ kind: "closing" }, { toSend: { waiting: 2, needsAttention: 0 } })),
    title: "[Practice] Close the program - CP-IS Check",
    heading: "Close CP-IS Check?",
  },
];
