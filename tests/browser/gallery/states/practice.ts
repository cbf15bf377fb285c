import type { CompletionPrintout } from "../../../../ui/src/bindings/CompletionPrintout";
import type { View } from "../../../../ui/src/bindings/View";
import type { Weather } from "../../../../ui/src/bindings/Weather";
import { findStates } from "./find";
import { resultStates } from "./result";
import { signInStates } from "./sign-in";
import { at, clinician, guided, live, practice, signedIn, type State } from "./state";

const known = [...findStates, ...resultStates, ...signInStates];

function view(name: string): View {
  const state = known.find((one) => one.name === name);
  if (!state) throw new Error(`no state ${name}`);
  return state.view;
}

/** A known state in practice, with the scenario open. */
function scenario(name: string, title: string, heading: string, weather: Weather): State {
  return {
    name: `practice-scenario-${name}`,
    view: practice(view(name), { weather }),
    title: `[Practice] ${title} - CP-IS Check`,
    heading,
    focus: "[aria-controls=practice-scenario]",
    then: async (page) => {
      await page.getByRole("button", { name: "Change the practice" }).focus();
      await page.keyboard.press("Enter");
    },
  };
}

const tasks = (
  name: string,
  done: number,
  rest: Partial<View> = {},
  printout?: CompletionPrintout,
) => ({
  name: `practice-tasks-${name}`,
  view: practice(signedIn({ kind: "practice-tasks", printout: printout ?? null }, rest), {
    tasks: guided(done),
  }),
  title: "[Practice] Guided tasks - CP-IS Check",
  heading: "Guided tasks",
});

export const practiceStates: State[] = [
  scenario("find-scheduled", "Find a child", "Find a child", "good"),
  scenario(
    "result-nothing",
    "Result of the check",
    "No child protection information found",
    "slow",
  ),
  scenario("locked-card-removed", "Locked", "Locked", "card-removed"),
  scenario("sign-in-one-card", "Sign in", "Sign in", "service-down"),
  tasks("none", 0),
  tasks("some", 4, { resultKept: true }),
  tasks(
    "all",
    7,
    {},
    {
      name: "Asha Patel",
      role: clinician("scheduled").role!,
      printedAt: at("10:42"),
    },
  ),
  {
    ...tasks("signed-out", 3),
    view: practice(live({ kind: "practice-tasks", printout: null }), { tasks: guided(3) }),
  },
];
