import type { CheckingStage } from "../bindings/CheckingStage";
import type { FindBlocked } from "../bindings/FindBlocked";
import type { FindFault } from "../bindings/FindFault";
import type { LookMode } from "../bindings/LookMode";

export const FIND = {
  heading: "Find a child",
  nhsNumber: "NHS number",
  nhsNumberHint: "10 digits, like 999 123 4567. You can paste it together with the date of birth.",
  birthDate: "Date of birth",
  birthDateHint: "For example, 31 3 2018",
  day: "Day",
  month: "Month",
  year: "Year",
  submit: "Find child",
  problem: "There is a problem",
  whoTitle: "Who you can check",
  who: "A child or young person you are caring for.",
  whoUnborn: "A pregnant woman, for a plan for her unborn child. Use her NHS number.",
  offline: "You are offline, so a check cannot be completed now.",
  offlineWorried:
    "If you are worried about this child, do not wait for a connection. Phone your safeguarding lead or the local authority.",
  filledIn:
    "Filled in by a link from another program. Check that it is the right child, then enter the date of birth.",
  filledByPractice: "A made-up child is filled in. Press Find child to check.",
  pasted: "NHS number and date of birth filled in",
  filled: (name: string) => `You chose ${name}.`,
  filledMeans: "Nothing has been checked yet. Press Find child to check.",
} as const;

/** What follows from a check, before the button. */
export const BEFORE: Record<LookMode, string> = {
  unscheduled: "They get your name, role, organisation and the time.",
  scheduled: "The check is still recorded with your name.",
};

/** One sentence for each fault: in the summary and at the field, the same words. */
export const FIND_FAULTS: Record<FindFault, string> = {
  "nhs-number-missing": "Enter the NHS number",
  "national-insurance-number":
    "This looks like a National Insurance number. Enter the NHS number, which has 10 digits",
  "nhs-number-not-digits": "The NHS number must only have digits",
  "nhs-number-too-short": "The NHS number is too short. It must have 10 digits",
  "nhs-number-too-long": "The NHS number is too long. It must have 10 digits",
  "nhs-number-check-digit": "This NHS number is not valid. Check each digit",
  "scottish-number":
    "This looks like a CHI number of Scotland. CP-IS does not cover Scotland. Enter an NHS number of England or Wales",
  "northern-irish-number":
    "This looks like a number of Northern Ireland. CP-IS does not cover it. Enter an NHS number of England or Wales",
  "irish-number":
    "This looks like a number of Ireland. CP-IS does not cover it. Enter an NHS number of England or Wales",
  "nhs-number-not-practice":
    "This may be the NHS number of a real person. In practice, enter a made-up one. It starts with 999",
  "birth-date-missing": "Enter the date of birth",
  "day-missing": "The date of birth must include a day",
  "month-missing": "The date of birth must include a month",
  "year-missing": "The date of birth must include a year",
  "day-not-a-number": "The day of birth must be a number",
  "month-not-a-number": "The month of birth must be a number",
  "year-not-a-number": "The year of birth must be a number",
  "year-digits": "The year of birth must have 4 digits",
  "birth-date-not-real": "The date of birth must be a real date",
  "birth-date-future": "The date of birth must be in the past",
  "birth-date-too-long-ago": "The date of birth must be after 1899",
  "family-missing": "Enter the last name",
  "family-characters": "Use only letters, spaces, - and ' in the last name",
  "family-too-long": "The last name must have 35 characters or fewer",
  "given-characters": "Use only letters, spaces, - and ' in the first name",
  "given-too-long": "The first name must have 35 characters or fewer",
  "postcode-form": "Enter a whole postcode, like LS1 6AE, or leave it empty",
};

const PARTS = {
  "day-missing": "a day",
  "month-missing": "a month",
  "year-missing": "a year",
} as const;

/** The sentence at the date of birth; several missing parts are named together. */
export function birthDateFault(faults: readonly FindFault[]): string | undefined {
  const [first] = faults;
  const missing = faults.flatMap((code) =>
    code in PARTS ? [PARTS[code as keyof typeof PARTS]] : [],
  );
  if (missing.length > 1) return `The date of birth must include ${missing.join(" and ")}`;
  return first && FIND_FAULTS[first];
}

/** Why no check can be begun, whatever is typed. */
export const BLOCKED: Record<FindBlocked, { title: string; body: string[] }> = {
  "audit-trail": {
    title: "You cannot check a child on this computer now",
    body: [
      "CP-IS Check makes a record of every check before it shows anything. It cannot write that record now, perhaps because the disk is full.",
      "Tell your IT department.",
    ],
  },
  "disk-full": {
    title: "You cannot check a child on this computer now",
    body: [
      "CP-IS Check makes a record of every check before it shows anything. The disk of this computer is full, so there is no room for the record.",
      "Tell your IT department.",
    ],
  },
  "not-practice": {
    title: "You can only check made-up children in practice",
    body: [
      "This may be the NHS number of a real person. Nothing was sent.",
      "Made-up NHS numbers start with 999.",
    ],
  },
  "queue-full": {
    title: "You cannot check a child on this computer now",
    body: [
      "Too many records of earlier checks are still waiting to be sent. New checks can be made when they have left.",
      "Go to To send to see why they wait, and tell your IT department.",
    ],
  },
};

export const BLOCKED_WORRIED =
  "If you are worried about a child, do not wait. Phone your safeguarding lead or the local authority.";

export const CHECKING = {
  heading: "Checking",
  still: "Still checking. The service is slow to answer.",
  cancel: "Cancel",
  cancelHint: "If you cancel, you will not know if there is child protection information.",
} as const;

export const STAGES: Record<CheckingStage, string> = {
  identity: "Finding the person with this NHS number",
  records: "Asking the service for records",
};
