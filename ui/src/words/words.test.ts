import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FIND } from "./find";
import { HISTORY, planInPlace, RESULT } from "./result";
import { CONNECTED, CONNECTING, MODE, offlineSince } from "./shell";
import { LOCKED, SIGN_IN } from "./sign-in";
import { CHOOSE_ROLE } from "./role";
import { state, TO_SEND } from "./to-send";

// Checks outside this program look for these words. They do not change.
test("the fixed words are to the letter", () => {
  expect([
    SIGN_IN.heading,
    SIGN_IN.passcode,
    SIGN_IN.submit,
    SIGN_IN.practise,
    CHOOSE_ROLE.heading,
    CHOOSE_ROLE.submit,
    FIND.heading,
    FIND.nhsNumber,
    FIND.birthDate,
    FIND.day,
    FIND.month,
    FIND.year,
    FIND.submit,
    planInPlace({ type: "child-protection" }),
    planInPlace({ type: "unborn-child" }),
    planInPlace({ type: "looked-after" }),
    RESULT.severalCurrent(2),
    RESULT.ended,
    RESULT.nothing,
    RESULT.notChecked,
    RESULT.current,
    HISTORY.heading,
    HISTORY.at,
    HISTORY.viewer,
    HISTORY.role,
    HISTORY.organisation,
    RESULT.type,
    RESULT.start,
    RESULT.end,
    RESULT.authority,
    RESULT.emergencyDuty,
    RESULT.officeHours,
    RESULT.authorityCode,
    RESULT.lastUpdated,
    MODE.unscheduled,
    MODE.scheduled,
    TO_SEND.heading,
    state("waiting", null),
    state("sending", null),
    state("sent", null),
    state("sent", "10:44"),
    state("needs-attention", null),
    TO_SEND.sendNow,
    LOCKED.heading,
    LOCKED.unlock,
    CONNECTED,
    CONNECTING,
    offlineSince("09:12"),
  ]).toEqual([
    "Sign in",
    "Passcode",
    "Sign in",
    "Practise with made-up children",
    "Choose your role",
    "Continue",
    "Find a child",
    "NHS number",
    "Date of birth",
    "Day",
    "Month",
    "Year",
    "Find child",
    "Child protection plan in place",
    "Unborn child protection plan in place",
    "Looked after child",
    "2 records found",
    "Plan ended",
    "No child protection information found",
    "Not checked",
    "Current Child Protection Information",
    "Child Protection Information Previously Viewed By",
    "Date & Time",
    "Viewer's Name",
    "Role",
    "Organisation",
    "Type of plan",
    "Start Date",
    "End Date",
    "Responsible Local Authority",
    "Emergency Duty Tel Number",
    "Office Hours Tel Number",
    "Local Authority Code",
    "Last updated",
    "The local authority is told about this check",
    "The local authority is not told about this check",
    "To send",
    "Waiting",
    "Sending",
    "Sent",
    "Sent 10:44",
    "Needs attention",
    "Send now",
    "Locked",
    "Unlock",
    "Connected",
    "Connecting",
    "Offline since 09:12",
  ]);
});

test("the markup has no words of its own", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" });
  const spoken = files
    .filter((name) => name.endsWith(".svelte"))
    .flatMap((name) => {
      const markup = readFileSync(`src/${name}`, "utf8")
        .replace(/<script[\s\S]*?<\/script>/g, "")
        .replace(/<!--[\s\S]*?-->/g, "")
        // Expressions, from the innermost out.
        .replace(/\{[^{}]*\}/g, "")
        .replace(/\{[^{}]*\}/g, "")
        .replace(/\{[^{}]*\}/g, "")
        .replace(/<[^>]*>/g, " ");
      return markup
        .split("\n")
        .filter((line) => /[A-Za-z]{3,}/.test(line))
        .map((line) => `${name}: ${line.trim()}`);
    });
  // Both come with the design system's markup, hidden from the eye.
  const published = ["Error:", "Information:"];
  expect(spoken.filter((line) => !published.some((word) => line.endsWith(word)))).toEqual([]);
});
