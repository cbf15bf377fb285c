import { classStates } from "./class";
import { clinicStates } from "./clinic";
import { findStates } from "./find";
import { noteStates } from "./note";
import { notCheckedStates } from "./not-checked";
import { openedStates } from "./opened";
import { practiceStates } from "./practice";
import { programStates } from "./program";
import { resultStates } from "./result";
import { searchStates } from "./search";
import { signInStates } from "./sign-in";
import { startStates } from "./start";
import type { State } from "./state";

/** Every state of every screen. */
export const states: readonly State[] = [
  ...startStates,
  ...signInStates,
  ...findStates,
  ...clinicStates,
  ...searchStates,
  ...resultStates,
  ...notCheckedStates,
  ...noteStates,
  ...programStates,
  ...practiceStates,
  ...classStates,
  ...openedStates,
];
