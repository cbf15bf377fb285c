import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { state } from "./states/named";
import { practice } from "./states/state";
import { expect, test } from "./test";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/gallery/", import.meta.url));

/** What a printer would get. */
const paper = async (page: Page) => {
  await page.emulateMedia({ media: "print" });
  return page.locator("body").innerText();
};

const IDENTIFIERS = /smith|jodie|999 ?000 ?0018|6 August 2018|Northmoor|01632/i;

for (const name of ["result-child-protection-told", "find-filled-by-a-link", "help"]) {
  test(`the screen never goes on paper: ${name}`, async ({ page, open }) => {
    await open(state(name));
    const printed = await paper(page);
    expect(printed).not.toMatch(IDENTIFIERS);
    expect(printed).toContain("CP-IS Check prints only a result for which a print was asked");
  });
}

test("a print on record goes on paper, and says who printed it and when", async ({
  page,
  open,
}) => {
  const host = await open(state("result-printed"));
  await expect.poll(() => host.sent).toEqual([{ name: "print_drawn", args: {} }]);
  const printed = await paper(page);
  for (const words of [
    "Safeguarding summary",
    "Printed by Asha Patel, Community Paediatrician, Westmere Community Health",
    "on 22 November 2026 at 10:50",
    "SMITH, Jodie",
    "6 August 2018 (aged 8 years)",
    "999 000 0018",
    "Child protection plan in place",
    "Northmoor Borough Council",
    "01632 960222",
    "The local authority is not told about this check",
    "019a9f40-1c22-7e01-8a10-5f2b6c3d4e5f",
  ]) {
    expect(printed).toContain(words);
  }
  expect(printed).not.toContain("Rowan Ellis");
  expect(printed).not.toContain("PRACTICE");
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/summary.png`, fullPage: true });
  expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(5000);
});

test("earlier views go on paper when they are asked for, and practice says so", async ({
  page,
  open,
}) => {
  await open(practice(state("result-printed-with-history")));
  const printed = await paper(page);
  expect(printed).toContain("PRACTICE - made-up children");
  expect(printed).toContain("Child Protection Information Previously Viewed By");
  expect(printed).toContain("Rowan Ellis");
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/with-history.png`, fullPage: true });
});

test("nothing found says on paper too what it does not mean", async ({ page, open }) => {
  await open(state("result-nothing-printed"));
  const printed = await paper(page);
  expect(printed).toContain("No child protection information found");
  expect(printed).toContain("This does not mean there are no concerns.");
});

test("a copy says on paper that it is one, and an old nothing is no good news", async ({
  page,
  open,
}) => {
  await open(state("result-copy-printed"));
  const printed = await paper(page);
  expect(printed).toContain("Child protection plan in place");
  expect(printed).toMatch(/This is a copy\. It is the answer of .* at 09:02, 100 minutes ago\./);
  expect(printed).not.toContain("Checked on");
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/copy.png`, fullPage: true });

  await open(state("result-copy-nothing-printed"));
  const nothing = await paper(page);
  expect(nothing).toContain("Not checked since 09:02");
  expect(nothing).toContain("Check again before you rely on it.");
  expect(nothing).not.toContain("No child protection information found");
});

test("the clinic list on paper says who printed it, how old it is, and what nothing means", async ({
  page,
  open,
}) => {
  const host = await open(state("clinic-printed"));
  await expect.poll(() => host.sent).toEqual([{ name: "print_drawn", args: {} }]);
  const printed = await paper(page);
  for (const words of [
    "Printed by Asha Patel, Community Paediatrician, Westmere Community Health",
    "on 22 November 2026 at 09:20",
    "Each row is as old as its check.",
    "Nothing found does not mean there are no concerns.",
    "SMITH, Jodie",
    "999 000 0018",
    "Record found. Checked 09:02.",
    "Nothing found. Checked 09:02.",
    "Plan ended. Checked 09:02. Was not brought.",
    "Not checked. Tried 09:02.",
    "019a9f40-1c22-7e01-8a10-5f2b6c3d4e50",
  ]) {
    expect(printed).toContain(words);
  }
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/clinic-list.png`, fullPage: true });
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await expect.poll(() => host.sent.map(({ name }) => name)).toEqual(["print_drawn", "printed"]);
});

