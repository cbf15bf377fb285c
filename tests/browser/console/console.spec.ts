import type { Page } from "@playwright/test";
import { violations } from "../gallery/axe";
import { smallTargets, tabThrough, untiedHints } from "../gallery/measure";
import { type Classroom, expect, picture, test } from "./test";

/** A child with a plan, and one of whom nothing is held: the same under every seed. */
const WITH_PLAN = "9990000018";
const WITHOUT = "9990000085";

/** What a workstation writes. */
const WRONG = { kind: "wrong", officeNumber: "01632 960123" } as const;
const NOT_BROUGHT = { kind: "not-brought", day: "2026-11-23", time: "14:30:00" } as const;

interface State {
  name: string;
  heading: string;
  reach(page: Page, classroom: Classroom): Promise<unknown>;
}

const at =
  (name: string) =>
  (page: Page, classroom: Classroom): Promise<unknown> =>
    page.goto(classroom.page(name));

const press = (page: Page, name: string) => page.getByRole("button", { name }).click();

/** Every page and state inside, in this order: some need what the one before has done. */
const STATES: readonly State[] = [
  { name: "people", heading: "People", reach: at("people") },
  { name: "people-found", heading: "People", reach: at(`people?number=${WITH_PLAN}`) },
  { name: "people-nobody", heading: "People", reach: at("people?number=9999999999") },
  { name: "people-fault", heading: "People", reach: at("people?number=12") },
  { name: "change-ask", heading: "Push a change", reach: at("change") },
  { name: "change-ask-fault", heading: "Push a change", reach: at("change?number=12") },
  { name: "change-form", heading: "Push a change", reach: at(`change?number=${WITH_PLAN}`) },
  {
    name: "change-form-fault",
    heading: "Push a change",
    reach: async (page, classroom) => {
      await page.goto(classroom.page(`change?number=${WITH_PLAN}`));
      await page.getByLabel("First or last day").fill("soon");
      await press(page, "Push the change");
    },
  },
  {
    name: "change-done",
    heading: "Push a change",
    reach: async (page, classroom) => {
      await page.goto(classroom.page(`change?number=${WITH_PLAN}`));
      await page.getByLabel("New telephone numbers: Child protection plan").check();
      await page.getByLabel("Office hours telephone").fill("01632 960123");
      await press(page, "Push the change");
    },
  },
  { name: "weather", heading: "Weather", reach: at("weather") },
  {
    name: "weather-set",
    heading: "Weather",
    reach: async (page, classroom) => {
      await page.goto(classroom.page("weather"));
      await page.getByLabel("Slow").check();
      await press(page, "Set the weather");
      await page.getByLabel("Good").check();
      await press(page, "Set the weather");
    },
  },
  { name: "inbox-empty", heading: "Inbox of the local authorities", reach: at("inbox") },
  {
    name: "inbox",
    heading: "Inbox of the local authorities",
    reach: async (page, classroom) => {
      await classroom.look(WITH_PLAN);
      await page.goto(classroom.page("inbox"));
    },
  },
  { name: "trainees-none", heading: "Trainees", reach: at("trainees") },
  {
    name: "inbox-notes",
    heading: "Inbox of the local authorities",
    reach: async (page, classroom) => {
      const wrong = await classroom.note(WITH_PLAN, WRONG);
      await classroom.note(WITH_PLAN, NOT_BROUGHT);
      await classroom.note(WITH_PLAN, { kind: "withdrawn", of: wrong });
      await page.goto(classroom.page("inbox"));
    },
  },
  { name: "exercises", heading: "Exercises", reach: at("exercises") },
  {
    name: "exercise",
    heading: "A clinic without a network",
    reach: at("exercises/offline"),
  },
  {
    name: "exercise-begun",
    heading: "Check a child with a plan",
    reach: async (page, classroom) => {
      await page.goto(classroom.page("exercises/first-check"));
      await press(page, "Begin the exercise");
    },
  },
  {
    name: "results",
    heading: "Results: Check a child with a plan",
    reach: at("exercises/first-check/results"),
  },
  { name: "reset", heading: "Reset", reach: at("reset") },
  {
    name: "reset-fault",
    heading: "Reset",
    reach: async (page, classroom) => {
      await page.goto(classroom.page("reset"));
      await page.getByRole("main").getByRole("button", { name: "Reset" }).click();
    },
  },
  {
    name: "reset-done",
    heading: "Reset",
    reach: async (page, classroom) => {
      await page.goto(classroom.page("reset"));
      await page.getByLabel("Yes, begin anew").check();
      await page.getByRole("main").getByRole("button", { name: "Reset" }).click();
    },
  },
  {
    name: "classes-none",
    heading: "Classes",
    reach: (page, classroom) => page.goto(`${classroom.url}/trainer/classes`),
  },
  {
    name: "classes-fault",
    heading: "Classes",
    reach: async (page, classroom) => {
      await page.goto(`${classroom.url}/trainer/classes`);
      await press(page, "Add a class");
    },
  },
  {
    name: "classes",
    heading: "Classes",
    reach: async (page, classroom) => {
      await page.goto(`${classroom.url}/trainer/classes`);
      await page.getByLabel("Name of the class").fill("Tuesday morning");
      await press(page, "Add a class");
    },
  },
  {
    name: "class",
    heading: "People",
    reach: async (page, classroom) => {
      await page.goto(`${classroom.url}/trainer/classes`);
      await page.getByRole("link", { name: "Tuesday morning" }).click();
    },
  },
  {
    name: "not-found",
    heading: "Page not found",
    reach: (page, classroom) => page.goto(`${classroom.url}/trainer/class/AAAA-AAAA/people`),
  },
];

