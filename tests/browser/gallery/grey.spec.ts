import { fileURLToPath } from "node:url";
import { note } from "../evidence/notes";
import { contrast } from "./contrast";
import { states } from "./states";
import type { State } from "./states/state";
import { expect, test } from "./test";
import { Tour } from "./tour";

const SCREENSHOTS = fileURLToPath(new URL("../../../target/gallery/grey/", import.meta.url));

/** Where each status stands, with its states: one of each kind. */
const STATUSES = {
  answer: {
    place: ".app-finding",
    states: [
      "result-child-protection",
      "result-ended",
      "result-nothing",
      "not-checked-unreachable",
    ],
    icon: true,
  },
  connection: {
    place: ".app-status__connectivity",
    states: ["find-scheduled", "find-connecting", "find-offline"],
    icon: true,
  },
  task: {
    place: ".app-status__tasks",
    states: [
      "find-sign-in-not-responding",
      "find-look-up-not-responding",
      "find-sending-not-responding",
      "find-sending-paused",
    ],
    icon: false,
  },
  // The tags of one table: their words stand alone.
  record: { place: ".nhsuk-tag", states: ["to-send-all-states"], icon: false },
  person: {
    place: ".app-patient__tags",
    states: ["nothing-restricted", "nothing-deceased"].map((name) => `result-${name}`),
    icon: false,
  },
} as const;

const state = (name: string): State => {
  const found = states.find((one) => one.name === name);
  if (!found) throw new Error(`no state ${name}`);
  return found;
};

/** The lightest and the darkest grey of a picture, and how much of it is not its commonest grey. */
async function greys(tour: Tour, picture: Buffer): Promise<{ ratio: number; drawn: number }> {
  const { lightest, darkest, drawn } = await tour.page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const count = new Map<number, number>();
    for (let at = 0; at < data.length; at += 4) {
      // Grey: all three are the same.
      const grey = data[at] ?? 0;
      if (Math.abs(grey - (data[at + 2] ?? 0)) > 2) throw new Error("not grey");
      count.set(grey, (count.get(grey) ?? 0) + 1);
    }
    const pixels = data.length / 4;
    return {
      lightest: Math.max(...count.keys()),
      darkest: Math.min(...count.keys()),
      drawn: 1 - Math.max(...count.values()) / pixels,
    };
  }, picture.toString("base64"));
  const grey = (level: number) => `rgb(${level}, ${level}, ${level})`;
  return { ratio: contrast(grey(lightest), grey(darkest)), drawn };
}

test("without colour every status has words, and every icon a shape, of its own", async ({
  tour,
}) => {
  const { page } = tour;
  const browser = await page.context().newCDPSession(page);
  const seen: Record<string, string[]> = {};
  for (const [status, { place, states: names, icon }] of Object.entries(STATUSES)) {
    const words: string[] = [];
    const shapes: string[] = [];
    for (const name of names) {
      await tour.visit(state(name));
      words.push(...(await page.locator(place).allInnerTexts()));
      await browser.send("Emulation.setEmulatedVisionDeficiency", { type: "achromatopsia" });
      await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
      if (icon) {
        const drawing = page.locator(`${place} svg`);
        shapes.push((await drawing.innerHTML()).replace(/class="[^"]*"/g, ""));
        const { ratio, drawn } = await greys(tour, await drawing.screenshot());
        expect(ratio, `${name}: the icon against what lies behind it`).toBeGreaterThan(3);
        expect(drawn, `${name}: how much of the icon is drawn`).toBeGreaterThan(0.05);
      }
      await browser.send("Emulation.setEmulatedVisionDeficiency", { type: "none" });
    }
    expect(new Set(words).size, words.join()).toBe(words.length);
    expect(words.every((text) => text.trim().length > 3)).toBe(true);
    expect(new Set(shapes).size, status).toBe(shapes.length);
    seen[status] = words.map((text) => text.split("\n")[0] ?? "");
  }
  await browser.detach();
  note("grey", "statuses", seen);
});

test("nothing that is said of the connection is red", async ({ tour }) => {
  const { page } = tour;
  for (const name of [...STATUSES.connection.states, ...STATUSES.task.states]) {
    await tour.visit(state(name));
    const colours = await page.locator("footer *").evaluateAll((elements) =>
      elements.flatMap((element) => {
        const { color, backgroundColor, fill, stroke } = getComputedStyle(element);
        return [color, backgroundColor, fill, stroke];
      }),
    );
    const red = colours.filter((colour) => {
      const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map(Number);
      return r > g + 40 && r > b + 40;
    });
    expect(red, name).toEqual([]);
  }
});
