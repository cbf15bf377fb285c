import type { Locator, Page } from "@playwright/test";
import { note } from "../evidence/notes";
import { KEYBOARD_JOURNEYS, type KeyboardJourney } from "../evidence/keyboard-journeys";
import { ALL_SENT } from "../../../ui/src/words/shell";
import { NOTICE, NOTICE_HEADING } from "../../../ui/src/words/note";
import { child, spaced } from "./children";
import { expect, HOLDERS, type Journey } from "./journey";
import { Keyboard } from "./keyboard";
import { test } from "./test";

/** Fails the test when anything but keys is used. */
async function withoutMouse(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    Object.assign(window, { pointed: 0 });
    addEventListener(
      "pointerdown",
      () => ((window as unknown as { pointed: number }).pointed += 1),
    );
  });
  return async () => {
    const pointed = await page.evaluate(() => (window as unknown as { pointed: number }).pointed);
    expect(pointed, "presses of a mouse").toBe(0);
  };
}

/** One of the eight journeys; noted when it was gone to its end. */
async function walk(
  name: KeyboardJourney,
  keyboard: Keyboard,
  way: () => Promise<void>,
): Promise<void> {
  const before = keyboard.presses;
  await test.step(`${name}: ${KEYBOARD_JOURNEYS[name]}`, way);
  note("keyboard-journeys", name, { presses: keyboard.presses - before });
}

/** The person is on this screen, where they start. */
async function arrived(journey: Journey, heading: string, place?: Locator): Promise<void> {
  const h1 = journey.page.getByRole("heading", { level: 1 });
  await expect(h1).toHaveText(heading);
  await expect(place ?? h1).toBeFocused();
}

test("by keys alone: sign in, role, faults, find, result", async ({ start, page }) => {
  const pointed = await withoutMouse(page);
  const journey = await start();
  const keyboard = new Keyboard(page);
  const main = page.getByRole("main");
  const number = journey.field("NHS number");

  await walk("J1", keyboard, async () => {
    const { passcode } = await journey.practiceCard(HOLDERS.paediatrician);
    await arrived(journey, "Sign in", journey.field("Passcode"));
    expect(await keyboard.goRound()).toBeGreaterThan(4);
    await keyboard.press("Enter");
    await expect(journey.errorSummary).toBeFocused();
    await keyboard.reach(main.getByRole("link", { name: "Enter your passcode" }));
    await keyboard.press("Enter");
    await expect(journey.field("Passcode")).toBeFocused();
    await keyboard.type(passcode);
    await keyboard.reach(journey.button("Show digits"));
    await keyboard.press("Space");
    await expect(journey.button("Hide digits")).toBeFocused();
    await expect(journey.field("Passcode")).toHaveValue(passcode);
    await keyboard.reach(main.getByRole("button", { name: "Sign in", exact: true }));
    await keyboard.press("Enter");
    await arrived(journey, "Choose your role");
  });

  await walk("J2", keyboard, async () => {
    await keyboard.goRound();
    await keyboard.reach(main.getByRole("radio").first());
    const booked = page.getByRole("radio", { name: /, scheduled care$/ });
    const unplanned = page.getByRole("radio", { name: /, unscheduled care$/ });
    await keyboard.press("Space");
    await keyboard.press("ArrowDown");
    const [second, first] = (await unplanned.isChecked())
      ? [unplanned, booked]
      : [booked, unplanned];
    await expect(second).toBeFocused();
    await keyboard.press("ArrowUp");
    await expect(first).toBeFocused();
    if (first !== unplanned) await keyboard.press("ArrowDown");
    await expect(unplanned).toBeChecked();
    await keyboard.reach(journey.button("Continue"));
    await keyboard.press("Enter");
    await arrived(journey, "Find a child", number);
  });

  const someone = child("Child protection plan and looked after child");
  await walk("J4", keyboard, async () => {
    await keyboard.type(
      `${someone.nhsNumber.slice(0, 9)}${(Number(someone.nhsNumber[9]) + 1) % 10}`,
    );
    await keyboard.press("Enter");
    await expect(journey.errorSummary).toBeFocused();
    await keyboard.reach(main.getByRole("link", { name: "Enter the date of birth" }));
    await keyboard.press("Enter");
    await expect(journey.field("Day")).toBeFocused();
    await keyboard.reach(main.getByRole("link", { name: /not valid/ }), "Shift+Tab");
    await keyboard.press("Enter");
    await expect(number).toBeFocused();
    await keyboard.press("End");
    await keyboard.press("Backspace");
    await keyboard.type(someone.nhsNumber[9] ?? "");
    await expect(number).toHaveValue(spaced(someone.nhsNumber));
  });

  await walk("J3", keyboard, async () => {
    await keyboard.goRound();
    await expect(number).toBeFocused();
    await keyboard.typeBirthDate(someone);
    await keyboard.press("Enter");
    await arrived(journey, "2 records found");
  });

  await walk("J5", keyboard, async () => {
    // The heading is the answer; the rest is read on from there, and nothing must be opened.
    await expect(journey.item("Responsible Local Authority").first()).toBeVisible();
    expect(await keyboard.goRound()).toBeGreaterThan(6);
    for (const part of ["contentinfo", "banner", "navigation", "main"] as const) {
      await keyboard.press("F6");
      await expect(page.getByRole(part)).toBeFocused();
    }
    await keyboard.reach(journey.button("Find another child"));
    await keyboard.press("Enter");
    await arrived(journey, "Find a child", number);
    await expect(number).toHaveValue("");
  });
  await pointed();
});

