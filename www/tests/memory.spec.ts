/**
 * The memory that enlarging takes beside the source, the result and the weights: the documented
 * limit, and what enforces it. `measures/memory.measure.ts` measures it.
 */
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { coordinatorOf, dataFolder, MEMORY_BOUND, openHost, SMALLEST, Visitor } from "./support.ts";
import { prefaceFirstWorker } from "./tuning.ts";
import { weightsFile } from "./weights.ts";

test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

test("the estimate is bounded for any number of workers", { tag: "@alone" }, async ({ page }) => {
  const outcome = await page.evaluate(async () => {
    const besides = [];
    for (const workers of [1, 2, 3, 4, 6, 8, 16]) {
      const upscaler = await window.splitsr.createUpscaler({ model: "splitsr-x4", backend: "cpu", workers });
      for (const tile of ["auto", "exact"] as const) {
        const { width, height, bytes } = await upscaler.estimate({ width: 2048, height: 1536 }, { scale: 4, tile });
        besides.push((bytes - 4 * width * height - 4 * 2048 * 1536) / 1e6);
      }
      upscaler.destroy();
    }
    return besides;
  });
  expect(outcome).toHaveLength(14);
  expect(Math.max(...outcome), outcome.join(", ")).toBeLessThan(MEMORY_BOUND);
});

test(
  "workers that hold the memory of other tiles are ended before larger ones begin",
  { tag: "@alone" },
  async ({ page }) => {
    // With all it sees as halo, a large picture's tiles are larger than a small one's.
    const model = weightsFile("edsr-small-x2", { halo: 20 });
    await page.evaluate(async (base64) => {
      const model = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
      window.upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu", workers: 8 });
    }, model);
    const ended = await countEnded(page);
    const run = async (width: number, height: number) => {
      const workers = await page.evaluate(
        async ([width, height]) => {
          const result = await window.upscaler?.upscale(new ImageData(width, height), { scale: 2 });
          return result?.report.workers ?? 0;
        },
        [width, height] as const,
      );
      return { workers, ended: await ended() };
    };
    const small = await run(640, 480);
    const large = await run(1600, 1200);
    expect(small.ended).toBe(0);
    expect(large.workers).toBeLessThan(small.workers);
    expect(large.ended).toBeGreaterThan(0);
  },
);

test("after a large result the workers are ended, and others compute the next picture", async ({ page }) => {
  await page.evaluate(async () => {
    window.upscaler = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x4", backend: "cpu", workers: 2 });
  });
  const ended = await countEnded(page);
  const run = (width: number, height: number) =>
    page.evaluate(
      async ([width, height]) => {
        const result = await window.upscaler?.upscale(new ImageData(width, height), { scale: 4 });
        return result?.report.workers;
      },
      [width, height] as const,
    );
  expect(await run(320, 320)).toBe(2);
  expect(await ended()).toBe(0);
  expect(await run(1100, 1000)).toBe(2);
  expect(await ended()).toBe(2);
  expect(await run(320, 320)).toBe(2);
  expect(await ended()).toBe(2);
});

/** Keeps each instance's memory in the coordinator. Only the engine exports job_new. */
const keepMemories = `const { Instance } = WebAssembly;
  self.memories = {};
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      self.memories["job_new" in this.exports ? "engine" : "codecs"] = this.exports.memory;
    }
  };`;

/** Megabytes of the coordinator's engine and codecs. */
async function memoryUsed(page: Page): Promise<number[]> {
  const used = await page.workers()[0]?.evaluate(() => {
    const { engine, codecs } = (self as unknown as { memories: Record<string, WebAssembly.Memory> }).memories;
    return [engine, codecs].map((memory) => (memory?.buffer.byteLength ?? 0) / 1e6);
  });
  return used ?? [];
}

test("a picture whose network does not exist leaves nothing behind", async ({ page }) => {
  await prefaceFirstWorker(page, keepMemories);
  const fail = async () => {
    const code = await page.evaluate(async (model) => {
      window.upscaler ??= await window.splitsr.createUpscaler({ model, backend: "cpu", workers: 1 });
      return window.upscaler.upscale(new ImageData(2000, 1500), { scale: 2, splitRatio: 0.5 }).then(
        () => "finished",
        (error: unknown) => (error as Splitsr.UpscaleError).code,
      );
    }, SMALLEST);
    expect(code).toBe("usage");
    return (await memoryUsed(page))[0];
  };
  const first = await fail();
  await fail();
  expect(await fail()).toBe(first);
});

test("a picture that goes from the codecs to the engine is in each of them once", async ({ page }) => {
  await prefaceFirstWorker(page, keepMemories);
  const [width, height] = [4000, 3000];
  await page.evaluate(
    async ([width, height]) => {
      const upscaler = await window.splitsr.createUpscaler({ backend: "cpu", workers: 1 });
      const bitmap = await createImageBitmap(await (await fetch("demo/fur.png")).blob());
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
      await upscaler.inspect(await canvas.convertToBlob({ type: "image/jpeg" }), { decoder: "own" });
    },
    [width, height] as const,
  );
  const used = await memoryUsed(page);
  expect(used).toHaveLength(2);
  const once = (3 * width * height) / 1e6;
  for (const megabytes of used) {
    expect(megabytes).toBeGreaterThan(once);
    // With what is copied at once.
    expect(megabytes).toBeLessThan(1.5 * once);
  }
});

/** From now on counts the workers that the coordinator ends. */
async function countEnded(page: Page): Promise<() => Promise<number>> {
  const coordinator = coordinatorOf(page);
  await coordinator.evaluate(() => {
    const real = self.Worker;
    Object.assign(self, { ended: 0 });
    self.Worker = class extends real {
      override terminate(): void {
        (self as unknown as { ended: number }).ended++;
        super.terminate();
      }
    };
  });
  return () => coordinator.evaluate(() => (self as unknown as { ended: number }).ended);
}

test("a strip that no canvas can hold is refused at once, in the page too", { tag: "@alone" }, async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  const start = Date.now();
  await visitor.chooseFile(join(dataFolder, "field/strip_8000000x1.png"));
  await expect(visitor.part("status")).toHaveText(
    /The picture has 8000000 × 1 pixels; the limit is 65535 a side\. Cut it/,
  );
  expect(Date.now() - start).toBeLessThan(10_000);
  // The page still works.
  await visitor.chooseDemo("Sign");
});
