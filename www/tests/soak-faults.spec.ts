/**
 * Faults at random moments: workers that die, memory that runs out, a graphics card that is lost, a
 * connection that breaks within a model, a full disk. Each ends in a result or in a message, the
 * visitor's picture stays, and the page works. `pkg-scripts/soak` runs more of them.
 */
import { chromium, expect, test, type LaunchOptions, type Page } from "@playwright/test";
import { sabotageGpuWorker, startAuto } from "./gpu-worker.ts";
import { makePicture, Random, type MadePicture } from "./random-pictures.ts";
import { Site } from "./site.ts";
import { openHost, TINY, Visitor } from "./support.ts";

const count = Number(process.env["SOAK"] ?? 10);
const seed = Number(process.env["SOAK_SEED"] ?? 1);
/** Rounds for each fault: a fault takes as long as some twenty pictures. */
const rounds = Math.max(2, Math.round(count / 20));

const types = { png: "image/png", bmp: "image/bmp", tif: "image/tiff" };

/** A large enough picture that something can happen while it is enlarged. */
function largePicture(random: Random): MadePicture {
  for (;;) {
    const made = makePicture(random, 700);
    if (made.width * made.height > 60_000) return made;
  }
}

async function open(visitor: Visitor, made: MadePicture): Promise<void> {
  const { bytes, extension } = made;
  const [name, mimeType] = [`mine.${extension}`, types[extension]];
  await visitor.chooseFile({ name, mimeType, buffer: bytes });
  await expect(visitor.part("status")).toHaveText(/^Ready/);
}

/** Waits until a run has ended: with a result, or with a message that is a sentence. */
async function outcome(visitor: Visitor): Promise<string> {
  const status = visitor.part("status");
  await expect(status).toHaveAttribute("data-state", /^(done|error)$/);
  if ((await status.getAttribute("data-state")) === "done") return "a result";
  const text = (await status.innerText()).trim();
  expect(text).toMatch(/^[A-Z].*[.!]$/s);
  expect(text).not.toMatch(/undefined|\[object|TypeError/);
  return "a message";
}

function summary(what: string, outcomes: string[]): void {
  const times = (kind: string) => outcomes.filter((outcome) => outcome === kind).length;
  const kinds = [...new Set(outcomes)].map((kind) => `${times(kind)} ended in ${kind}`);
  console.log(
    `${what}, seed ${seed}: ${outcomes.length} times; ${kinds.join(", ")}; each was followed by a right result.`,
  );
}

// As many as for a thousand pictures take longer than the usual time.
test.beforeEach(() => test.setTimeout(1_200_000 + rounds * 40_000));

test("workers that die at random moments", { tag: "@alone" }, async ({ page }) => {
  const random = new Random(seed);
  const visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
  const outcomes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const made = largePicture(random);
    await open(visitor, made);
    const start = Date.now();
    await visitor.run();
    const milliseconds = Date.now() - start;
    const hash = await visitor.outputHash();

    await open(visitor, made);
    await visitor.part("run").click();
    await page.waitForTimeout(random.below(milliseconds));
    const worker = random.pick(page.workers());
    const kill = () => {
      setTimeout(() => {
        throw new Error("it was killed");
      });
    };
    // It may have disappeared by itself.
    await worker.evaluate(kill).catch(() => undefined);
    const how = await outcome(visitor);
    outcomes.push(how);
    // The picture is still there, and gives the same result.
    if (how === "a message") await visitor.run();
    expect(await visitor.outputHash(), `round ${round}: ${made.kind}`).toBe(hash);
  }
  summary("A worker that dies", outcomes);
});

/** Runs `use` with a browser of its own, whose pages it opens. */
async function withBrowser(
  options: LaunchOptions,
  args: string[],
  baseURL: string | undefined,
  use: (open: () => Promise<Page>) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({ ...options, args: [...(options.args ?? []), ...args] });
  try {
    await use(() => browser.newPage({ baseURL: baseURL ?? "", serviceWorkers: "block" }));
  } finally {
    await browser.close();
  }
}

test("memory that runs out in WebAssembly", { tag: "@alone" }, async ({ launchOptions, baseURL }) => {
  const random = new Random(seed);
  const outcomes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    // In pages of 64 KB: enough to start, and not for every picture.
    const pages = 120 + random.below(500);
    await withBrowser(launchOptions, [`--js-flags=--wasm-max-mem-pages=${pages}`], baseURL, async (newPage) => {
      const visitor = new Visitor(await newPage());
      await visitor.open(TINY);
      await visitor.expectState("idle");
      for (let index = 0; index < 3; index++) {
        await open(visitor, largePicture(random));
        await visitor.part("run").click();
        outcomes.push(await outcome(visitor));
      }
      const { bytes } = makePicture(random, 1);
      await open(visitor, { kind: "", extension: "png", bytes, width: 1, height: 1, hasAlpha: false });
      await visitor.run();
    });
  }
  summary("Little memory", outcomes);
});

