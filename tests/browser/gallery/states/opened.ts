import { findStates } from "./find";
import { programStates } from "./program";
import { signInStates } from "./sign-in";
import { startStates } from "./start";
import type { State } from "./state";

const known = [...startStates, ...signInStates, ...findStates, ...programStates];

/** A known state in which the person has done something that the program is not told of. */
function after(name: string, what: string, rest: Pick<State, "then"> & Partial<State>): State {
  const state = known.find((one) => one.name === name);
  if (!state) throw new Error(`no state ${name}`);
  return { ...state, ...rest, name: `${name}-${what}` };
}

const opened = (name: string): State =>
  after(name, "opened", {
    focus: "summary",
    then: async (page) => {
      await page.locator("summary").focus();
      await page.keyboard.press("Enter");
    },
  });

export const openedStates: State[] = [
  opened("choose-role-some-ineligible"),
  opened("cannot-start-policy"),
  opened("record-refused"),
  after("sign-in-one-card", "digits-shown", {
    focus: "[aria-controls=passcode]",
    then: async (page) => {
      await page.getByLabel("Passcode").fill("1234");
      await page.getByRole("button", { name: "Show digits" }).click();
    },
  }),
  after("choose-role-two-modes", "nothing-chosen", {
    title: "Error: Choose your role - CP-IS Check",
    focus: ".nhsuk-error-summary",
    then: (page) => page.getByRole("button", { name: "Continue" }).click(),
  }),
  after("help", "program-stopped", {
    title: "CP-IS Check has stopped",
    heading: "CP-IS Check has stopped",
    stopped: true,
  }),
];
