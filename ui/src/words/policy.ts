/** What policy may set, and the values in force, as Settings lists them. */
import type { PolicyKey } from "../bindings/PolicyKey";
import type { PolicySetting } from "../bindings/PolicySetting";
import type { PolicyValue } from "../bindings/PolicyValue";
import type { SignInWay } from "../bindings/SignInWay";
import { count } from "./values";

export const POLICY = {
  heading: "What is set, and by whom",
  lead: "These cannot be changed here. Your IT department can change them in the policy file.",
  inPractice:
    "In practice the policy file does not count, except that it can ask for practice only.",
  caption: "Settings in force on this computer",
  what: "What",
  value: "Value",
  who: "Set by",
  byOrganisation: "Set by your organisation",
  byDefault: "CP-IS Check",
  bySystem: "This computer",
  textSize: "Text size",
  textSizeHow:
    "Press Ctrl and + or Ctrl and - to make everything larger or smaller, and Ctrl and 0 to go back. CP-IS Check also follows the colours and the motion that are set on this computer.",
  proxy: "As set on this computer",
  notSet: "Not set",
  none: "None",
  on: "Yes",
  off: "No",
} as const;

/** What can be set. */
export const POLICY_KEYS: Record<PolicyKey, string> = {
  service: "Service",
  source: "Where plans come from",
  "pinned-keys": "Pinned keys of the service",
  "extra-authorities": "Other trusted certificates",
  proxy: "Proxy",
  organisation: "Organisation (ODS code)",
  "care-setting": "Care setting",
  mode: "Kind of check",
  "practice-only": "Practice only",
  contacts: "Safeguarding contacts",
  "office-hours": "Hours of local offices",
  "sign-in": "Ways to sign in",
  "idle-lock": "Locks after",
  "absolute-hours": "Longest session",
  "card-removal": "Locks when the card is taken out",
  "content-protected": "Kept out of screenshots",
  "keep-hours": "Clinic list and copies are kept for",
  capacity: "Most records that wait here",
  retention: "Sent records are kept for",
  "support-key": "Records can be saved for support",
};

const WAYS: Record<SignInWay, string> = {
  card: "smartcard",
  browser: "browser",
  "test-card": "test card",
};

/** The value in words, with its unit. */
export function policyValue({ key, value }: PolicySetting): string {
  switch (value.kind) {
    case "not-set":
      return POLICY.notSet;
    case "system":
      return POLICY.proxy;
    case "text":
      return value.text;
    case "switch":
      return value.on ? POLICY.on : POLICY.off;
    case "source":
      return value.patientFlags ? "Patient flags, no earlier views" : "CP-IS";
    case "mode":
      return modeWords(value);
    case "sign-in":
      return value.ways.map((way) => WAYS[way]).join(", ") || POLICY.none;
    case "number":
      return numberWords(key, value.number);
  }
}

function modeWords({ only }: Extract<PolicyValue, { kind: "mode" }>): string {
  if (only === null) return "As the role allows";
  return only === "scheduled" ? "Scheduled care only" : "Unscheduled care only";
}

function numberWords(key: PolicyKey, number: number): string {
  switch (key) {
    case "idle-lock":
      return `${count(number, "minute")} without use`;
    case "absolute-hours":
      return count(number, "hour");
    case "keep-hours":
      return number === 0 ? "Nothing is kept" : count(number, "hour");
    case "retention":
      return count(number, "day");
    default:
      return number === 0 ? POLICY.none : String(number);
  }
}
