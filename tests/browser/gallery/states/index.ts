import { findStates } from "./find";
import { notCheckedStates } from "./not-checked";
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
  ...searchStates,
  ...resultStates,
  ...notCheckedStates,
  ...programStates,
];