/** What every page must hold: for axe, for the eye, for the keyboard, and at 400 %. */
async function hold(page: Page, name: string, heading: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: heading }), name).toBeVisible();
  expect(await page.title()).toContain("Trainer's console");
  expect(await violations(page), name).toEqual([]);
  expect(await untiedHints(page), name).toEqual([]);
  expect(await smallTargets(page), name).toEqual([]);
  await picture(page, name);
  const stops = await tabThrough(page);
  expect(stops.filter((stop) => !stop.seen || !stop.marked).map((stop) => stop.element)).toEqual(
    [],
  );
  // 1,280 px at 400 %. A table may be wider, and is scrolled on its own.
  const whole = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(320);
  await page.setViewportSize(whole);
}

test("every page and state inside holds", async ({ classroom, page }) => {
  // Six and twenty of them, each gone through with the keyboard.
  test.setTimeout(600_000);
  await classroom.signIn(page);
  for (const { name, heading, reach } of STATES) {
    await test.step(name, async () => {
      await reach(page, classroom);
      await hold(page, name, heading);
    });
  }
});

test("the sign-in holds, with each thing that it says", async ({ classroom, page }) => {
  await page.goto(`${classroom.url}/trainer`);
  await hold(page, "sign-in", "Trainer's sign-in");
  await press(page, "Sign in");
  await expect(page.locator("#errors")).toBeFocused();
  await hold(page, "sign-in-empty", "Trainer's sign-in");
  for (let tried = 0; tried < 10; tried += 1) {
    await page.getByLabel("Trainer's passcode").fill("not the passcode");
    await press(page, "Sign in");
  }
  await hold(page, "sign-in-wrong", "Trainer's sign-in");
  await page.getByLabel("Trainer's passcode").fill(classroom.passcode);
  await press(page, "Sign in");
  await hold(page, "sign-in-too-many", "Too many tries");
});

test("the keyboard alone signs in, sets the weather and signs out", async ({ classroom, page }) => {
  await page.goto(`${classroom.url}/trainer`);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to main content" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type(classroom.passcode);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "People" })).toBeVisible();
  await page.goto(classroom.page("weather"));
  await page.getByRole("link", { name: "Skip to main content" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Good")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toHaveText('Done: the weather is now "Offline".');
  await page.getByRole("button", { name: "Sign out" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Trainer's sign-in" })).toBeVisible();
  await page.goto(classroom.page("people"));
  await expect(page.getByRole("heading", { name: "Trainer's sign-in" })).toBeVisible();
});

test("a look arrives in the open inbox by itself", async ({ classroom, page }) => {
  await classroom.signIn(page);
  await page.goto(classroom.page("inbox"));
  await expect(page.locator("#inbox-state")).toHaveText("The lists keep themselves up to date.");
  await classroom.look(WITH_PLAN);
  const row = page.getByRole("row").filter({ hasText: "999 000 0018" });
  await expect(row).toContainText("Live");
  await expect(page.locator("#inbox-state")).toContainText("looked at 999 000 0018");
  expect(await violations(page)).toEqual([]);
  await picture(page, "inbox-live");
  // Nothing is held of this child, so nobody is told.
  await classroom.look(WITHOUT);
  await page.reload();
  const looks = page.getByRole("table", { name: "Accesses, the last to reach us first" });
  await expect(looks.locator("tbody").getByRole("row")).toHaveCount(1);
});

test("notes arrive in the open inbox by themselves, each with its kind", async ({
  classroom,
  page,
}) => {
  await classroom.signIn(page);
  await page.goto(classroom.page("inbox"));
  const state = page.locator("#inbox-state");
  await expect(state).toHaveText("The lists keep themselves up to date.");
  const wrong = await classroom.note(WITH_PLAN, WRONG);
  const notes = page
    .getByRole("table", { name: "Notes, the newest first" })
    .locator("tbody")
    .getByRole("row");
  await expect(notes).toHaveCount(1);
  await expect(notes).toContainText(/It should be 01632.960123\. Ring back on 01632.960001\./);
  await expect(state).toContainText("wrote about 999 000 0018: Record is wrong.");
  await classroom.note(WITH_PLAN, NOT_BROUGHT);
  await expect(notes.first()).toContainText("Was not brought");
  await expect(notes.first()).toContainText("To the appointment on 23 November 2026 at 14:30.");
  await classroom.note(WITH_PLAN, { kind: "withdrawn", of: wrong });
  await expect(notes.first()).toContainText("Withdrawn");
  await expect(notes.last()).toContainText(/Record is wrong\s*No longer holds/);
  expect(await violations(page)).toEqual([]);
  await picture(page, "inbox-notes-live");

  // What script shows is what the page shows.
  const shown = await notes.allInnerTexts();
  await page.reload();
  await expect(notes).toHaveCount(3);
  expect(await notes.allInnerTexts()).toEqual(shown);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("every page works", async ({ classroom, page }) => {
    await classroom.signIn(page);
    for (const name of ["people", "change", "weather", "inbox", "trainees", "exercises", "reset"]) {
      await page.goto(classroom.page(name));
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
    await page.goto(classroom.page("weather"));
    await page.getByLabel("Offline").check();
    await press(page, "Set the weather");
    await expect(page.getByRole("status")).toHaveText('Done: the weather is now "Offline".');
  });
});

test("results are printed without the frame of the console", async ({ classroom, page }) => {
  await classroom.signIn(page);
  await page.goto(classroom.page("exercises/first-check/results"));
  await expect(page.getByRole("button", { name: "Print" })).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".console-header")).toBeHidden();
  await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
  await picture(page, "results-printed");
});
