import { HELP } from "../../../ui/src/words/help";
import { SAFEGUARDING } from "../../../ui/src/words/safeguarding";
import { NOTICES } from "../../../ui/src/words/shell";
import { SIGN_IN } from "../../../ui/src/words/sign-in";
import { CANNOT_START, SESSION_ENDS, START_FAULTS } from "../../../ui/src/words/start";
import { child } from "./children";
import { expect, HOLDERS } from "./journey";
import { test } from "./test";

test("signing out ends on a page of its own", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  const someone = child("Looked after child");
  await journey.check(someone, "Looked after child");
  await journey.button("Sign out").click();
  await journey.arrived({
    heading: SESSION_ENDS["signed-out"].heading,
    title: "Session ended",
    picture: "session-ended",
  });
  const left = await page.content();
  expect(left).not.toContain(someone.family.toUpperCase());
  expect(left).not.toContain(HOLDERS.dentist);
  await page.keyboard.press("Control+k");
  await expect(journey.heading(SESSION_ENDS["signed-out"].heading)).toBeVisible();
  await journey.button("Sign in").click();
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    field: "Passcode",
    picture: "sign-in-again",
  });
});

test("a computer without a service says so, and leads to practice", async ({ start, page }) => {
  const journey = await start("--unconfigured");
  await journey.arrived({ heading: "Sign in", title: "Sign in", picture: "sign-in-unconfigured" });
  await expect(journey.heading(SIGN_IN.notConfiguredTitle)).toBeVisible();
  await expect(journey.field("Passcode")).toHaveCount(0);
  await expect(journey.practiceBar).toHaveCount(0);
  await expect(page).toHaveTitle("Sign in - CP-IS Check");

  await journey.button("Practise with made-up children").click();
  await expect(journey.practiceBar).toBeVisible();
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    field: "Passcode",
    picture: "sign-in-practice-from-live",
  });
  await expect(page).toHaveTitle("[Practice] Sign in - CP-IS Check");
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Looked after child"), "Looked after child");
  await expect(journey.practiceBar).toBeVisible();
});

test("live work without a keychain cannot start, and says what to do", async ({
  start,
  setUp,
  page,
}) => {
  const workplace = await setUp();
  const journey = await start("--config", workplace.policy, "--no-keychain");
  await journey.arrived({
    heading: CANNOT_START.heading,
    title: "Cannot start",
    picture: "cannot-start-no-keychain",
  });
  const main = page.getByRole("main");
  await expect(main).toContainText(START_FAULTS["no-keychain"].title);
  await expect(main).toContainText(START_FAULTS["no-keychain"].whatToDo);
  await expect(journey.field("Passcode")).toHaveCount(0);
  // Help is there all the same.
  await page.keyboard.press("F1");
  await expect(journey.heading("Help")).toBeFocused();
  await journey.button("Back").click();
  await expect(journey.heading(CANNOT_START.heading)).toBeFocused();
});

test("practice without a keychain says that everything is forgotten", async ({ start, page }) => {
  const journey = await start("--no-keychain");
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    field: "Passcode",
    picture: "sign-in-practice-forgotten",
  });
  const notices = page.getByRole("region", { name: "Notices" });
  await expect(notices).toContainText(NOTICES["practice-forgotten"]);
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Looked after child"), "Looked after child");
  await expect(notices).toContainText(NOTICES["practice-forgotten"]);
  await journey.look("result-practice-forgotten");
});

test("help works signed out, and from a result and back to it", async ({ start, page }) => {
  const journey = await start();
  await page.keyboard.press("F1");
  await journey.arrived({ heading: "Help", title: "Help", picture: "help-signed-out" });
  await expect(page.getByRole("main")).toContainText(SAFEGUARDING.danger);
  await expect(page.getByRole("table")).toHaveAccessibleName(new RegExp(HELP.keysCaption));
  await journey.button("Back").click();
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Looked after child"), "Looked after child");
  await page.keyboard.press("F1");
  await journey.arrived({ heading: "Help", title: "Help", picture: "help-signed-in" });
  await page.getByRole("main").getByRole("button", { name: "Back to the result" }).click();
  await expect(journey.heading("Looked after child")).toBeFocused();
  await page.keyboard.press("F1");
  await page.getByRole("navigation").getByRole("button", { name: "Find a child" }).click();
  await expect(journey.field("NHS number")).toBeFocused();
});
