import { states } from "./states";
import { expect, test } from "./test";

const view = (name: string) => states.find((state) => state.name === name)!.view;

test("a search is sent as it was typed, and the form keeps it", async ({ page, open }) => {
  const host = await open(view("search-form"));
  await page.getByLabel("Last name").fill("O’Brien");
  await page.getByLabel("First name (optional)").fill("Jodie");
  await page.getByLabel("Day").fill("6");
  await page.getByLabel("Month").fill("8");
  await page.getByLabel("Year").fill("2018");
  await page.getByLabel("Female").check();
  await page.getByLabel("Postcode (optional)").fill("ls1 6ae");
  host.answer("find_person", view("search-nobody-with-all"));
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.locator("h1")).toHaveText("Nobody found");
  await expect(page.locator("h1")).toBeFocused();
  const typed = {
    family: "O’Brien",
    given: "Jodie",
    day: "6",
    month: "8",
    year: "2018",
    gender: "female",
    postcode: "ls1 6ae",
  };
  await expect.poll(() => host.sent).toEqual([{ name: "find_person", args: typed }]);
  await expect(page.getByLabel("Last name")).toHaveValue("O’Brien");
  await expect(page.getByLabel("Postcode (optional)")).toHaveValue("ls1 6ae");
  await expect(page.getByText("With a postcode, restricted records are not found")).toBeVisible();
});

test("a refused search form brings the person to its summary", async ({ page, open }) => {
  const host = await open(view("search-form"));
  host.answer("find_person", view("search-faults"));
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await page.getByRole("link", { name: "Enter the last name" }).click();
  await expect(page.locator("#family")).toBeFocused();
});

test("Enter that is pressed twice chooses somebody and checks nobody", async ({ page, open }) => {
  const host = await open(view("search-found-several"));
  host.answer("choose_match", view("find-filled"));
  await page
    .getByRole("button", { name: /^Use these details/ })
    .first()
    .focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Find a child" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("F1");
  await expect.poll(() => host.sent.at(-1)?.name).toBe("go");
  expect(host.sent.map(({ name }) => name)).toEqual(["choose_match", "go"]);
});

test("each person can be told from the others by the name of their button", async ({
  page,
  open,
}) => {
  const host = await open(view("search-found-several"));
  const buttons = page.getByRole("button", { name: /^Use these details/ });
  await expect(buttons).toHaveCount(4);
  const names = await Promise.all(
    (await buttons.all()).map(async (button) => (await button.textContent())!.trim()),
  );
  expect(new Set(names).size).toBe(4);
  expect(names[1]).toBe("Use these details for SMITH, Jordan Alexander, NHS number 999 000 0034");
  host.answer("choose_match", view("find-filled"));
  await buttons.nth(1).click();
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "choose_match", args: { search: "019a9f3e-7c41-7d20-9b52-3f0a6de1c7b7", row: 1 } },
    ]);
  await expect(page.locator("#nhs-number")).toHaveValue("999 000 0018");
  await expect(page.locator("#birth-year")).toHaveValue("2018");
  await expect(page.getByText("Nothing has been checked yet.")).toBeVisible();
  expect(host.sent.filter(({ name }) => name === "find_child")).toEqual([]);
});

test("a lock leaves nobody who was found, and nothing that was typed", async ({ page, open }) => {
  const host = await open(view("search-form"));
  await page.getByLabel("Last name").fill("Typedname");
  host.show(view("search-found-several"));
  await expect(page.getByRole("rowheader", { name: "SMITH, Jodie" })).toBeVisible();
  host.show(view("locked-asked"));
  await expect(page.locator("h1")).toHaveText("Locked");
  const left = await page.evaluate(() => document.documentElement.outerHTML);
  for (const secret of ["SMITH", "Jodie", "999 000 0018", "Typedname"]) {
    expect(left).not.toContain(secret);
  }
  host.show(view("search-form"));
  await expect(page.getByLabel("Last name")).toHaveValue("");
});

test("a result that grew old says so once, and is checked again only when asked", async ({
  page,
  open,
}) => {
  const stale = view("result-stale");
  const fresh = { ...stale, screen: { ...stale.screen, stale: false } } as typeof stale;
  const host = await open(fresh);
  // The first one: another tells of prints.
  const alert = page.getByRole("alert").first();
  await expect(alert).toHaveText("");
  host.show({ ...stale, revision: 11 });
  await expect(alert).toContainText("This result is more than 30 minutes old.");
  // The region stays the same one, so its words are said once.
  host.show({ ...stale, revision: 12 });
  await expect(alert).toHaveCount(1);
  expect(host.sent).toEqual([]);
  await page.getByRole("button", { name: "Check again" }).click();
  await expect.poll(() => host.sent).toEqual([{ name: "check_again", args: {} }]);
});

test("a mother is named as the mother, and a record of her own as hers", async ({ page, open }) => {
  await open(view("result-mother-with-a-record-of-her-own"));
  await expect(page.getByLabel("Patient").getByText("Record of the mother")).toBeVisible();
  await expect(page.getByText("The plan is for her unborn child.")).toHaveCount(1);
  await expect(page.getByText("about the patient herself")).toHaveCount(1);
});

test("the number for now is marked only when the hours are known", async ({ page, open }) => {
  const tag = page.locator(".nhsuk-tag");
  const marked = page.locator(".app-contact dt", { has: tag });
  const host = await open(view("result-child-protection"));
  await expect(marked).toHaveCount(0);
  host.show({ ...view("result-office-hours"), revision: 11 });
  await expect(marked).toContainText("In office hours");
  host.show({ ...view("result-out-of-hours"), revision: 12 });
  await expect(marked).toContainText("emergency duty team");
});

test("the pictures of time are for the eye alone, and their facts are in words", async ({
  page,
  open,
}) => {
  await open(view("result-office-hours"));
  for (const picture of await page.locator("svg.app-line").all()) {
    const hidden = await picture.evaluate((svg) => svg.closest("[aria-hidden=true]") !== null);
    expect(hidden).toBe(true);
  }
  await expect(page.locator(".app-line__view")).toHaveCount(12);
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(13);
  await expect(page.locator(".app-line__view--you")).toHaveCount(3);
  await expect(page.getByRole("table").getByText("You", { exact: true })).toHaveCount(3);
  await expect(page.locator(".app-periods")).toHaveCount(0);
  await open(view("result-out-of-hours"));
  await expect(page.locator(".app-line__bar")).toHaveCount(2);
  await expect(page.locator(".app-line__bar--ended")).toHaveCount(1);
  await expect(
    page.getByText("Child protection plan: from 1 October 2024 to 3 May 2026"),
  ).toBeVisible();
});
