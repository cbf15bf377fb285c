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
  text: "What you can send them",
  copy: "Copy this text",
  copied: "The text is copied.",
  notCopied: "The text could not be copied. It is selected now: press Ctrl + C.",
  signOut: "Sign out",
} as const;

/** What a person can send to their registration authority. */
export const requestToAuthority = (roles: readonly string[]) =>
  [
    "I need to check children with CP-IS. My role has no right to do so yet.",
    "Add one of these activity codes to my role:",
    `- ${CHOOSE_ROLE.b0170}`,
    `- ${CHOOSE_ROLE.b0107}`,
    "My roles are:",
    ...roles.map((role) => `- ${role}`),
  ].join("\n");

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
