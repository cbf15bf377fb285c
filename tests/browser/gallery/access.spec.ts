import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { violations } from "./axe";
import { states } from "./states";
import { expect, test } from "./test";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/gallery/", import.meta.url));

/** One state of each kind of screen, with much on it. */
const FULL = [
  "sign-in-practice",
  "choose-role-some-ineligible",
  "find-empty-fields",
  "result-two-current",
  "result-practice",
  "not-checked-superseded",
  "to-send-all-states",
  "settings-code-refused",
  "help",
  "locked-wrong-passcode",
];
const full = states.filter(({ name }) => FULL.includes(name));

test("every state is looked at", () => {
  expect(full.map(({ name }) => name).sort()).toEqual([...FULL].sort());
});

for (const state of full) {
  test(`${state.name} holds in forced colours, without motion`, async ({ page, open }) => {
    await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    await open(state.view);
    await page.screenshot({ path: `${SCREENSHOTS}forced-colours/${state.name}.png` });
    expect(await violations(page)).toEqual([]);
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
  });
}

test("axe would see a fault", async ({ page, open }) => {
  await open(full[0]!.view);
  await page.evaluate(() => document.querySelector("label[for=passcode]")?.remove());
  expect((await violations(page)).join("\n")).toMatch(/label/);
});

test("the four answers differ without their colours", async ({ page, open }) => {
  const shapes = new Set<string>();
  for (const name of [
    "result-child-protection",
    "result-ended",
    "result-nothing",
    "not-checked-unreachable",
  ]) {
    const state = states.find((one) => one.name === name)!;
    await open(state.view);
    const shape = await page.locator(".app-finding svg").innerHTML();
    shapes.add(shape.replace(/class="[^"]*"/g, ""));
  }
  expect(shapes.size).toBe(4);
});

test("nothing found looks neither good nor bad", async ({ page, open }) => {
  await open(states.find(({ name }) => name === "result-nothing")!.view);
  const colours = await page.locator(".app-finding").evaluate((block) => {
    const all = [block, ...block.querySelectorAll("*")];
    return all.flatMap((one) => {
      const style = getComputedStyle(one);
      return [style.color, style.backgroundColor, style.borderTopColor, style.stroke, style.fill];
    });
  });
  for (const colour of colours) {
    const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
    // Grey, or the blue-grey of the design system: no green that stands out, no red.
    expect(green - Math.max(red, blue), colour).toBeLessThan(20);
    expect(red - Math.max(green, blue), colour).toBeLessThan(20);
  }
});

test("the window brings its own fonts and stores nothing", async ({ page, open }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).origin));
  const host = await open(states.find(({ name }) => name === "find-unscheduled")!.view);
  const font = await page.evaluate(() => getComputedStyle(document.documentElement).fontFamily);
  expect(font).toMatch(/^"?Noto Sans"?, arial/i);
  expect(new Set(asked)).toEqual(new Set([new URL(host.url).origin]));
  const stored = await page.evaluate(() => [
    localStorage.length,
    sessionStorage.length,
    document.cookie,
  ]);
  expect(stored).toEqual([0, 0, ""]);
  for (const field of await page.locator("input").all()) {
    await expect(field).toHaveAttribute("autocomplete", "off");
  }
});

/** Addresses that the built files may name: nothing is fetched from them. */
const NAMES = [
  /^http:\/\/www\.w3\.org\//, // Namespaces of markup.
  /^https:\/\/svelte\.dev\/e\//, // Explanations in the errors of the framework.
];

test("the built files name no address to fetch from", () => {
  const built = ["dist-http", "dist"]
    .map((folder) => fileURLToPath(new URL(`../../../ui/${folder}/`, import.meta.url)))
    .filter((folder) => existsSync(folder));
  expect(built.length).toBeGreaterThan(0);
  for (const folder of built) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    const texts = files.filter((file) => file.isFile() && /\.(html|js|css|svg)$/.test(file.name));
    expect(texts.length).toBeGreaterThan(2);
    for (const { parentPath, name } of texts) {
      const text = readFileSync(path.join(parentPath, name), "utf8");
      const addresses = text.match(/(?:https?:|wss?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}[^\s"'`)\\]*/gi);
      const fetched = (addresses ?? []).filter((one) => !NAMES.some((name) => name.test(one)));
      expect(fetched, name).toEqual([]);
    }
  }
});

test("what is served has nothing inline and nothing from elsewhere", async ({ request, open }) => {
  const host = await open(full[0]!.view);
  const html = await (await request.get(host.url)).text();
  expect(html).not.toMatch(/<style|style=| on[a-z]+=|<script(?![^>]*src=)/);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(files.length).toBeGreaterThan(1);
  for (const path of files) {
    expect(path).toMatch(/^\//);
    const text = await (await request.get(new URL(path, host.url).href)).text();
    expect(text).not.toMatch(/url\(["']?(?:https?:)?\/\//);
    expect(text).not.toMatch(/assets\.nhs\.uk|Frutiger/i);
  }
});
