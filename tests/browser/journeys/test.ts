import { test as base } from "@playwright/test";
import { expect, Journey } from "./journey";
import { journeyHost, PICTURES, type Running } from "./programs";
import { Workplace, type WorkplaceOptions } from "./workplace";

/** Starts the program with these switches and opens its window. Without any: in practice mode. */
export type Start = (...switches: string[]) => Promise<Journey>;
/** Sets up a live workplace that ends with the test. */
export type SetUp = (options?: WorkplaceOptions) => Promise<Workplace>;

/** For a whole journey on a busy machine (milliseconds): unoptimised programs make their keys first. */
const PATIENCE = 120_000;

/** A test with a program of its own, whose window asks nobody else for anything. */
export const test = base.extend<{ pictures: string; setUp: SetUp; start: Start }>({
  /** Where the pictures of the program go. */
  pictures: [PICTURES, { option: true }],

  // Set up before the program starts, so torn down after it has ended.
  setUp: async ({}, use) => {
    const workplaces: Workplace[] = [];
    await use(async (options = { withCode: true }) => {
      const workplace = await Workplace.open(options);
      workplaces.push(workplace);
      return workplace;
    });
    for (const workplace of workplaces) await workplace.close();
  },

  start: async ({ page, pictures, setUp: _ }, use, test) => {
    test.setTimeout(PATIENCE);
    const hosts: Running[] = [];
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) asked.add(new URL(request.url()).origin);
    });
    const own = new Set<string>();
    await use(async (...switches) => {
      const host = journeyHost(switches);
      hosts.push(host);
      const url = await host.line();
      own.add(url);
      await page.goto(url);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      return new Journey(page, host, pictures);
    });
    await page.close();
    for (const host of hosts) await host.close();
    expect(
      [...asked].filter((origin) => !own.has(origin)),
      "who else was asked",
    ).toEqual([]);
    expect(complaints, "what the window complained of").toEqual([]);
  },
});

export { expect };
