import type { ElementHandle, Page } from "@playwright/test";
import { violations } from "../gallery/axe";
import { child } from "./children";
import { expect, HOLDERS } from "./journey";
import { test } from "./test";

/**
 * Where the keyboard stops, in its order, each with its box on the page. The boxes are measured
 * together at the end: while the keyboard goes round, a record may be sent and its words in the
 * header give way, and boxes of two layouts cannot be compared.
 */
async function stops(page: Page): Promise<{ name: string; box: DOMRect }[]> {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const found: ElementHandle[] = [];
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluateHandle(() =>
      document.activeElement === document.body ? null : document.activeElement,
    );
    const stop = at.asElement();
    if (stop === null) {
      return page.evaluate(
        (elements) =>
          elements.map((element) => ({
            name: (element as HTMLElement).outerHTML.slice(0, 100),
            box: (element as HTMLElement).getBoundingClientRect(),
          })),
        found,
      );
    }
    found.push(stop);
  }
  throw new Error("the keyboard does not come out of the page");
}

test("the result by keyboard: parts, skip link, order", async ({ start, page }) => {
  const journey = await start();
  await journey.signIn(HOLDERS.paediatrician);
  await page.getByRole("radio", { name: /, unscheduled care$/ }).check();
  await journey.button("Continue").click();
  await journey.check(child("Child protection plan and looked after child"), "2 records found");

  // From the heading, which is in the main part, round the window and back.
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  for (const role of ["contentinfo", "banner", "navigation", "main"] as const) {
    await page.keyboard.press("F6");
    await expect(page.getByRole(role)).toBeFocused();
  }
  await page.keyboard.press("Shift+F6");
  await expect(page.getByRole("navigation")).toBeFocused();

  // All at once on the screen, so that the order can be seen.
  await page.setViewportSize({ width: 1280, height: 2400 });
  await page.evaluate(() => window.scrollTo(0, 0));
  const order = await stops(page);
  expect(order[0]?.name).toContain("Skip to main content");
  expect(order.length).toBeGreaterThan(6);
  for (const [place, { name, box }] of order.entries()) {
    const next = order[place + 1];
    // The link that skips lies over the header while it is focused.
    if (next === undefined || place === 0) continue;
    const below = next.box.top >= box.bottom - 1;
    const beside = next.box.left >= box.right - 1 && next.box.bottom > box.top;
    expect(below || beside, `${next.name} comes after ${name}`).toBe(true);
  }

  await page.evaluate(() => document.querySelector<HTMLElement>("header")?.focus());
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("link", { name: "Skip to main content" })).toBeFocused();
  await journey.look("result-skip-link");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("where a person starts can be seen, also in the smallest window", async ({ start, page }) => {
  const journey = await start();
  await expect(journey.field("Passcode")).toBeFocused();
  await journey.seesFocus();
  await page.setViewportSize({ width: 800, height: 600 });
  await page.reload();
  await expect(journey.field("Passcode")).toBeFocused();
  await journey.seesFocus();
  await journey.signIn(HOLDERS.dentist);
  await expect(journey.field("NHS number")).toBeFocused();
  await journey.seesFocus();
  await journey.check(child("Looked after child"), "Looked after child");
  await expect(journey.heading("Looked after child").first()).toBeFocused();
  await journey.seesFocus();
});

test("a long code in a heading does not widen a narrow window", async ({ start, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const journey = await start();
  await journey.signIn(HOLDERS.nurse);
  await journey.check(child("Record of a kind that is not in the published list"), /made-up kind/);
  await journey.look("narrow-result-unknown-kind");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test("a narrow window never scrolls sideways", async ({ start, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const journey = await start();
  const fits = async (picture: string) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, picture).toBeLessThanOrEqual(320);
    await journey.look(`narrow-${picture}`);
  };
  await fits("sign-in");
  await journey.signIn(HOLDERS.dentist);
  await fits("find");
  await journey.button("Find child").click();
  await expect(page.getByRole("alert")).toBeVisible();
  await fits("find-faults");
  await journey.check(child("Plan, looked at 25 times"), "Child protection plan in place");
  await fits("result");
  await journey.check(child("Old NHS number, replaced by another"), "Not checked");
  await fits("not-checked");
  await page
    .getByRole("navigation")
    .getByRole("button", { name: /^To send/ })
    .click();
  await expect(journey.heading("To send")).toBeVisible();
  await fits("to-send");
});

test("forced colours and no motion", async ({ start, page }) => {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  const journey = await start();
  const still = async (picture: string) => {
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await journey.look(`forced-colours-${picture}`);
  };
  await still("sign-in");
  await journey.signIn(HOLDERS.dentist);
  await still("find");
  await journey.check(child("Child protection plan"), "Child protection plan in place");
  await still("result");
  await journey.check(child("Nothing held"), "No child protection information found");
  await still("result-nothing");
  // Each answer has a shape that is still drawn when its colour is not.
  await expect(page.locator(".app-finding svg")).toBeVisible();
});

test("news is said to screen readers without taking the focus", async ({ start, page }) => {
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const listen = () =>
      new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
          const at = target instanceof Element ? target : target.parentElement;
          const added = [...addedNodes].filter((node) => node instanceof Element);
          const alerts = added.flatMap((node) => [...node.querySelectorAll("[role=alert]")]);
          for (const region of [at?.closest("[role=status], [role=alert]"), ...alerts]) {
            const words = region?.textContent?.trim();
            if (words) said.push(`${region?.getAttribute("role")}: ${words}`);
          }
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    if (document.body) listen();
    else addEventListener("DOMContentLoaded", listen);
  });
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said.splice(0));
  const journey = await start();
  await journey.signIn(HOLDERS.dentist);
  await expect(journey.field("NHS number")).toBeFocused();
  await said();
  const network = page.getByRole("switch", { name: "Practice network" });
  await network.focus();
  await page.keyboard.press("Space");
  await expect(journey.connectivity).toHaveText(/^Offline/);
  await expect(network).toBeFocused();
  expect(await said()).toContainEqual(expect.stringMatching(/^status: Offline since \d\d:\d\d$/));
  await page.keyboard.press("Space");
  // Once lost, it is said to be there when it has been for ten seconds.
  await expect(journey.connectivity).toHaveText("Connected", { timeout: 20_000 });
  expect(await said()).toContain("status: Connected");

  await journey.button("Find child").click();
  await expect(page.getByRole("alert")).toBeVisible();
  expect((await said()).join()).toMatch(/alert: There is a problem/);
});
