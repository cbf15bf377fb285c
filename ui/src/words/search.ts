import type { ShownCause } from "../bindings/ShownCause";
import { CAUSES, type Cause } from "./not-checked";

export const SEARCH = {
  heading: "Find a child without the NHS number",
  link: "I do not have the NHS number",
  lead: "Search for the child by name and date of birth. Then check them with the NHS number that is found.",
  family: "Last name",
  familyHint: "As it is in the child's NHS records",
  given: "First name (optional)",
  givenHint: "Leave it empty if a baby has no name yet",
  gender: "Gender (optional)",
  genderAny: "Do not use gender",
  postcode: "Postcode (optional)",
  postcodeHint:
    "A postcode hides restricted records. A child whose address is kept secret is not found with one.",
  submit: "Search",
  recorded: "This is not a check of CP-IS, so the local authority is not told.",
  recordedMeans: "The search is recorded with your name and what you typed.",
  offline: "You are offline, so a search cannot be done now.",
  back: "I have the NHS number",
  change: "Change the search",

  table: "People with these details, best match first",
  name: "Name",
  born: "Date of birth",
  genderColumn: "Gender",
  nhsNumber: "NHS number",
  choose: "Choose",
  use: "Use these details",
  useFor: (name: string, number: string) => ` for ${name}, NHS number ${number}`,
  severalLead:
    "Make sure that you have the right child. Twins and relatives can have the same last name and date of birth.",
  notChecked: "No child protection check has been made yet.",

  nobody: "Nobody found",
  nobodyMeans:
    "The service knows nobody with these details. This says nothing about the child: there may or may not be a plan.",
  tooMany: "Too many people found",
  tooManyMeans: "The service found more people than it can show, so it shows none of them.",
  notDone: "Search not done",
  notDoneMeans: "This is not a result about the child.",
  serviceSaid: "The service said:",
  try: "What to try now",
  reference: "Reference of this search",
} as const;

/** How many people were found. */
export const found = (people: number) =>
  people === 1 ? "1 person found" : `${people} people found`;

export const SEARCHING = {
  heading: "Searching",
  sentence: "Asking who has this name and date of birth",
  still: "Still searching. The service is slow to answer.",
  cancel: "Cancel",
  cancelHint: "If you cancel, you will not know who was found.",
} as const;

/** Which of the optional details a search had. */
interface Used {
  byGiven: boolean;
  byGender: boolean;
  byPostcode: boolean;
}

/** What to change when nobody was found. */
export function nobodyTries({ byGiven, byGender, byPostcode }: Used): string[] {
  return [
    ...(byPostcode
      ? ["Leave out the postcode. With a postcode, restricted records are not found."]
      : []),
    "Make sure that the last name and the date of birth are right. Try another spelling.",
    ...(byGiven ? ["Leave out the first name. It may be written in another way."] : []),
    ...(byGender ? ["Leave out the gender."] : []),
    "Ask for the NHS number, for example in the GP record or the red book.",
  ];
}

/** What to add when too many people were found. */
export function tooManyTries({ byGiven, byGender, byPostcode }: Used): string[] {
  return [
    ...(byGiven ? [] : ["Add the first name."]),
    ...(byGender ? [] : ["Add the gender."]),
    ...(byPostcode ? [] : ["Add the postcode. Restricted records are then not found."]),
    "Ask for the NHS number, for example in the GP record or the red book.",
  ];
}

const AGAIN = "Search again.";
const IF_AGAIN = `${AGAIN} If this happens again, tell your IT department.`;

/** Where a search needs other words than a check. */
const OTHERWISE: Partial<Record<ShownCause, Partial<Cause>>> = {
  unreachable: { now: `Look at the network connection of this computer. ${AGAIN}` },
  "timed-out": { now: `Wait a few minutes. ${AGAIN}` },
  "connection-lost": { now: `Look at the network connection of this computer. ${AGAIN}` },
  "service-unavailable": { now: `Wait a few minutes. ${AGAIN}` },
  "too-many-requests": { now: `Wait a few minutes. ${AGAIN}` },
  "sign-in-needed": { now: `Sign out and sign in again. ${AGAIN}` },
  "not-allowed": {
    title: "You are not allowed to search",
    means: "The service does not let your role or organisation search for people.",
    now: "Ask a colleague who can search, or ask for the NHS number.",
  },
  refused: {
    means: "The service refused to search with these details.",
    now: `Look at what you typed. ${AGAIN}`,
  },
  "unreadable-answer": { now: IF_AGAIN },
  "answer-too-large": { now: IF_AGAIN },
  "wrong-person": {
    title: "The answer was not about these details",
    means: "The service gave a person with another date of birth. So no one is shown.",
    now: IF_AGAIN,
  },
  "incomplete-answer": { now: IF_AGAIN },
  cancelled: {
    title: "The search was cancelled",
    means: "You stopped the search before the answer was there.",
    now: AGAIN,
  },
};

/** What is said of a search that was not done. */
export const notDone = (cause: ShownCause): Cause => ({ ...CAUSES[cause], ...OTHERWISE[cause] });
