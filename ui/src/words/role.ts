import type { IneligibleReason } from "../bindings/IneligibleReason";
import type { LookMode } from "../bindings/LookMode";
import { count } from "./values";

export const CHOOSE_ROLE = {
  heading: "Choose your role",
  legend: "Roles that can check a child",
  /** One role may be offered in both modes, so each choice is named with its mode. */
  roleIn: {
    unscheduled: (role: string) => `${role}, unscheduled care`,
    scheduled: (role: string) => `${role}, scheduled care`,
  } satisfies Record<LookMode, (role: string) => string>,
  submit: "Continue",
  missing: "Choose a role",
  problem: "There is a problem",
  ineligible: (roles: number) => `${count(roles, "role")} that cannot check a child`,
  role: "Role",
  organisation: "Organisation",
  why: "Why",
  noneHeading: "You do not have a role that can check a child",
  noneLead: "You are signed in. But none of your roles lets you see child protection information.",
  ask: "What to ask for",
  askBody: "Ask your registration authority to add one of these codes to your role:",
  b0170: "B0170, View CP-IS flag without telling the local authority: for scheduled care",
  b0107:
    "B0107, View CP-IS flag: for unscheduled care. The local authority is told about each check",
  askWith: "Tell them which role and organisation it is for:",
  withdrawn: (role: string) =>
    `Your role ${role} was taken away or changed while you were signed in. A check that was under way may not have been made.`,
  signOut: "Sign out",
} as const;

/** What each mode means for the person who chooses a role. */
export const CONSEQUENCES: Record<LookMode, string> = {
  unscheduled:
    "The local authority is told of each check. They get your name, role, organisation and the time.",
  scheduled: "The local authority is not told about your checks.",
};

export const INELIGIBLE: Record<IneligibleReason, string> = {
  "no-activity-code": "It has neither activity code B0107 nor B0170.",
  "not-under-policy": "Your organisation does not use this kind of check on this computer.",
  "other-organisation": "It belongs to an organisation other than the one of this computer.",
};

/** "Example Clinic (ODS: A9A01)". */
export const organisation = (name: string | null, odsCode: string) =>
  name === null ? `ODS: ${odsCode}` : `${name} (ODS: ${odsCode})`;
