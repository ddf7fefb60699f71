import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import tests from "../../playwright.config.ts";

/** Measurements, which are no tests: they take minutes, and what they find may be short of what is promised. */
export default defineConfig({
  ...tests,
  testDir: ".",
  testMatch: "*.measure.ts",
  outputDir: "../../test-results/measures",
  projects: (tests.projects ?? []).filter(({ name }) => name === "cpu"),
  webServer: [tests.webServer ?? []].flat().map((server) => ({ ...server, cwd: join(import.meta.dirname, "../..") })),
});
