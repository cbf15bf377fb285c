import { LOCKED, signInFault } from "../../../ui/src/words/sign-in";
import { SESSION_ENDS } from "../../../ui/src/words/start";
import { child, spaced } from "./children";
import { expect, HOLDERS } from "./journey";
import { everything, memory, remembered, traces } from "./held";
import { test } from "./test";

test("locked: no identifier anywhere in the window; unlocked: the same place", async ({
  start,
  page,
}) => {
  const journey = await start();
  const { passcode } = await journey.practiceCard(HOLDERS.dentist);
  await journey.signIn(HOLDERS.dentist);
  const someone = child("Plan with every field given");
  await journey.check(someone, "Child protection plan in place");
  // The search can find them while they are there.
  const before = await everything(page);
  for (const trace of [someone.family.toUpperCase(), spaced(someone.nhsNumber)]) {
    expect(before).toContain(trace);
  }
  expect((await memory(page)).includes(someone.nhsNumber)).toBe(true);

  await page.keyboard.press("Control+l");
  await journey.arrived({
    heading: "Locked",
    title: "Locked",
    field: "Passcode",
    picture: "locked",
  });
  await expect(page.getByText(/^You locked CP-IS Check at \d\d:\d\d\./)).toBeVisible();
  const after = await everything(page);
  for (const trace of traces(someone)) expect(after).not.toContain(trace);
  expect(await remembered(page, traces(someone)), "in memory").toEqual([]);
  for (const word of [HOLDERS.dentist, "Child protection plan", "Borough", "Council"]) {
    expect(after).not.toContain(word);
  }
  // Neither keys nor the history of the window lead round the lock.
  for (const key of ["Control+k", "F1", "Alt+ArrowLeft", "Escape"]) await page.keyboard.press(key);
  await expect(journey.heading("Locked")).toBeVisible();
  await page.reload();
  await expect(journey.heading("Locked")).toBeVisible();
  expect(await everything(page)).not.toContain(someone.family);

  await journey.enterPasscode(
    passcode.replace(/.$/, (last) => String((Number(last) + 1) % 10)),
    "Unlock",
  );
  const fault = signInFault({ code: "wrong-at-lock", triesLeft: 2 });
  await expect(page.getByRole("alert")).toContainText(fault);
  await journey.arrived({
    heading: "Locked",
    title: "Locked",
    error: true,
    picture: "locked-wrong-passcode",
  });

  await journey.enterPasscode(passcode, "Unlock");
  await journey.arrived({
    heading: "Child protection plan in place",
    title: "Result of the check",
    picture: "result-after-unlock",
  });
  await expect(journey.region("Patient")).toContainText(spaced(someone.nhsNumber));
  // Unlocking is no second look.
  await expect(
    journey
      .region("Child Protection Information Previously Viewed By")
      .getByRole("row")
      .filter({ hasText: HOLDERS.dentist }),
  ).toHaveCount(0);
});

test("a lock takes what was typed; another user can take over", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const someone = child("Looked after child");
  await journey.field("NHS number").fill(someone.nhsNumber);
  await journey.field("Year").fill(someone.year);
  await journey.button("Lock").click();
  await journey.arrived({
    heading: "Locked",
    title: "Locked",
    field: "Passcode",
    picture: "locked-from-form",
  });
  const after = await everything(page);
  const gone = [someone.nhsNumber, spaced(someone.nhsNumber)];
  for (const trace of gone) expect(after).not.toContain(trace);
  expect(await remembered(page, gone), "in memory").toEqual([]);

  await journey.button(LOCKED.differentUser).click();
  await journey.arrived({
    heading: SESSION_ENDS["signed-out-service-not-told"].heading,
    title: "Session ended",
    picture: "session-ended-from-lock",
  });
  await journey.button("Sign in").click();
  await journey.signIn(HOLDERS.dentist);
  await expect(journey.heading("Find a child")).toBeVisible();
  await expect(journey.field("NHS number")).toHaveValue("");
  await expect(page.getByRole("banner")).toContainText(HOLDERS.dentist);
});

test("three wrong passcodes at the lock end the session", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Looked after child"), "Looked after child");
  await page.keyboard.press("Control+l");
  for (const left of [2, 1]) {
    await journey.enterPasscode("0000", "Unlock");
    const fault = signInFault({ code: "wrong-at-lock", triesLeft: left });
    await expect(page.getByRole("alert")).toContainText(fault);
  }
  await journey.enterPasscode("0000", "Unlock");
  await journey.arrived({
    heading: SESSION_ENDS["too-many-tries"].heading,
    title: "Session ended",
    picture: "session-ended-too-many-tries",
  });
  await journey.button("Sign in").click();
  await journey.arrived({
    heading: "Sign in",
    title: "Sign in",
    field: "Passcode",
    picture: "sign-in-after-too-many-tries",
  });
});
