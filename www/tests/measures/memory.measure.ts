/**
 * The memory that enlarging takes beside the source, the result and the weights, measured by the
 * operating system: what the page's process holds. `npm run measure -- memory` prints tables of it,
 * which takes many minutes and needs /proc; with `-g profile` only the one of pictures with a
 * colour profile.
 */
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { awkwardFile, MEMORY_BOUND, openHost } from "../support.ts";

interface Case {
  workers: number;
  width: number;
  height: number;
  scale: 2 | 4;
  tile: "auto" | "exact";
  /** The segment of a JPEG with a colour profile, in base64; empty for a file without. */
  profile: string;
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

async function measure(page: Page, { workers, width, height, scale, tile, profile }: Case): Promise<Measured> {
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
    async ({ width, height, profile }) => {
      const bitmap = await createImageBitmap(await (await fetch("demo/fur.png")).blob());
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      const view = new DataView(await blob.arrayBuffer());
      const [START_OF_SCAN, APP2] = [0xffda, 0xffe2];
      // After the start marker.
      let at = 2;
      const parts: BlobPart[] = [blob.slice(0, at), Uint8Array.from(atob(profile), (char) => char.charCodeAt(0))];
      while (view.getUint16(at) !== START_OF_SCAN) {
        const end = at + 2 + view.getUint16(at + 2);
        // Chromium adds a profile of its own, for sRGB.
        if (view.getUint16(at) !== APP2) parts.push(blob.slice(at, end));
        at = end;
      }
      return new Blob([...parts, blob.slice(at)]);
    },
    { width, height, profile },
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

const large = { width: 4000, height: 3000, tile: "auto" } as const;
const small = { width: 900, height: 700, scale: 4, workers: 8, profile: "" } as const;
const all = (profile: string): Case[] =>
  ([2, 4] as const).flatMap((scale) => [1, 2, 4, 8].map((workers) => ({ ...large, scale, workers, profile })));

/** The colour profile of the file, as the segment of a JPEG. */
function profileOf(name: string): string {
  const file = readFileSync(awkwardFile(name));
  const start = file.indexOf("ICC_PROFILE\0") - 4;
  return file.subarray(start, start + 2 + file.readUInt16BE(start + 2)).toString("base64");
}

for (const [title, cases] of Object.entries({
  "12 megapixels": all(""),
  "12 megapixels with a colour profile": all(profileOf("display_p3.jpg")),
  "small tiles": (["auto", "exact"] as const).map((tile) => ({ ...small, tile })),
})) {
  test(title, async ({ browser, baseURL }) => {
    test.setTimeout(3_600_000);
    const lines = [
      "| picture | zoom | tiles | workers | took part | peak | beside source and result | seconds |",
      "|---|--:|---|--:|--:|--:|--:|--:|",
    ];
    const hashes = new Map<string, Set<string>>();
    for (const one of cases) {
      // In a new process, which holds nothing from the previous case.
      const page = await browser.newPage();
      await openHost(page, baseURL);
      const { peak, beside, seconds, workers, hash } = await measure(page, one).finally(() => page.close());
      const profile = one.profile && ", Display P3";
      const picture = `| ${one.width}x${one.height}${profile} | x${one.scale} | ${one.tile}`;
      const megabytes = [peak, beside].map((value) => `${Math.round(value)} MB`).join(" | ");
      lines.push(`${picture} | ${one.workers} | ${workers} | ${megabytes} | ${seconds.toFixed(1)} |`);
      console.log(lines.at(-1));
      hashes.set(picture, (hashes.get(picture) ?? new Set()).add(hash));
      expect.soft(beside).toBeLessThan(MEMORY_BOUND);
      // Checks that memory is measured at all: a tile alone takes tens of megabytes.
      expect.soft(beside).toBeGreaterThan(20);
      if (one.workers > 1) expect.soft(workers).toBeGreaterThan(1);
    }
    console.log(`\n${lines.join("\n")}\n`);
    for (const same of hashes.values()) expect(same.size).toBe(1);
  });
}
