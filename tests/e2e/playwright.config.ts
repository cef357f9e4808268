// What a person does, in a real browser against the real server (server.ts starts it). `make test-browser` builds the server first.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { defineConfig } from "@playwright/test";

// Found once: the workers inherit the variable.
process.env["RAINSTAFF_CHROMIUM"] ||= execFileSync(fileURLToPath(new URL("../../scripts/find-chromium.sh", import.meta.url)), { encoding: "utf8" }).trim();

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./server.ts",
  // Each worker has a server and a company of its own (server.ts); the tests of a file take turns.
  workers: 2,
  fullyParallel: false,
  timeout: 60_000,
  globalTimeout: 40 * 60_000, // a machine twice as slow as any seen takes half of it
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: "list",
  use: {
    locale: "tr-TR",
    timezoneId: "Europe/Istanbul",
    viewport: { width: 1366, height: 768 },
    actionTimeout: 10_000,
    // A recording takes as long as the test again: `RAINSTAFF_TRACE=1 make test-browser` makes one of what fails.
    trace: process.env["RAINSTAFF_TRACE"] ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["RAINSTAFF_CHROMIUM"],
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
