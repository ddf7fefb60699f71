import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.cases.ts",
  outputDir: "../../test-results/packages",
  // A bundler or npm often waits for one thread. No two files use the same project.
  workers: 2,
  // A first run downloads the bundlers.
  timeout: 600_000,
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"]],
  expect: { timeout: 60_000 },
  use: {
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // A graphics card imitated in software, for those cases that demand one.
      args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    },
  },
});
