import { noteActions } from "../evidence/actions";
import { ON_CLINIC } from "../../../ui/src/words/clinic";
import { child, spaced, type Child } from "./children";
import { HOLDERS, type Journey } from "./journey";
import { Keyboard } from "./keyboard";
import { expect, test } from "./test";

const CASES = ["Child protection plan", "Looked after child", "Nothing held"] as const;

const line = ({ nhsNumber, day, month, year }: Child) =>
  `${spaced(nhsNumber)};${day}/${month}/${year}`;

/** Text as a booking system writes it: a heading, a mark for its encoding, Windows line ends. */
function list(cases: readonly string[]): string {
  const lines = cases.map((name, place) => `09:${place}0;${line(child(name))}`);
  return ["\ufeffTime;NHS number;Date of birth", ...lines, ""].join("\r\n");
}

async function bringIn(journey: Journey, text: string): Promise<void> {
  await journey.button("Clinic list").click();
  await journey.arrived({
    heading: "Add children to the clinic list",
    title: "Add children to the clinic list",
    field: "Children, one on each line",
    picture: "clinic-import",
  });
  await journey.page.getByLabel("Or choose a file").setInputFiles({
    name: "clinic.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(text),
  });
  await expect(journey.field("Children, one on each line")).not.toHaveValue("");
  await journey.button("Add to the list").click();
  await expect(journey.heading("Clinic list")).toBeVisible();
}

const row = (journey: Journey, name: string) =>
  journey.page.getByRole("row").filter({ hasText: spaced(child(name).nhsNumber) });

test("a clinic: all checked, one opened in one action, the next in one key", async ({
  start,
  page,
}) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await bringIn(journey, list(CASES));
  await journey.arrived({ heading: "Clinic list", title: "Clinic list", picture: "clinic-list" });
  await journey.button(`Check all (${CASES.length})`).click();
  await expect(page.getByText(`${CASES.length} of ${CASES.length} checked`)).toBeVisible();
  await expect(row(journey, CASES[0])).toContainText("Record found");
  await expect(row(journey, CASES[2])).toContainText("Nothing found");
  await journey.look("clinic-list-checked");

  const keyboard = new Keyboard(page);
  await row(journey, CASES[0])
    .getByRole("button", { name: /^Check again/ })
    .focus();
  await keyboard.action("open the child", () => keyboard.press("Enter"));
  await journey.arrived({
    heading: "Child protection plan in place",
    title: "Result of the check",
    picture: "clinic-result",
  });
  expect(keyboard.actions).toHaveLength(1);

  // Back at the row that was left.
  await journey.button(ON_CLINIC.back).click();
  await expect(row(journey, CASES[0]).locator("[id^=child-]")).toBeFocused();
});

test("a clinic without a connection: copies, with their age, and what waits is never checked by itself", async ({
  start,
  page,
}) => {
  test.slow();
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await bringIn(journey, list(CASES));
  await journey.button("Prepare for offline").click();
  await journey.arrived({
    heading: "Prepare for offline",
    title: "Prepare for offline",
    picture: "clinic-prepare",
  });
  await journey.button(`Check ${CASES.length} and keep copies`).click();
  await expect(page.getByText(`${CASES.length} of ${CASES.length} ready`)).toBeVisible();

  await page.getByRole("switch", { name: "Practice network" }).click();
  await expect(journey.connectivity).toHaveText(/^Offline since/);
  await expect(row(journey, CASES[2])).toContainText("Not checked since");
  await expect(row(journey, CASES[2])).not.toContainText("Nothing found");
  await journey.look("clinic-list-offline");
  await row(journey, CASES[0])
    .getByRole("button", { name: /^Open copy/ })
    .click();
  await expect(journey.heading(/^Copy\s+Child protection plan in place$/)).toBeFocused();
  await expect(page.getByText(/^This is a copy\./)).toBeVisible();
  await journey.look("clinic-copy");

  // A kept "nothing found" is no good news.
  await journey.button(ON_CLINIC.back).click();
  await row(journey, CASES[2])
    .getByRole("button", { name: /^Open copy/ })
    .click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^\s*Copy\s+Not checked since/);
  await journey.look("clinic-copy-nothing");

  // A child who came without being on the list is saved, and released by the person.
  await page.keyboard.press("Control+k");
  const late = child("Plan without an end date");
  await journey.field("NHS number").fill(late.nhsNumber);
  await journey.field("Day").fill(late.day);
  await journey.field("Month").fill(late.month);
  await journey.field("Year").fill(late.year);
  await journey.button("Save to check later").click();
  await expect(journey.heading("Clinic list")).toBeVisible();
  await expect(row(journey, "Plan without an end date")).toContainText("Saved while offline");

  await page.getByRole("switch", { name: "Practice network" }).click();
  // When it has been back for ten seconds.
  await expect(journey.heading("You are back online. 1 child was not checked")).toBeVisible({
    timeout: 20_000,
  });
  await journey.arrived({
    heading: "You are back online. 1 child was not checked",
    title: "You are back online",
    picture: "clinic-back-online",
  });
  await journey.button("Check them now").click();
  await expect(row(journey, "Plan without an end date")).toContainText("Record found");
});

test("in unscheduled care the list is never checked by the program", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  await bringIn(journey, list(CASES));
  await expect(page.getByRole("button", { name: /^Check all/ })).toHaveCount(0);
  await row(journey, CASES[0])
    .getByRole("button", { name: /^Check/ })
    .click();
  await journey.arrived({
    heading: "Check the children one at a time",
    title: "Check the children one at a time",
    picture: "clinic-one-at-a-time",
  });
  await journey.button("Check this child").click();
  await expect(journey.heading("Child protection plan in place")).toBeFocused();
  const keyboard = new Keyboard(page);
  await keyboard.action("check the next child", () => keyboard.press("F8"));
  await expect(journey.heading("Looked after child")).toBeFocused();
  expect(keyboard.actions).toHaveLength(1);
  noteActions("next-from-list", keyboard);
});

test("a list with faults names each line and keeps the text", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.button("Clinic list").click();
  const text = `${line(child(CASES[0]))}\n999 000 0019;7/3/2019\n12;7/3/2019`;
  await journey.field("Children, one on each line").fill(text);
  await journey.button("Add to the list").click();
  await journey.arrived({
    heading: "Add children to the clinic list",
    title: "Add children to the clinic list",
    error: true,
    picture: "clinic-import-faults",
  });
  await expect(journey.errorSummary).toContainText("Line 2: the NHS number is not valid");
  await expect(journey.field("Children, one on each line")).toHaveValue(text);
  await journey.button("Add the other child only").click();
  await expect(journey.heading("Clinic list")).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(2);
});
