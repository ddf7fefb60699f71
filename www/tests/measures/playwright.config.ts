import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import tests from "../../playwright.config.ts";

/** Measurements, not tests: they take minutes, and results may miss the documented ones. */
export default defineConfig({
  ...tests,
  testDir: ".",
  testMatch: "*.measure.ts",
  outputDir: "../../test-results/measures",
  projects: (tests.projects ?? []).filter(({ name }) => name === "cpu"),
  webServer: [tests.webServer ?? []].flat().map((server) => ({ ...server, cwd: join(import.meta.dirname, "../..") })),
});
