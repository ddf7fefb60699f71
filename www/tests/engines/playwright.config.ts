import { defineConfig } from "@playwright/test";
import { browsers, missing } from "./browsers.ts";

// The workers read this file as well.
if (process.env["TEST_WORKER_INDEX"] === undefined) {
  for (const why of missing) console.log(`Skipped: ${why}.`);
}

export default defineConfig({
  testDir: ".",
  testMatch: browsers.length > 0 ? "*.cases.ts" : [],
  outputDir: "../../test-results/engines",
  // One browser after another: each takes all cores, and a case may read what an earlier one left.
  workers: 1,
  // For a slow machine, as in the other suite.
  timeout: 300_000,
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"]],
  expect: { timeout: 120_000 },
  projects: browsers.map(({ name }) => ({ name })),
});
