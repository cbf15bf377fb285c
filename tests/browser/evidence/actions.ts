import { note, noted } from "./notes";

/** What is counted: deliberate operations, such as filling in one field, or one press of a button. */
export const COUNTED = {
  "one-role": "from launch to the first flag, one role",
  "two-roles": "from launch to the first flag, two roles",
  "next-typed": "the next child, typed",
  "next-pasted": "the next child, pasted",
  "next-from-list": "the next child, from the clinic list",
  between: "between the result and its flag",
} as const;

/** Names one of them. */
export type Counted = keyof typeof COUNTED;

/** The actions and key presses of one of them. */
interface Cost {
  actions: readonly string[];
  presses: number;
}

/** Notes what it cost a person. */
export function noteActions(counted: Counted, { actions, presses }: Cost): void {
  note("actions", counted, { actions, presses });
}

/** What it cost; `null` where no journey has counted it. */
export const notedActions = (counted: Counted): Cost | null => noted<Cost>("actions", counted);
