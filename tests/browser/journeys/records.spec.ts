import type { Locator } from "@playwright/test";
import { endedNote, HISTORY, PERIODS, RESULT } from "../../../ui/src/words/result";
import { TOLD } from "../../../ui/src/words/shell";
import { child, spaced } from "./children";
import { expect, HOLDERS } from "./journey";
import { test } from "./test";

const CURRENT = "Current Child Protection Information";
const VIEWED_BY = "Child Protection Information Previously Viewed By";

/** The rows of the history, each with its cells; without the words that stand in for the head. */
async function rows(table: Locator): Promise<string[][]> {
  const found: string[][] = [];
  for (const row of (await table.getByRole("row").all()).slice(1)) {
    const cells = await row.locator("th, td").all();
    found.push(
      await Promise.all(
        cells.map((cell) =>
          cell.evaluate((one) => {
            const copy = one.cloneNode(true) as Element;
            copy.querySelector("[aria-hidden=true]")?.remove();
            return (copy.textContent ?? "").trim();
          }),
        ),
      ),
    );
  }
  return found;
}

test("unscheduled care: two records, their panels, and who looked before", async ({
  start,
  page,
}) => {
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  const both = child("Child protection plan and looked after child");
  await journey.check(both, "2 records found");
  await journey.arrived({
    heading: "2 records found",
    title: "Result of the check",
    picture: "result-two-records",
  });

  const patient = journey.region("Patient");
  await expect(patient).toContainText(both.family.toUpperCase());
  await expect(patient).toContainText(spaced(both.nhsNumber));
  await expect(patient).toContainText(/\(aged \d+ (years|months|days|weeks?)\)/);

  const current = journey.region(CURRENT);
  await expect(current.getByRole("heading", { level: 2, name: CURRENT })).toBeVisible();
  // Newest first: which is newer depends on the day.
  const headings = await current.getByRole("heading", { level: 3 }).allInnerTexts();
  const titles = headings.filter((heading) => heading !== PERIODS.heading);
  expect(titles.toSorted()).toEqual(["Child protection plan", "Looked after child"]);
  for (const term of [
    "Type of plan",
    "Start Date",
    "End Date",
    "Responsible Local Authority",
    "Emergency Duty Tel Number",
    "Office Hours Tel Number",
    "Local Authority Code",
    "Last updated",
  ]) {
    await expect(journey.item(term, current), term).toHaveCount(2);
    for (const value of await journey.item(term, current).all()) {
      await expect(value, term).not.toHaveText(/^\s*$/);
    }
  }
  await expect(journey.item("Start Date", current).first()).toHaveText(
    /^\d{1,2} [A-Z][a-z]+ \d{4}$/,
  );

  const main = page.getByRole("main");
  await expect(main.getByText(/^Checked live by you on .* at \d\d:\d\d\./)).toContainText(
    "The local authority is told about this check.",
  );

  const history = journey.region(VIEWED_BY);
  await expect(history.getByRole("columnheader")).toHaveText([
    "Date & Time",
    "Viewer's Name",
    "Role",
    "Organisation",
  ]);
  const before = await rows(history.getByRole("table"));
  expect(before.length).toBeGreaterThan(0);
  expect(before.flat().join("\n")).not.toContain(HOLDERS.dentist);

  await journey.check(both, "2 records found");
  const after = await rows(history.getByRole("table"));
  expect(after.length).toBe(before.length + 1);
  expect(after[0]?.[0]).toMatch(/^\d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d$/);
  expect(after[0]?.[1]).toBe(`${HOLDERS.dentist} ${HISTORY.you}`);
  expect(after[0]?.[2]).toBe("Dental Officer");
  expect(after[0]?.[3]).toContain("RJ1");
  expect(after.slice(1)).toEqual(before);
  await journey.look("result-second-look");
});

test("scheduled care leaves no trace in the history of the next look", async ({ start }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const someone = child("Plan, nobody has looked yet");
  const history = journey.region(VIEWED_BY);
  await journey.check(someone, "Child protection plan in place");
  await expect(history).toContainText(HISTORY.empty);
  await journey.look("result-no-views");
  await journey.check(someone, "Child protection plan in place");
  await expect(history).toContainText(HISTORY.empty);
});

test("25 views are shown, of however many there are", async ({ start }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  for (const words of ["Plan, looked at 25 times", "Plan, looked at 40 times, 25 shown"]) {
    await journey.check(child(words), "Child protection plan in place");
    const table = journey.region(VIEWED_BY).getByRole("table");
    await expect(table.getByRole("row"), words).toHaveCount(26);
    await expect(table).toHaveAccessibleName(/^Last 25 views in unscheduled care, newest first/);
  }
  await journey.look("result-25-views");
});

