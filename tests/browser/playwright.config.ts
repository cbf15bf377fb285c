import { defineConfig } from "@playwright/test";

/** Runs offline, in the browser of the machine, with nothing downloaded. */
export default defineConfig({
  testDir: ".",
  outputDir: "results",
  globalSetup: "./evidence/empty.ts",
  reporter: "list",
  fullyParallel: true,
  // One more than the cores of the smallest machine: a journey waits for a program most of the time.
  workers: 3,
  forbidOnly: Boolean(process.env["CI"]),
  timeout: 30_000,
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    },
  },
  projects: [
    { name: "gallery", testMatch: "gallery/**/*.spec.ts" },
    { name: "journeys", testMatch: "journeys/**/*.spec.ts" },
    { name: "console", testDir: "./console" },
    { name: "story", testDir: "./story" },
    {
      name: "evidence",
      testMatch: "evidence/**/*.spec.ts",
      dependencies: ["gallery", "journeys"],
    },
  ],
});
