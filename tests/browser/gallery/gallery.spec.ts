import { fileURLToPath } from "node:url";
import { violations } from "./axe";
import { states } from "./states";
import { expect, test } from "./test";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/gallery/", import.meta.url));

for (const state of states) {
  test(state.name, async ({ page, open }) => {
    await open(state.view);

    await expect(page).toHaveTitle(state.title);
    await expect(page.locator("h1")).toHaveCount(1);
    await expect(page.locator("h1")).toHaveText(state.heading);
    await expect(page.locator(state.focus ?? "h1")).toBeFocused();
    await expect(page.locator("h1")).toBeInViewport();

    await page.screenshot({ path: `${SCREENSHOTS}${state.name}.png` });
    expect(await violations(page)).toEqual([]);

    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, "the page must not scroll sideways at 320 px").toBeLessThanOrEqual(320);
    await page.screenshot({ path: `${SCREENSHOTS}narrow/${state.name}.png`, fullPage: true });
  });
}
