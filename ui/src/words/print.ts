/** What can be done with a result besides reading it: copying and printing. */
import type { CopyState } from "../bindings/CopyState";

export const ACTIONS = {
  heading: "Use this result",
  copy: "Copy NHS number",
  print: "Print summary",
  printWithHistory: "Print it with the earlier views",
  printHint: "A print is recorded with your name.",
  printed: "The print is recorded with your name. Your computer now asks where to print it.",
  notRecorded: "Nothing is printed, because the print could not be recorded.",
  nothingToPrint: "There is nothing to print on this screen.",
} as const;

/** What became of a copy. */
export const COPIED: Record<CopyState, string> = {
  copied:
    "The NHS number is copied. It is taken off the clipboard after 1 minute, and when CP-IS Check locks.",
  "taken-back": "The NHS number is no longer on the clipboard.",
  failed: "The NHS number could not be copied. Select it, then press Ctrl + C.",
};

/** The words on paper. */
export const PAPER = {
  title: "Safeguarding summary",
  practice: "PRACTICE - made-up children",
  printedBy: (who: string, role: string, organisation: string) =>
    `Printed by ${who}, ${role}, ${organisation}`,
  printedAt: (when: string) => `on ${when}`,
  confidential: "Confidential. Keep it with the child's record, or destroy it.",
  person: "Person",
  name: "Name",
  plans: "Current Child Protection Information",
  checked: (when: string) => `Checked on ${when}.`,
  age: "This page is as old as the check. It does not change when the record changes.",
  clinicTitle: "Clinic list",
  clinicAge:
    "Each row is as old as its check. It does not change when a record changes. Nothing found does not mean there are no concerns.",
  clinicConfidential:
    "Confidential. Keep it safe in the clinic, and destroy it when the clinic ends.",
  checkReference: "Reference of the check",
  printReference: "Reference of this print",
  nothing:
    "CP-IS Check prints only a result for which a print was asked. Use Print summary on the result.",
} as const;
