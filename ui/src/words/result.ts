import type { LookMode } from "../bindings/LookMode";
import type { ShownFlagKind } from "../bindings/ShownFlagKind";
import type { ShownGender } from "../bindings/ShownGender";
import type { ShownPlanKind } from "../bindings/ShownPlanKind";
import { count, date } from "../format";

export const RESULT = {
  severalCurrent: (records: number) => `${records} records found`,
  ended: "Plan ended",
  nothing: "No child protection information found",
  notChecked: "Not checked",

  current: "Current Child Protection Information",
  endedPlans: "Ended",
  inPlace: "In place",
  type: "Type of plan",
  start: "Start Date",
  end: "End Date",
  authority: "Responsible Local Authority",
  emergencyDuty: "Emergency Duty Tel Number",
  officeHours: "Office Hours Tel Number",
  authorityCode: "Local Authority Code",
  lastUpdated: "Last updated",
  noEnd: "No end date recorded",
  notKnown: "Not known",
  mother: "This is the record of the mother. The plan is for her unborn child.",
  notUnborn: "This record is about the patient herself, not about her unborn child.",
  unbornShown: "How long a plan for an unborn child is shown",
  unbornShownBody:
    "It is shown under the mother's NHS number until about 4 weeks after the birth was due. After the birth, check the child under the child's own NHS number.",
  noneCurrent: "There is no record in place now.",
  endedOn: (type: string, day: string | null) =>
    day === null ? `${type}, ended` : `${type}, ended ${day}`,
  endedTitle: (type: string) => `Ended: ${type}`,

  contacts: "Who to call",
  contactOfficeHours: "In office hours",
  contactEmergency: "At other times (emergency duty team)",
  contactNow: "Now",
  contactNowMeans: "By this computer's clock and the hours that your organisation has set.",
  noAuthority: "The record does not name the local authority.",
  noNumber:
    "The record has no phone number. Ask your safeguarding lead, or look on the website of the local authority.",

  nothingHeld: "The service answered. It has no record for this NHS number.",
  nothingMeansTitle: "This does not mean there are no concerns.",
  nothingMeans:
    "Not every child at risk is on CP-IS, and records need an NHS number. Use your judgement and follow local procedures.",
  nothingNow: "If you are worried",
  nothingNowBody:
    "Talk to your safeguarding lead. Or phone the local authority where the child lives.",

  toldAgain:
    "If you check again, the local authority is told about that check. It may be told twice.",
  notAboutChild: "This is not a result about the child. There may or may not be a plan.",
  viewsTitle: "There is, or there was, a record for this child.",
  viewsMean:
    "Somebody has looked at it in unscheduled care: see who below. The plan could not be read, so we do not know if one is in place now.",
  serviceSaid: "The service said:",
  whatToDo: "What to do now",
  worried:
    "If you are worried about this child, do not wait. Phone your safeguarding lead or the local authority.",

  provenance: (day: string, time: string) => `Checked live by you on ${day} at ${time}.`,
  provenanceNot: (day: string, time: string) => `You asked on ${day} at ${time}.`,
  asked: (number: string) => `You asked for NHS number ${number}.`,
  reference: "Reference of this check",
  findAnother: "Find another child",
} as const;

/** The heading of one record in place, and the value of "Type of plan". */
export function planInPlace(plan: ShownPlanKind): string {
  switch (plan.type) {
    case "child-protection":
      return "Child protection plan in place";
    case "unborn-child":
      return "Unborn child protection plan in place";
    case "looked-after":
      return "Looked after child";
    case "other":
      return `${planType(plan)} in place`;
  }
}

/** Flags that have nothing to do with child protection. */
export const OTHER_FLAGS = {
  heading: "Other flags, not child protection",
  lead: "These flags came with the answer. They are not part of this check, and there may be more.",
  notActive: "Not in force now",
} as const;