test("by keys alone: a clinic list", async ({ start, page }) => {
  const pointed = await withoutMouse(page);
  const journey = await start();
  const keyboard = new Keyboard(page);
  const main = page.getByRole("main");
  const { passcode } = await journey.practiceCard(HOLDERS.nurse);
  const card = page.getByRole("radio", { name: HOLDERS.nurse, exact: true });
  await keyboard.reach(page.getByRole("radio", { checked: true }), "Shift+Tab");
  for (let press = 0; press < 6 && !(await card.isChecked()); press += 1) {
    await keyboard.press("ArrowDown");
  }
  await keyboard.reach(journey.field("Passcode"));
  await keyboard.type(passcode);
  await keyboard.press("Enter");
  await arrived(journey, "Find a child", journey.field("NHS number"));

  await walk("J9", keyboard, async () => {
    await keyboard.press("Control+Shift+c");
    await arrived(
      journey,
      "Add children to the clinic list",
      journey.field("Children, one on each line"),
    );
    const [first, second] = [child("Child protection plan"), child("Looked after child")];
    for (const [place, { nhsNumber, day, month, year }] of [first, second].entries()) {
      await keyboard.type(`09:${place}0;${nhsNumber};${day}/${month}/${year}`);
      await keyboard.press("Enter");
    }
    await keyboard.reach(journey.button("Add to the list"));
    await keyboard.press("Enter");
    await arrived(journey, "Clinic list");
    expect(await keyboard.goRound()).toBeGreaterThan(8);

    // One is opened, the next with one key, and back again.
    const row = ({ nhsNumber }: typeof first) =>
      page.getByRole("row").filter({ hasText: spaced(nhsNumber) });
    await keyboard.reach(row(first).getByRole("button", { name: /^Check/ }));
    await keyboard.press("Enter");
    await arrived(journey, "Child protection plan in place");
    await keyboard.press("F8");
    await arrived(journey, "Looked after child");
    await keyboard.press("Alt+ArrowLeft");
    await arrived(journey, "Clinic list", row(second).locator("[id^=child-]"));
    await keyboard.reach(row(second).getByRole("button", { name: /^Was not brought/ }));
    await keyboard.press("Enter");
    // The child has a record in place, so it is asked whether the local authority is told.
    await arrived(journey, NOTICE_HEADING["not-brought"]);
    await keyboard.reach(page.getByRole("radio", { name: /^Yes/ }));
    await keyboard.press("ArrowDown");
    await expect(page.getByRole("radio", { name: NOTICE.no })).toBeChecked();
    await keyboard.reach(journey.button(NOTICE.submit));
    await keyboard.press("Enter");
    await expect(journey.heading("Clinic list")).toBeVisible();
    await expect(row(second)).toContainText("Was brought");
    await keyboard.reach(main.getByRole("button", { name: /^Checked \(2\)/ }), "Shift+Tab");
    await keyboard.press("Space");
    await expect(page.getByRole("row")).toHaveCount(3);
  });
  await pointed();
});