test("every kind of record is shown, also the unknown one", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  const title = "Result of the check";
  const current = journey.region(CURRENT);

  await journey.check(
    child("Unborn child protection plan, under the mother's number"),
    "Unborn child protection plan in place",
  );
  await journey.arrived({
    heading: "Unborn child protection plan in place",
    title,
    picture: "result-unborn",
  });
  await expect(current).toContainText(RESULT.mother);
  await expect(journey.item("Type of plan")).toContainText("Unborn child protection plan");

  const unknown = /^Subject to a made-up kind of plan \(code \d+\) in place$/;
  await journey.check(child("Record of a kind that is not in the published list"), unknown);
  await journey.arrived({ heading: unknown, title, picture: "result-unknown-kind" });
  await expect(journey.item("Type of plan")).toContainText("Subject to a made-up kind of plan");

  await journey.check(child("Plan without an end date"), "Child protection plan in place");
  await expect(journey.item("End Date")).toHaveText(RESULT.noEnd);
  await journey.look("result-no-end-date");

  await journey.check(child("Plan with every field given"), "Child protection plan in place");
  await expect(journey.item("Local Authority Code")).toHaveText(/^ZZ\d{3}$/);
  await expect(journey.item("Last updated")).toHaveText(/\d{4} at \d\d:\d\d$/);
  await journey.look("result-every-field");

  const contact = page.getByRole("region", { name: RESULT.contacts });
  for (const [words, office, emergency] of [
    ["Plan, no office telephone number", false, true],
    ["Plan, no emergency duty telephone number", true, false],
    ["Plan, no telephone numbers", false, false],
  ] as const) {
    await journey.check(child(words), "Child protection plan in place");
    const shown = (known: boolean) => (known ? /^\s*0[\d ]+\s*$/ : RESULT.notKnown);
    await expect(journey.item("Office Hours Tel Number")).toHaveText(shown(office));
    await expect(journey.item("Emergency Duty Tel Number")).toHaveText(shown(emergency));
    if (office || emergency) {
      await expect(journey.item(RESULT.contactOfficeHours, contact)).toHaveText(shown(office));
      await expect(journey.item(RESULT.contactEmergency, contact)).toHaveText(shown(emergency));
    } else {
      // Said once, with what to do instead.
      await expect(contact).toContainText(RESULT.noNumber);
      await expect(contact).not.toContainText(RESULT.notKnown);
    }
    await journey.look(`result-${words.replace(/\W+/g, "-").toLowerCase()}`);
  }
});

test("an ended plan is neither in place nor absent", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  for (const [words, picture] of [
    ["Plan ended 10 days ago", "result-ended"],
    ["Plan ended 364 days ago, still shown", "result-ended-364"],
  ] as const) {
    await journey.check(child(words), "Plan ended");
    await journey.arrived({ heading: "Plan ended", title: "Result of the check", picture });
    const current = journey.region(CURRENT);
    await expect(current).toContainText(RESULT.noneCurrent);
    await expect(current).toContainText(endedNote({ type: "child-protection" }));
    await expect(journey.item("End Date")).toHaveText(/\d{4}$/);
    await expect(page.getByText(/in place$/)).toHaveCount(0);
  }
  await journey.check(
    child("Plan ended 366 days ago, no longer shown"),
    "No child protection information found",
  );
});

test("nothing found is said plainly, with what it does not mean", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  await journey.check(child("Nothing held"), "No child protection information found");
  await journey.arrived({
    heading: "No child protection information found",
    title: "Result of the check",
    picture: "result-nothing",
  });
  const main = page.getByRole("main");
  await expect(main).toContainText("This does not mean there are no concerns.");
  await expect(main).toContainText("Use your judgement and follow local procedures.");
  // There is no authority that could be told.
  await expect(main).toContainText(TOLD["nobody-to-tell"]);
  expect(await page.content()).not.toMatch(/[✓✔✅☑]/u);

  // What says the answer has no green in it: people read green as "all clear".
  for (const part of [page.locator(".app-finding"), journey.region(CURRENT)]) {
    const picture = (await part.screenshot()).toString("base64");
    const green = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let green = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 1]! > Math.max(data[at]!, data[at + 2]!) + 20) green += 1;
      }
      return green;
    }, picture);
    expect(green).toBe(0);
  }
});