test("a graphics card that is lost at random moments", async ({ launchOptions, baseURL }) => {
  const random = new Random(seed);
  const outcomes: string[] = [];
  const args = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
  await withBrowser(launchOptions, args, baseURL, async (newPage) => {
    for (let round = 0; round < rounds; round++) {
      const page = await newPage();
      await openHost(page, baseURL);
      await startAuto(page);
      const loss = `
        const request = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = async function (...args) {
          const device = await request.apply(this, args);
          setTimeout(() => device.destroy(), ${random.below(3000)});
          return device;
        };`;
      await sabotageGpuWorker(page, loss, 1 + random.below(3));
      const { backend, levels } = await page.evaluate(async () => {
        const upscaler = window.upscaler;
        if (!upscaler) throw new Error("start an upscaler first");
        const blob = await (await fetch("demo/fur.png")).blob();
        const part = await createImageBitmap(blob, 60, 80, 48, 36);
        const result = await upscaler.upscale(part, { scale: 2 });
        const cpu = await window.splitsr.createUpscaler({ backend: "cpu" });
        const expected = (await cpu.upscale(part, { scale: 2 })).imageData().data;
        const differences = result.imageData().data.map((value, index) => Math.abs(value - (expected[index] ?? 0)));
        return { backend: result.report.backend, levels: differences.reduce((a, b) => Math.max(a, b)) };
      });
      expect(levels).toBeLessThanOrEqual(1);
      outcomes.push(`a result of the ${backend.toUpperCase()}`);
      await page.close();
    }
  });
  summary("A graphics card that is lost", outcomes);
});

test.describe("on a server of its own", () => {
  const site = new Site();
  test.beforeEach(() => site.start());
  test.afterEach(() => site.stop());

  test("a connection that breaks within a model or the engine", async ({ browser }) => {
    const random = new Random(seed);
    const outcomes: string[] = [];
    const models = ["splitsr-x2", "splitsr-x3", "splitsr-x4", "splitsr-tiny-x2", "srcnn-x2"];
    const hashes = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      const page = await browser.newPage({ baseURL: site.url, serviceWorkers: "block" });
      const visitor = new Visitor(page);
      await visitor.waitForClicks();
      await page.goto(site.url);
      await visitor.chooseDemo("Fur");
      const model = random.pick(models);
      site.breaks = {
        files: random.pick([/\.safetensors$/, /\.safetensors$/, /\.wasm$/]),
        at: random.below(1000) / 1000,
      };
      await visitor.part("model").selectOption(model);
      await visitor.part("run").click();
      // Files that were loaded before can no longer fail.
      const how = await outcome(visitor);
      outcomes.push(how);
      site.breaks = undefined;
      if (how === "a message") await visitor.run();
      const hash = await visitor.outputHash();
      expect(hash, model).toBe(hashes.get(model) ?? hash);
      hashes.set(model, hash);
      await page.close();
    }
    expect(outcomes).toContain("a message");
    summary("A connection that breaks", outcomes);
  });

  test("a disk that fills up at random moments", async ({ browser }) => {
    const random = new Random(seed);
    const outcomes: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ baseURL: site.url, serviceWorkers: "allow" });
      const page = await context.newPage();
      const visitor = new Visitor(page);
      await visitor.waitForClicks();
      await page.goto(site.url);
      await visitor.stir();
      const offline = visitor.part("offline");
      await expect(offline).toHaveAttribute("data-state", "ready");
      const session = await context.newCDPSession(page);
      const { origin } = new URL(site.url);
      const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
      await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + random.below(12e6) });
      await visitor.chooseDemo("Fur");
      await offline.getByRole("button").click();
      await visitor.run();
      await expect(offline).toHaveAttribute("data-state", /^(kept|failed)$/);
      const isKept = (await offline.getAttribute("data-state")) === "kept";
      if (!isKept) await expect(offline).toContainText("not enough space on this device");
      outcomes.push(isKept ? "everything kept" : "a message");
      // Everything that was kept before still works without a connection.
      await site.stop();
      await page.reload();
      await visitor.chooseDemo("Fur");
      await visitor.run();
      await site.start();
      await context.close();
    }
    summary("A disk that fills up", outcomes);
  });
});
