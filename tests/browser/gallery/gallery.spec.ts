import { fileURLToPath } from "node:url";
import { note } from "../evidence/notes";
import { judge } from "./axe";
import { justification } from "./incomplete";
import {
  follows,
  invisibleIcons,
  overflows,
  smallTargets,
  space,
  tabThrough,
  untiedHints,
} from "./measure";
import { states } from "./states";
import { expect, test } from "./test";
import { WIDE } from "./tour";
import { said } from "./transcript";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/gallery/", import.meta.url));

for (const state of states) {
  test(state.name, async ({ tour }) => {
    const { page } = tour;
    await tour.visit(state);

    await expect(page).toHaveTitle(state.title);
    await expect(page.locator("h1")).toHaveCount(1);
    await expect(page.locator("h1")).toHaveText(state.heading);
    await expect(page.locator(state.focus ?? "h1")).toBeFocused();
    await expect(page.locator(state.focus ?? "h1")).toBeInViewport();

    // What must be known now is said at once, and once; other news waits for a pause.
    const spoken = await said(page);
    const alerts = await page.getByRole("alert").filter({ hasText: /\S/ }).count();
    const assertive = spoken.filter(({ politeness }) => politeness === "assertive");
    const polite = spoken.filter(({ politeness }) => politeness !== "assertive");
    expect(assertive.length, `said at once: ${JSON.stringify(assertive)}`).toBe(alerts);
    expect(polite.length, `said in a pause: ${JSON.stringify(polite)}`).toBeLessThanOrEqual(1);

    await page.screenshot({ path: `${SCREENSHOTS}${state.name}.png` });
    // In a window as tall as the page: axe cannot judge what lies under a part that stays in place.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: WIDE.width, height });
    const { violations, incomplete, passed } = await judge(page);
    expect.soft(violations).toEqual([]);
    expect.soft(incomplete.filter((one) => justification(one) === null)).toEqual([]);
    expect.soft(await untiedHints(page)).toEqual([]);
    expect.soft(await smallTargets(page)).toEqual([]);

    await test.step("by keyboard", async () => {
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.setViewportSize({ width: 1280, height: 640 });
      const stops = await tabThrough(page);
      expect.soft(stops.length).toBeGreaterThan(0);
      for (const [place, stop] of stops.entries()) {
        expect.soft(stop.seen, `hidden while focused: ${stop.element}`).toBe(true);
        expect.soft(stop.marked, `looks as without the focus: ${stop.element}`).toBe(true);
        const next = stops[place + 1];
        if (next && stop.shell === next.shell && place > 0) {
          expect
            .soft(follows(next, stop), `${next.element} comes after ${stop.element}`)
            .toBe(true);
        }
      }
    });

    await test.step("in forced colours, without motion", async () => {
      await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
      expect.soft(await page.evaluate(() => document.getAnimations().length)).toBe(0);
      expect.soft(await invisibleIcons(page)).toEqual([]);
      await page.emulateMedia({ forcedColors: null, reducedMotion: "reduce" });
    });

    await test.step("narrow, as at 400 %, and with spaced text", async () => {
      await page.setViewportSize({ width: 320, height: 256 });
      expect.soft(await overflows(page)).toEqual([]);
      expect.soft(await smallTargets(page)).toEqual([]);
      const length = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width: 320, height: length });
      await page.screenshot({ path: `${SCREENSHOTS}narrow/${state.name}.png` });
      await page.setViewportSize({ width: 320, height: 256 });
      await space(page);
      expect.soft(await overflows(page)).toEqual([]);
      await page.setViewportSize(WIDE);
      expect.soft(await overflows(page)).toEqual([]);
    });

    if (test.info().errors.length > 0) return;
    note("states", state.name, {
      screen: state.view.screen.kind,
      title: state.title,
      heading: state.heading,
      violations: violations.length,
      passed,
      incomplete: incomplete.map((one) => ({ ...one, why: justification(one) })),
      said: spoken,
    });
  });
}