test("by keys alone: to send, lock and unlock, settings and help", async ({ start, page }) => {
  const pointed = await withoutMouse(page);
  const journey = await start();
  const keyboard = new Keyboard(page);
  const main = page.getByRole("main");
  const number = journey.field("NHS number");
  const { passcode } = await journey.practiceCard(HOLDERS.nurse);
  const card = page.getByRole("radio", { name: HOLDERS.nurse, exact: true });
  await keyboard.reach(page.getByRole("radio", { checked: true }), "Shift+Tab");
  for (let press = 0; press < 6 && !(await card.isChecked()); press += 1) {
    await keyboard.press("ArrowDown");
  }
  await keyboard.reach(journey.field("Passcode"));
  await keyboard.type(passcode);
  await keyboard.press("Enter");
  await arrived(journey, "Find a child", number);

  await walk("J6", keyboard, async () => {
    const network = page.getByRole("switch", { name: "Practice network" });
    await keyboard.reach(network, "Shift+Tab");
    await keyboard.press("Space");
    await expect(network).not.toBeChecked();
    await expect(network).toBeFocused();
    await keyboard.press("Control+k");
    await expect(number).toBeFocused();
    const someone = child("Looked after child");
    await keyboard.type(someone.nhsNumber);
    await keyboard.typeBirthDate(someone);
    await keyboard.press("Enter");
    await arrived(journey, "Not checked");

    await keyboard.reach(page.getByRole("contentinfo").getByRole("button", { name: /to send/ }));
    await keyboard.press("Enter");
    await arrived(journey, "To send");
    await keyboard.goRound();
    await keyboard.reach(journey.button("Send now"));
    await keyboard.press("Enter");
    await keyboard.reach(network, "Shift+Tab");
    await keyboard.press("Space");
    await expect(network).toBeChecked();
    await expect(page.getByRole("contentinfo")).toContainText(ALL_SENT);
    await expect(network).toBeFocused();
  });

  await walk("J7", keyboard, async () => {
    await keyboard.press("Control+l");
    await arrived(journey, "Locked", journey.field("Passcode"));
    await keyboard.goRound();
    await keyboard.type("0000");
    await keyboard.press("Enter");
    await expect(journey.errorSummary).toBeFocused();
    await keyboard.reach(main.getByRole("link", { name: /passcode is wrong/ }));
    await keyboard.press("Enter");
    await expect(journey.field("Passcode")).toBeFocused();
    await keyboard.type(passcode);
    await keyboard.press("Enter");
    // The same place, where its screen begins.
    await arrived(journey, "To send");
  });

  await walk("J8", keyboard, async () => {
    const menu = page.getByRole("navigation");
    await keyboard.reach(menu.getByRole("button", { name: "Settings" }), "Shift+Tab");
    await keyboard.press("Enter");
    await arrived(journey, "Settings");
    await keyboard.goRound();
    await keyboard.press("F1");
    await arrived(journey, "Help");
    await keyboard.goRound();
    await keyboard.reach(main.getByRole("button").last());
    await keyboard.press("Enter");
    // What was on the screen before is kept meanwhile.
    await arrived(journey, "Not checked");
  });
  await pointed();
});
