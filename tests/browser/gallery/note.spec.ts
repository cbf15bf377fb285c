import { fileURLToPath } from "node:url";
import type { NotePrintState } from "../../../ui/src/bindings/NotePrintState";
import { after, state } from "./states/named";
import { noteOnPaper } from "./states/note";
import { live } from "./states/state";
import { expect, test } from "./test";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/gallery/", import.meta.url));

const EXACT = { exact: true };

test("a note is written, read once more, and sent once", async ({ page, open }) => {
  const host = await open(state("result-child-protection"));
  host.answer("go", after(state("note-empty")));
  await page.getByRole("button", { name: "Something is wrong with this record" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  // The child and the record are named all the time.
  await expect(page.getByText("SMITH, Jodie")).toBeVisible();
  await page.getByLabel("Start Date").check();
  await expect(page.getByText("The record says: 3 March 2026")).toBeVisible();
  await page.getByLabel("Day").fill("13");
  await page.getByLabel("Month").fill("3");
  await page.getByLabel("Year").fill("2026");
  await page.getByLabel("Phone number to call you back").fill("01632 960 001");
  host.answer("review_note", after(state("note-review"), 2));
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "Check the note" })).toBeFocused();

  // What was typed is there when it is changed.
  host.answer("change_note", after(state("note-empty"), 3));
  await page.getByRole("button", { name: "Change the note" }).click();
  await expect(page.getByLabel("Phone number to call you back")).toHaveValue("01632 960 001");
  host.answer("review_note", after(state("note-review"), 4));
  await page.getByRole("button", { name: "Continue" }).click();
  host.answer("send_note", after(state("note-stored"), 5));
  await page.getByRole("button", { name: "Send to Northmoor Borough Council" }).dblclick();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Note stored, not yet delivered",
  );
  host.show(after(state("note-delivered"), 6));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Note delivered to the service");
  const note = {
    record: "0",
    field: "start-date",
    planType: "",
    day: "13",
    month: "3",
    year: "2026",
    code: "",
    number: "",
    callback: "01632 960 001",
  };
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "go", args: { place: "note" } },
      { name: "review_note", args: note },
      { name: "change_note", args: {} },
      { name: "review_note", args: note },
      { name: "send_note", args: {} },
    ]);
});

test("what is stored is never called delivered before the service has it", async ({
  page,
  open,
}) => {
  for (const name of ["note-stored", "note-stored-offline", "notice-stored"]) {
    await open(state(name));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/ stored, not yet delivered$/);
    await expect(page.getByText(/delivered to the service|has been sent/)).toHaveCount(0);
  }
  await open(state("note-refused"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Note not delivered");
  await expect(page.getByText("Phone Northmoor Borough Council")).toBeVisible();
});

test("where the service takes no notes, one is printed and not sent", async ({ page, open }) => {
  const host = await open(state("note-review-print-only"));
  await expect(page.getByText("This service does not take notes.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Send to/ })).toHaveCount(0);
  await page.keyboard.press("Control+p");
  await expect.poll(() => host.sent).toEqual([{ name: "print_note", args: {} }]);
});

test("a note on paper names the child, the record and what is wrong, and that it was not sent", async ({
  page,
  open,
}) => {
  const host = await open(state("note-printed"));
  await expect.poll(() => host.sent).toEqual([{ name: "print_drawn", args: {} }]);
  await page.emulateMedia({ media: "print" });
  const printed = await page.locator("body").innerText();
  for (const words of [
    "Note about a child protection record",
    "CP-IS Check has not sent this note.",
    "Printed by Asha Patel, Community Paediatrician, Westmere Community Health",
    "Northmoor Borough Council",
    "SMITH, Jodie",
    "6 August 2018 (aged 8 years)",
    "999 000 0018",
    "Start Date",
    "13 March 2026",
    "01632 960 001",
    "019a9f40-1c22-7e01-8a10-5f2b6c3d4e5f",
  ]) {
    expect(printed).toContain(words);
  }
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/note.png`, fullPage: true });
});

test("an authority without a name is written as a line of its own begins", async ({
  page,
  open,
}) => {
  const host = await open(state("note-review-other-child"));
  const to = page.locator(".nhsuk-summary-list__row").filter({ has: page.getByText("To", EXACT) });
  await expect(to.getByRole("definition")).toHaveText("The local authority");

  host.show(after(state("notice-print-only"), 2));
  await expect(page.getByText("The local authority In office hours: Not known")).toBeVisible();

  if (noteOnPaper.state !== "ready") throw new Error("no paper");
  const { printout } = noteOnPaper;
  const print: NotePrintState = {
    state: "ready",
    printout: { ...printout, record: { ...printout.record, authority: null } },
  };
  const printed = state("note-printed");
  if (printed.screen.kind !== "note") throw new Error("no note");
  const screen = { ...printed.screen, note: { ...printed.screen.note, print } };
  host.show(after({ ...printed, screen }, 3));
  await expect.poll(() => host.sent).toEqual([{ name: "print_drawn", args: {} }]);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("definition").first()).toHaveText("The local authority");
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/note-unnamed-authority.png`, fullPage: true });
});

test("whether a missed appointment is told is a choice, and it is told once", async ({
  page,
  open,
}) => {
  const host = await open(state("notice-asked"));
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
  await page.getByLabel("Yes, tell Northmoor Borough Council").check();
  await expect(page.getByLabel("Day")).toHaveValue("22");
  await page.getByLabel("Phone number to call you back").fill("01632 960 001");
  host.answer("answer_notice", after(state("notice-stored")));
  await page.getByRole("button", { name: "Continue" }).dblclick();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Notice stored, not yet delivered",
  );
  const args = { tell: "yes", day: "22", month: "11", year: "2026", callback: "01632 960 001" };
  await expect.poll(() => host.sent).toEqual([{ name: "answer_notice", args }]);
});

test("the list offers to tell only of a child with a plan of whom nobody has been told", async ({
  page,
  open,
}) => {
  const host = await open(state("clinic-not-brought"));
  const tell = page.getByRole("button", { name: "Tell the local authority" });
  await expect(tell).toHaveCount(1);
  await tell.click();
  await expect
    .poll(() => host.sent)
    .toEqual([{ name: "ask_notice", args: { id: "0198f000-0000-4000-8000-000000000001" } }]);
});

test("a lock leaves nothing of a note in the window", async ({ page, open }) => {
  const host = await open(state("note-empty"));
  await page.getByLabel("Phone number to call you back").fill("01632 960 777");
  const locked = live({
    kind: "locked",
    at: "2026-11-22T10:55:00+00:00",
    cause: "asked",
    busy: false,
    fault: null,
  });
  host.show({ ...locked, revision: 20 });
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible();
  expect(await page.content()).not.toMatch(/960 777|smith|Northmoor/i);
  host.show({ ...state("note-empty"), revision: 30 });
  await expect(page.getByLabel("Phone number to call you back")).toHaveValue("");
});