test("a list that is printed offline calls nothing good news, and names the day of each check", async ({
  page,
  open,
}) => {
  await open(state("clinic-printed-offline"));
  const printed = await paper(page);
  expect(printed).toContain("Not checked since 09:02. Checked 09:02.");
  expect(printed).not.toContain("Nothing found.");
  expect(printed).toContain("Record found. Checked 21 November 2026 at 15:40.");
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.screenshot({ path: `${SCREENSHOTS}paper/clinic-list-offline.png`, fullPage: true });
});

test("a copy that is out of date says on paper of which day it is", async ({ page, open }) => {
  await open(state("result-copy-nothing-out-of-date-printed"));
  const printed = await paper(page);
  expect(printed).toContain("Not checked since 21 November 2026 at 15:40");
  expect(printed).not.toContain("No child protection information found");
});

test("when the printer has it, the program is told", async ({ page, open }) => {
  const host = await open(state("result-printed"));
  await expect.poll(() => host.sent.length).toBe(1);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await expect.poll(() => host.sent.map(({ name }) => name)).toEqual(["print_drawn", "printed"]);
});

test("a print that could not be recorded prints nothing and says why", async ({ page, open }) => {
  const host = await open(state("result-not-printed"));
  const alert = page.getByRole("region", { name: "Use this result" }).getByRole("alert");
  await expect(alert).toContainText("Nothing is printed");
  await expect(alert).toContainText("disk of this computer is full");
  expect(await paper(page)).not.toMatch(IDENTIFIERS);
  expect(host.sent).toEqual([]);
});

test("the keys for printing ask the program, and never the browser", async ({ page, open }) => {
  const host = await open(state("result-child-protection"));
  await page.evaluate(() => {
    const taken: boolean[] = [];
    window.addEventListener("keydown", (event) => taken.push(event.defaultPrevented));
    Object.assign(window, { taken });
  });
  await page.keyboard.press("Control+p");
  await expect.poll(() => host.sent).toEqual([{ name: "print", args: { withHistory: false } }]);
  host.show({ ...state("help"), revision: 20 });
  await expect(page.getByRole("heading", { name: "Help", exact: true })).toBeVisible();
  await page.keyboard.press("Control+p");
  await expect(page.getByText("There is nothing to print on this screen.")).toBeAttached();
  expect(host.sent).toHaveLength(1);
  const taken = await page.evaluate(() => (window as unknown as { taken: boolean[] }).taken);
  expect(taken.at(-1)).toBe(true);
});

test("the keys for printing, pressed twice, print once", async ({ page, open }) => {
  const host = await open(state("result-child-protection"));
  const release = host.hold();
  await page.keyboard.press("Control+p");
  await page.keyboard.press("Control+p");
  release();
  await page.keyboard.press("F1");
  await expect.poll(() => host.sent.at(-1)?.name).toBe("go");
  expect(host.sent.map(({ name }) => name)).toEqual(["print", "go"]);
});

test("the buttons copy the number and print the summary", async ({ page, open }) => {
  const host = await open(state("result-child-protection"));
  await page.getByRole("button", { name: "Copy NHS number" }).click();
  await page.getByRole("button", { name: "Print summary", exact: true }).click();
  await expect
    .poll(() => host.sent)
    .toEqual([
      { name: "copy_number", args: {} },
      { name: "print", args: { withHistory: false } },
    ]);
});

test("a button prints with the earlier views", async ({ page, open }) => {
  const host = await open(state("result-child-protection"));
  await page.getByRole("button", { name: "Print it with the earlier views" }).click();
  await expect.poll(() => host.sent).toEqual([{ name: "print", args: { withHistory: true } }]);
});

test("a link fills the number, and another link another one", async ({ page, open }) => {
  const host = await open(state("find-filled-by-a-link"));
  const number = page.getByLabel("NHS number");
  await expect(number).toHaveValue("999 000 0018");
  // What was meant for the other program neither changes the form nor sends it.
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await expect(number).toHaveValue("999 000 0018");
  await number.fill("999 000 00");
  await page.getByLabel("Day").fill("6");
  const next = state("find-filled-by-a-link");
  if (next.screen.kind !== "find") throw new Error("not the form");
  host.show({
    ...next,
    revision: 20,
    screen: {
      ...next.screen,
      filled: { ordinal: 2, by: "link", nhsNumber: "9990000026", birthDate: null },
    },
  });
  await expect(number).toHaveValue("999 000 0026");
  await expect(page.getByLabel("Day")).toHaveValue("");
  expect(host.sent).toEqual([]);
});
