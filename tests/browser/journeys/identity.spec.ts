import { BANNER, DECISION, RESULT } from "../../../ui/src/words/result";
import { CAUSES } from "../../../ui/src/words/not-checked";
import { child, spaced, unusedNumber } from "./children";
import { expect, HOLDERS, type Journey } from "./journey";
import { test } from "./test";

/** The check stopped for a cause, and the page shows nothing of a person. */
async function notChecked(
  journey: Journey,
  cause: keyof typeof CAUSES,
  names: readonly string[],
): Promise<void> {
  await journey.arrived({
    heading: "Not checked",
    title: "Result of the check",
    picture: `not-checked-${cause}`,
  });
  const main = journey.page.getByRole("main");
  await expect(journey.heading(CAUSES[cause].title)).toBeVisible();
  await expect(main).toContainText(RESULT.notAboutChild);
  await expect(main).not.toContainText(/No child protection information found|in place/);
  await expect(journey.region("Patient")).toHaveCount(0);
  for (const name of names) await expect(main).not.toContainText(name);
  await expect(journey.region("Child Protection Information Previously Viewed By")).toHaveCount(0);
}

test("another date of birth: not checked, and nothing about the person", async ({ start }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  const someone = child("Child protection plan");
  const day = someone.day === "01" ? "02" : "01";
  await journey.check({ ...someone, day }, "Not checked");
  await notChecked(journey, "birth-date-differs", someone.name.split(" "));
  await expect(journey.page.getByRole("main")).toContainText(spaced(someone.nhsNumber));
  await expect(journey.page.getByRole("main")).toContainText(
    "The local authority is not told about this check",
  );
  await expect(journey.button(DECISION.goOnButton)).toHaveCount(0);
});

test("a number that was replaced: the current one is checked when the person says so", async ({
  start,
}) => {
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  const old = child("Old NHS number, replaced by another");
  const present = child("New NHS number of a person who had another, with a plan");
  await journey.check(old, "Not checked");
  await notChecked(journey, "superseded", [old.family]);
  await journey.button(`Check ${spaced(present.nhsNumber)}`).click();
  await journey.arrived({
    heading: "Child protection plan in place",
    title: "Result of the check",
    picture: "result-current-number",
  });
  await expect(journey.region("Patient")).toContainText(spaced(present.nhsNumber));
  await expect(journey.region("Patient")).not.toContainText(spaced(old.nhsNumber));
});

test("a restricted record: on, when the person says so", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Restricted, with a record"), "Not checked");
  await notChecked(journey, "restricted", [child("Restricted, with a record").family]);
  await journey.button(DECISION.goOnButton).click();
  await journey.arrived({
    heading: "Child protection plan in place",
    title: "Result of the check",
    picture: "result-restricted",
  });
  await expect(journey.region("Patient")).toContainText(BANNER.restricted);

  await journey.check(child("Restricted, nothing held"), "Not checked");
  await journey.button(DECISION.goOnButton).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "No child protection information found",
  );
  await journey.look("result-restricted-nothing");
});

test("a person who has died: on, when the person says so", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const someone = child("Has died");
  await journey.check(someone, "Not checked");
  await notChecked(journey, "deceased", [someone.family]);
  await journey.button(DECISION.goOnButton).click();
  await journey.arrived({
    heading: "No child protection information found",
    title: "Result of the check",
    picture: "result-deceased",
  });
  await expect(journey.region("Patient")).toContainText(BANNER.deceased);
  await expect(journey.region("Patient")).not.toContainText("aged");

  await page.keyboard.press("Control+k");
  await expect(journey.heading("Find a child")).toBeVisible();
});

test("numbers that lead to nobody: not checked, not nothing found", async ({ start }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const withdrawn = child("NHS number no longer in use");
  await journey.check(withdrawn, "Not checked");
  await notChecked(journey, "number-invalidated", [withdrawn.family]);
  await journey.check({ ...withdrawn, nhsNumber: unusedNumber() }, "Not checked");
  await notChecked(journey, "not-known", [withdrawn.family]);
});
