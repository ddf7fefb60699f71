import { defineConfig } from "@playwright/test";

// Two runs at once need two ports.
const port = Number(process.env["PORT"] ?? 4173);

const args = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Letters are antialiased in grey on every machine, for screenshots.
  "--disable-lcd-text",
];
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const onGpu = ["gpu.spec.ts", "tune-gpu.spec.ts", "networks.spec.ts"];

export default defineConfig({
  testDir: "tests",
  // The engine takes all cores by itself. `pkg-scripts/test` nevertheless runs two files at a time,
  // since a test often waits for something else. Tests with the tag "@alone" run afterwards: they
  // look at clocks or memory.
  workers: 1,
  // For a slow machine that does two things at once. It ends what hangs.
  timeout: 1_200_000,
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"]],
  snapshotPathTemplate: "{testDir}/{testFilePath}-snapshots/{arg}{ext}",
  // Fewer pixels than the icon of the smallest button has. The page's colours are close: a button
  // differs from its bar by a small threshold alone.
  expect: {
    // Long enough for a slow machine to finish what it has begun.
    timeout: 120_000,
    toHaveScreenshot: { maxDiffPixels: 4, threshold: 0.05 },
  },
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    // A wait for what never comes ends long before the test does.
    actionTimeout: 240_000,
    viewport: { width: 1280, height: 800 },
    // Tests see what the server sends. Only tests of the service worker allow it.
    serviceWorkers: "block",
  },
  projects: [
    { name: "cpu", testIgnore: onGpu, use: { launchOptions: { executablePath, args } } },
    {
      // A graphics card imitated in software, which every machine has.
      name: "gpu",
      testMatch: onGpu,
      use: {
        launchOptions: {
          executablePath,
          args: [...args, "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--js-flags=--expose-gc"],
        },
      },
    },
  ],
  webServer: {
    // The built site as any static host would serve it.
    command: `npx vite preview --host 127.0.0.1 --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
  },
});
