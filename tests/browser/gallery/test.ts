import { test as base, expect } from "@playwright/test";
import type { View } from "../../../ui/src/bindings/View";
import { serve, type Host } from "./serve";
import { live } from "./states/state";
import { Tour } from "./tour";
import { listen } from "./transcript";

/** Opens the window on a view, with a host that ends with the test. */
export type Open = (view: View) => Promise<Host>;

/** A test whose page must not complain: about the policy of its content, or of anything else. */
export const test = base.extend<{ open: Open; tour: Tour }, { window: Tour }>({
  open: async ({ page }, use) => {
    const hosts: Host[] = [];
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A refused command (409) is no complaint: some tests refuse them.
      if (message.type() === "error" && !message.text().includes("409")) {
        complaints.push(message.text());
      }
    });
    await listen(page);
    await use(async (view) => {
      const host = await serve(view);
      hosts.push(host);
      await page.goto(host.url);
      await expect(page.locator("h1")).toBeAttached();
      return host;
    });
    for (const host of hosts) await host.close();
    expect(complaints).toEqual([]);
  },

  window: [
    async ({ browser }, use) => {
      const page = await browser.newPage({ locale: "en-GB" });
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("409")) {
          complaints.push(message.text());
        }
      });
      await listen(page);
      const host = await serve(live({ kind: "starting" }));
      await page.goto(host.url);
      await use(new Tour(page, host, complaints));
      await page.close();
      await host.close();
    },
    { scope: "worker" },
  ],

  /** The window of this worker: for tests that leave nothing behind in it. */
  tour: async ({ window }, use) => {
    await use(window);
    expect(window.complaints()).toEqual([]);
  },
});

export { expect };