/** A flag of another kind. One that this program does not know keeps its own name. */
export function flagName(flag: ShownFlagKind): string {
  switch (flag.type) {
    case "reasonable-adjustment":
      return "Reasonable adjustment flag: this person needs changes to how care is given";
    case "female-genital-mutilation":
      return "Female genital mutilation (FGM) flag";
    case "other":
      return flag.name;
  }
}

/** The kind of a record. One that this program does not know keeps its own words and code. */
export function planType(plan: ShownPlanKind): string {
  switch (plan.type) {
    case "child-protection":
      return "Child protection plan";
    case "unborn-child":
      return "Unborn child protection plan";
    case "looked-after":
      return "Looked after child";
    case "other":
      return plan.display === null
        ? `Record of another kind (code ${plan.code})`
        : `${plan.display} (code ${plan.code})`;
  }
}

/** Why something that has ended is still shown. */
export function endedNote(plan: ShownPlanKind): string {
  return plan.type === "unborn-child"
    ? "This has ended. Ended plans for unborn children are shown for about 4 weeks."
    : "This has ended. Ended records are shown for about a year.";
}

export const BANNER = {
  label: "Patient",
  name: "Name",
  born: "Born",
  died: "Died",
  gender: "Gender",
  nhsNumber: "NHS number",
  deceased: "Deceased",
  deceasedDateNotKnown: "Date not known",
  restricted: "Restricted record",
  mother: "Record of the mother",
  notKnown: "Not known",
} as const;

/** When the result has been on the screen for half an hour. */
export const STALE = {
  title: "This result is more than 30 minutes old.",
  means: (day: string, time: string) =>
    `It was checked on ${day} at ${time}. Something may have changed since. Check again if you still need it.`,
} as const;

/** The picture of the periods of the records. */
export const PERIODS = {
  heading: "When the records began and ended",
  legend:
    "A full bar is in place, an empty bar has ended. The upright line is the day of the check.",
} as const;

/** The period of one record. */
export function period(start: string | null, end: string | null): string {
  const from = start === null ? "start date not known" : `from ${date(start)}`;
  return end === null ? `${from}, no end date recorded` : `${from} to ${date(end)}`;
}

export const GENDERS: Record<ShownGender, string> = {
  female: "Female",
  male: "Male",
  other: "Other",
  unknown: "Unknown",
};

export const HISTORY = {
  heading: "Child Protection Information Previously Viewed By",
  at: "Date & Time",
  viewer: "Viewer's Name",
  role: "Role",
  organisation: "Organisation",
  notKnown: "Not known",
  caption: (views: number) =>
    views >= 25
      ? "Last 25 views in unscheduled care, newest first"
      : `${views === 1 ? "1 view" : `${views} views`} in unscheduled care, newest first`,
  empty: "No views recorded.",
  you: "You",
  counts: (week: number, month: number) =>
    `${count(week, "view")} in the last 7 days, ${count(month, "view")} in the last 30 days.`,
  lineUntil: (day: string) => `${day} (this check)`,
  lineYou: "A long line is a view of yours.",
  notFromThisSource: "The service that was asked does not say who viewed this before.",
  notChecked: "Not checked.",
  withoutPlans:
    "People looked at this child's record in unscheduled care. That does not say which plan there was, or if it is still in place.",
  notCheckedMeans: "There may be earlier views.",
  /** Only where asking again may help. */
  askAgain: "To see them, check this child again.",
} as const;

/** The interruption before a person goes on in spite of something. */
export const DECISION = {
  useCurrentHeading: "Check the number that is in use now?",
  useCurrent: (number: string) =>
    `The person's NHS number is ${number} now. If you go on, that number is checked. It is a new check.`,
  useCurrentButton: (number: string) => `Check ${number}`,
  goOnHeading: "Go on with the check?",
  goOn: "If you go on, the same NHS number is checked again, this time to the end. It is a new check.",
  goOnButton: "Go on with the check",
  checkAgainButton: "Check again",
  recorded: "The new check is recorded with your name.",
  follows: {
    unscheduled: "The local authority is told about the new check.",
    scheduled: "The local authority is not told about the new check.",
  } satisfies Record<LookMode, string>,
} as const;
