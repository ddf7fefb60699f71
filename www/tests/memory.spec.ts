/**
 * The memory that enlarging takes beside the source, the result and the weights, measured by the operating system: what the page's process holds.
 * `MEMORY_TABLE=1 npx playwright test memory.spec.ts` measures the table of docs/benchmarks.md, which takes some minutes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { dataFolder, openHost, Visitor } from "./support.ts";
import { weightsFile } from "./weights.ts";

/** README.md promises this. */
const BOUND = 512;

interface Case {
  workers: number;
  width: number;
  height: number;
  scale: 2 | 4;
  tile: "auto" | "exact";
}

interface Measured {
  /** Megabytes at the peak, more than before. */
  peak: number;
  /** Megabytes at the peak without the source and the result as RGBA. */
  beside: number;
  seconds: number;
  /** That took part. */
  workers: number;
  hash: string;
}

/** Megabytes that the browser's pages take, shared ones by their share. */
async function held(page: Page): Promise<() => number> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send("SystemInfo.getProcessInfo")) ?? { processInfo: [] };
  const ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  if (ids.length === 0) throw new Error("Chromium names no page's process");
  return () => {
    const kilobytes = (id: number) =>
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1]);
    return (ids.reduce((sum, id) => sum + kilobytes(id), 0) * 1024) / 1e6;
  };
}

async function measure(page: Page, { workers, width, height, scale, tile }: Case): Promise<Measured> {
  const upscaler = await page.evaluateHandle(
    async ({ workers, model }) => {
      const upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu", workers });
      // The engine and its workers are there before the picture is.
      await upscaler.upscale(new ImageData(8, 8), { scale: 2 });
      return upscaler;
    },
    { workers, model: `splitsr-x${scale}` },
  );
  const file = await page.evaluateHandle(
    async ({ width, height }) => {
      const bitmap = await createImageBitmap(await (await fetch("demo/fur.png")).blob());
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
      return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    },
    { width, height },
  );
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const now = await held(page);
  const before = now();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, now())), 50);
  const report = await upscaler
    .evaluate(
      async (upscaler, { file, scale, tile }) => {
        // Parts are taken, as the page does.
        const result = await upscaler.upscale(file, { scale, tile, onPart: () => undefined });
        return result.report;
      },
      { file, scale, tile },
    )
    .finally(() => clearInterval(timer));
  await upscaler.evaluate((upscaler) => upscaler.destroy());
  const pictures = (4 * width * height * (1 + scale * scale)) / 1e6;
  return {
    peak: peak - before,
    beside: peak - before - pictures,
    seconds: report.milliseconds / 1e3,
    workers: report.workers,
    hash: report.outputSha256,
  };
}

test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

test("the estimate is bounded for any number of workers", async ({ page }) => {
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
  expect(Math.max(...outcome), outcome.join(", ")).toBeLessThan(BOUND);
});

test("workers that hold the memory of other tiles are ended before larger ones begin", async ({ page }) => {
  // Without a measured halo, a large picture's tiles are larger than a small one's.
  const model = weightsFile("edsr-small-x2", { unmeasured: true });
  await page.evaluate(async (base64) => {
    const model = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
    window.upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu", workers: 8 });
  }, model);
  const [coordinator] = page.workers();
  if (!coordinator) throw new Error("there is no coordinator worker");
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
  const run = async (width: number, height: number) => {
    const workers = await page.evaluate(
      async ([width, height]) => {
        const result = await window.upscaler?.upscale(new ImageData(width, height), { scale: 2 });
        return result?.report.workers ?? 0;
      },
      [width, height] as const,
    );
    return { workers, ended: await coordinator.evaluate(() => (self as unknown as { ended: number }).ended) };
  };
  const small = await run(700, 500);
  const large = await run(1600, 1200);
  expect(small.ended).toBe(0);
  expect(large.workers).toBeLessThan(small.workers);
  expect(large.ended).toBeGreaterThan(0);
});

test("a strip that no canvas can hold is refused at once, in the page too", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  const start = Date.now();
  await visitor.chooseFile(join(dataFolder, "field/strip_8000000x1.png"));
  await expect(visitor.part("status")).toHaveText(
    /The picture has 8000000 × 1 pixels; a browser can show at most 65535 a side\. Cut it/,
  );
  expect(Date.now() - start).toBeLessThan(10_000);
  // The page goes on.
  await visitor.chooseDemo("Sign");
});

test("the table of docs/benchmarks.md", async ({ page }) => {
  test.skip(
    !process.env["MEMORY_TABLE"],
    "it takes minutes, and needs a system that tells of a process's memory in /proc",
  );
  test.setTimeout(3_600_000);
  const lines = ["| picture | workers | took part | peak | beside | seconds |", "|---|--:|--:|--:|--:|--:|"];
  const hashes = new Map<string, Set<string>>();
  const large = { width: 4000, height: 3000, tile: "auto" } as const;
  const small = { width: 900, height: 700, scale: 4, workers: 8 } as const;
  const cases: Case[] = [
    ...([2, 4] as const).flatMap((scale) => [1, 2, 4, 8].map((workers) => ({ ...large, scale, workers }))),
    ...(["auto", "exact"] as const).map((tile) => ({ ...small, tile })),
  ];
  for (const one of cases) {
    const { peak, beside, seconds, workers, hash } = await measure(page, one);
    const picture = `${one.width}x${one.height}, x${one.scale}, ${one.tile}`;
    const megabytes = [peak, beside].map((value) => `${Math.round(value)} MB`).join(" | ");
    lines.push(`| ${picture} | ${one.workers} | ${workers} | ${megabytes} | ${seconds.toFixed(1)} |`);
    console.log(lines.at(-1));
    hashes.set(picture, (hashes.get(picture) ?? new Set()).add(hash));
    expect.soft(beside).toBeLessThan(BOUND);
    // It is measured at all: a tile alone takes tens of megabytes.
    expect.soft(beside).toBeGreaterThan(20);
    if (one.workers > 1) expect.soft(workers).toBeGreaterThan(1);
  }
  console.log(lines.join("\n"));
  for (const same of hashes.values()) expect(same.size).toBe(1);
});
