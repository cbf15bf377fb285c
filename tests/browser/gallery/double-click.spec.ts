import type { Locator, Page } from "@playwright/test";
import { after, state } from "./states/named";
import { expect, test } from "./test";

/** One click of several in quick succession, of which this is the given one. */
async function click(page: Page, on: Locator, clickCount: number) {
  await on.scrollIntoViewIfNeeded();
  const box = await on.boundingBox();
  if (!box) throw new Error("not to be seen");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down({ clickCount });
  await page.mouse.up({ clickCount });
}

test("the second click of a double click does nothing on the page that came meanwhile", async ({
  page,
  open,
}) => {
  const host = await open(state("not-checked-superseded"));
  host.answer("use_current_number", after(state("clinic-checked")));
  await click(page, page.getByRole("button", { name: "Check 999 000 0034" }), 1);
  const row = page.locator("main").getByRole("button", { name: /^Was not brought/ });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Clinic list");
  await click(page, row.first(), 2);
  await page.keyboard.press("F1");
  await expect.poll(() => host.sent.at(-1)?.name).toBe("go");
  expect(host.sent.map(({ name }) => name)).toEqual(["use_current_number", "go"]);
});

test("a double click on one thing does what one click does, and a new click works", async ({
  page,
  open,
}) => {
  const host = await open(state("note-empty"));
  const field = page.getByLabel("Start Date");
  await click(page, page.getByText("Start Date", { exact: true }), 1);
  await click(page, page.getByText("Start Date", { exact: true }), 2);
  await expect(field).toBeChecked();
  host.answer("review_note", after(state("note-review")));
  await click(page, page.getByRole("button", { name: "Continue" }), 1);
  await expect(page.getByRole("heading", { name: "Check the note" })).toBeFocused();
  // A page of the same note, where the first click did not send either.
  await click(page, page.getByRole("button", { name: /^Send to/ }), 2);
  await click(page, page.getByRole("button", { name: "Change the note" }), 1);
  await expect.poll(() => host.sent.at(-1)?.name).toBe("change_note");
  expect(host.sent.map(({ name }) => name)).toEqual(["review_note", "change_note"]);
});
