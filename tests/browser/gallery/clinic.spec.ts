import type { Page } from "@playwright/test";
import { state } from "./states/named";
import { expect, test } from "./test";

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell") });

test("the filters show who waits, who is checked and who is not", async ({ page, open }) => {
  const host = await open(state("clinic-checked"));
  const filters = page.getByRole("group", { name: "Show" });
  const press = async (name: string) => {
    await filters.getByRole("button", { name }).click();
    await expect(filters.locator("[aria-pressed=true]")).toHaveText(name);
  };
  await expect(filters.locator("[aria-pressed=true]")).toHaveText("All (5)");
  await expect(rows(page)).toHaveCount(5);
  await press("Checked (4)");
  await expect(rows(page)).toHaveCount(4);
  await press("Not checked (1)");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("999 000 0050");
  await press("To check (0)");
  await expect(page.getByText("No child waits to be checked.")).toBeVisible();
  await press("All (5)");
  await expect(rows(page)).toHaveCount(5);
  expect(host.sent, "the program is not asked for that").toEqual([]);
});

test("the checks are stopped by a button", async ({ page, open }) => {
  const host = await open(state("clinic-checking"));
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect.poll(() => host.sent).toEqual([{ name: "stop_clinic_checks", args: {} }]);
});

test("a child is marked as not brought, and the mark is taken back", async ({ page, open }) => {
  const host = await open(state("clinic-checked"));
  await rows(page)
    .nth(1)
    .getByRole("button", { name: /^Was not brought/ })
    .click();
  await rows(page)
    .nth(3)
    .getByRole("button", { name: /^Was brought/ })
    .click();
  const id = (place: number) => `0198f000-0000-4000-8000-00000000000${place}`;
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "mark_not_brought", args: { id: id(2), on: true } },
      { name: "mark_not_brought", args: { id: id(4), on: false } },
    ]);
});

test("F8 that is held down asks for one child", async ({ page, open }) => {
  const host = await open(state("result-on-clinic"));
  for (let press = 0; press < 4; press += 1) await page.keyboard.down("F8");
  await page.keyboard.up("F8");
  await page.keyboard.press("F1");
  const help = { name: "go", args: { place: "help" } };
  await expect.poll(() => host.sent.at(-1)).toEqual(help);
  expect(host.sent).toEqual([{ name: "next_child", args: {} }, help]);
});

test("F8 that is pressed twice asks for one child", async ({ page, open }) => {
  const host = await open(state("result-on-clinic"));
  const release = host.hold();
  await page.keyboard.press("F8");
  await page.keyboard.press("F8");
  release();
  await page.keyboard.press("F1");
  await expect.poll(() => host.sent.at(-1)?.name).toBe("go");
  expect(host.sent.map(({ name }) => name)).toEqual(["next_child", "go"]);
});

test("Enter that is held down marks one child once", async ({ page, open }) => {
  const host = await open(state("clinic-checked"));
  await rows(page)
    .nth(1)
    .getByRole("button", { name: /^Was not brought/ })
    .focus();
  for (let press = 0; press < 4; press += 1) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await page.keyboard.press("F1");
  await expect.poll(() => host.sent.at(-1)?.name).toBe("go");
  expect(host.sent.map(({ name }) => name)).toEqual(["mark_not_brought", "go"]);
});

test("the list is removed only after its page has said what goes", async ({ page, open }) => {
  const host = await open(state("clinic-ready"));
  const remove = page.getByRole("button", { name: "Remove the list and all copies" });
  await expect(remove).toBeHidden();
  await page.getByText("Remove this list").click();
  await expect(page.getByText("Records of your checks stay and are sent.")).toBeVisible();
  await remove.click();
  await expect.poll(() => host.sent).toEqual([{ name: "remove_clinic", args: {} }]);
});

test("back online: not now", async ({ page, open }) => {
  const host = await open(state("clinic-back-online"));
  await page.getByRole("button", { name: "Not now" }).click();
  await expect.poll(() => host.sent).toEqual([{ name: "leave_saved", args: {} }]);
});

test("a file is read as older booking systems write it, and one that is no text is not", async ({
  page,
  open,
}) => {
  const host = await open(state("clinic-import-first"));
  const choose = (name: string, bytes: number[]) =>
    page.getByLabel("Or choose a file").setInputFiles({
      name,
      mimeType: "text/csv",
      buffer: Buffer.from(bytes),
    });
  // "Zoë–O’N;9990000018" in Windows-1252, which is neither UTF-8 nor Latin 1.
  await choose("clinic.csv", [
    ...Buffer.from("Zo"),
    0xeb,
    0x96,
    ...Buffer.from("O"),
    0x92,
    ...Buffer.from("N;9990000018"),
  ]);
  const text = page.getByLabel("Children, one on each line");
  await expect(text).toHaveValue("Zoë–O’N;9990000018");
  await choose("clinic.xlsx", [0x50, 0x4b, 3, 4, 0, 0, 0, 0xff]);
  await expect(page.locator(".nhsuk-error-summary")).toBeFocused();
  await expect(page.locator(".nhsuk-error-summary")).toContainText("The file could not be read");
  await expect(text).toHaveValue("Zoë–O’N;9990000018");
  expect(host.sent).toEqual([]);
});

test("Ctrl + Shift + C leads to the list, and Alt + Left back from its pages", async ({
  page,
  open,
}) => {
  const host = await open(state("result-on-clinic"));
  await page.keyboard.press("Control+Shift+C");
  await page.keyboard.press("Alt+ArrowLeft");
  const list = { name: "go", args: { place: "clinic-list" } };
  await expect.poll(() => host.sent).toEqual([list, list]);
  host.show({ ...state("record-refused"), revision: 20 });
  await expect(page.locator("h1")).toHaveText("A record needs attention");
  await page.keyboard.press("Alt+ArrowLeft");
  await expect.poll(() => host.sent.at(-1)).toEqual({ name: "go", args: { place: "to-send" } });
});

test("an old copy is asked for once, and only where that is said", async ({ page, open }) => {
  const host = await open(state("clinic-out-of-date-offline"));
  await expect(page.getByRole("main")).toContainText("21 November 2026 at 15:40");
  await expect(page.getByRole("main")).toContainText("is recorded with your name");
  await expect(page.getByRole("main")).not.toContainText(/in place|Looked after|nothing found/i);
  const release = host.hold();
  await page.getByRole("button", { name: "Show the old result" }).dblclick();
  release();
  await expect.poll(() => host.sent).toEqual([{ name: "show_old_copy", args: {} }]);
});

test("whether anything is kept on the computer is said as policy has it", async ({
  page,
  open,
}) => {
  const host = await open(state("clinic-import-first"));
  await expect(page.getByText("The list is kept sealed on this computer.")).toBeVisible();
  host.show({ ...state("clinic-import-nothing-kept"), revision: 20 });
  await expect(page.getByText("The list is only kept until you sign out")).toBeVisible();
  await expect(page.getByText("The list is kept sealed on this computer.")).toBeHidden();
});
