import type { Page } from "@playwright/test";
import type { LookMode } from "../../../../ui/src/bindings/LookMode";
import type { GuidedTask } from "../../../../ui/src/bindings/GuidedTask";
import type { PracticeChild } from "../../../../ui/src/bindings/PracticeChild";
import type { PracticeScenario } from "../../../../ui/src/bindings/PracticeScenario";
import type { PracticeTask } from "../../../../ui/src/bindings/PracticeTask";
import type { SafeguardingContact } from "../../../../ui/src/bindings/SafeguardingContact";
import type { Screen } from "../../../../ui/src/bindings/Screen";
import type { SignedInUser } from "../../../../ui/src/bindings/SignedInUser";
import type { View } from "../../../../ui/src/bindings/View";

/** One state of one screen, and what must hold of it. */
export interface State {
  /** Names the state and its screenshot. */
  name: string;
  view: View;
  /** The title of the window. */
  title: string;
  /** The one first-level heading. */
  heading: string;
  /** Where the focus must be; the heading unless said otherwise. */
  focus?: string;
  /** What a person does on the screen to come to this state; the focus is judged after it. */
  then?: (page: Page) => Promise<void>;
  /** The program behind the window no longer answers. */
  stopped?: boolean;
}

/** Made-up clinicians, one for each mode. */
export const clinician = (mode: LookMode): SignedInUser => ({
  name: "Asha Patel",
  role: {
    role: mode === "unscheduled" ? "Emergency Dental Officer" : "Community Paediatrician",
    organisation: "Westmere Community Health",
    odsCode: "A9Z01",
    mode,
  },
  mayChangeRole: true,
});

/** A view in live mode, connected, with nothing to send. */
export function live(screen: Screen, rest: Partial<View> = {}): View {
  return {
    revision: 10,
    program: "live",
    notices: [],
    connectivity: { state: "connected" },
    tasks: { signIn: "works", lookUp: "works", sending: "works" },
    toSend: { waiting: 0, needsAttention: 0 },
    user: null,
    resultKept: false,
    link: null,
    copy: null,
    print: null,
    safeguardingContacts: [],
    authorityHours: null,
    practice: null,
    lockWarning: null,
    screen,
    ...rest,
  };
}

/** A view of somebody who is signed in. */
export const signedIn = (screen: Screen, rest: Partial<View> = {}): View =>
  live(screen, { user: clinician("scheduled"), ...rest });

/** Made-up people to try. */
const practiceChildren: PracticeChild[] = [
  {
    case: "child-protection",
    nhsNumber: "9990000018",
    family: "Testchild",
    given: ["Jodie"],
    birthDate: "2018-08-06",
  },
  {
    case: "unborn-child",
    nhsNumber: "9990000034",
    family: "Testchild",
    given: ["Oluwaseun", "Marguerite"],
    birthDate: "1995-02-28",
  },
];

const tasks: PracticeTask[] = [
  ...(["current-plan-found", "nothing-found-explained", "other-birth-date-noticed"] as const),
  ...(["locked-and-unlocked", "saved-while-offline", "copy-opened"] as const),
  "record-tried-again",
];

/** The guided tasks, the first of them done. */
export const guided = (done: number): GuidedTask[] =>
  tasks.map((task, index) => ({
    task,
    doneAt: index < done ? at(`09:${String(index * 7 + 10)}`) : null,
  }));

/** The same in practice. */
export const practice = (view: View, rest: Partial<PracticeScenario> = {}): View => ({
  ...view,
  program: "practice",
  practice: {
    class: null,
    weather: "good",
    children: view.user?.role ? practiceChildren : [],
    tasks: guided(2),
    ...rest,
  },
});

/** Made-up contacts as an organisation sets them. */
export const localContacts: SafeguardingContact[] = [
  {
    name: "Named nurse for safeguarding children",
    telephone: "01632 960501",
    when: "Monday to Friday, 9am to 5pm",
  },
  { name: "On-call paediatrician", telephone: "01632 960502 ext 14", when: null },
];

/** A moment on the day that the fixtures play on. */
export const at = (time: string, day = "2026-11-22") => `${day}T${time}:00+00:00`;
