/**
 * How long the package takes for a PNG of one megapixel in Node, and in Chromium: new processes
 * take turns, so that other work of the machine affects both. `npm run measure node` prints the
 * medians and the ratios. It needs the package in `lib`.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test, type Browser } from "@playwright/test";
import type * as Splitsr from "../../src/package/splitsr.ts";
import { run } from "../packages/project.ts";
import { serve } from "../packages/serve.ts";
import { median } from "../support.ts";

const www = resolve(import.meta.dirname, "../..");
const size = { width: 1152, height: 864 };
const turns = 5;

interface Measured {
  /** Milliseconds: with the engine's start, with the engine there, and for the result's PNG. */
  first: number;
  next: number;
  file: number;
  workers: number;
  instructionSet: string;
  hash: string;
}

/** With the processor's time for the whole turn, which depends less on the machine's other work. */
interface Turn extends Measured {
  processor: number;
}

/** For both: it is carried there as text. */
async function measure({ createUpscaler }: typeof Splitsr, png: ArrayBuffer, workers: number): Promise<Measured> {
  const start = performance.now();
  const upscaler = await createUpscaler({ workers, backend: "cpu" });
  await upscaler.upscale(png, { scale: 2 });
  const engineIsThere = performance.now();
  const result = await upscaler.upscale(png, { scale: 2 });
  const isDone = performance.now();
  await result.blob("image/png");
  const isWritten = performance.now();
  const { workers: tookPart, instructionSet, outputSha256: hash } = result.report;
  upscaler.destroy();
  return {
    first: engineIsThere - start,
    next: isDone - engineIsThere,
    file: isWritten - isDone,
    workers: tookPart,
    instructionSet,
    hash,
  };
}

/** The call, as text. */
const call = (module: string, bytes: string, workers: number) =>
  `(${String(measure)})(await import(${JSON.stringify(module)}), ${bytes}, ${workers})`;

async function inNode(file: string, workers: number): Promise<Turn> {
  const bytes = `new Uint8Array(readFileSync(${JSON.stringify(file)})).buffer`;
  const script = `import { readFileSync } from "node:fs";
    const measured = await ${call(pathToFileURL(join(www, "lib/node.js")).href, bytes, workers)};
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ ...measured, processor: (user + system) / 1000 }));`;
  return JSON.parse(await run(process.execPath, ["--input-type=module", "--eval", script], www)) as Turn;
}

/** Milliseconds that the processor has worked for the browser's pages. */
async function processorTime(browser: Browser): Promise<number> {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === "renderer" ? cpuTime * 1000 : 0), 0);
}

async function inBrowser(browser: Browser, url: string, workers: number): Promise<Turn> {
  const before = await processorTime(browser);
  const page = await browser.newPage();
  await page.goto(`${url}host.html`);
  const bytes = `await (await fetch("/picture.png")).arrayBuffer()`;
  const measured = await page.evaluate<Measured>(`(async () => ${call("/lib/splitsr.js", bytes, workers)})()`);
  const processor = (await processorTime(browser)) - before;
  await page.close();
  return { ...measured, processor };
}

test("a megapixel in Node and in Chromium", async ({ browser }, info) => {
  const folder = info.outputPath();
  const host = await serve([www, folder, join(www, "public/demo")], {
    pages: { "/host.html": "<!doctype html><title>Host</title>" },
  });
  const page = await browser.newPage();
  await page.goto(`${host.url}host.html`);
  const picture = await page.evaluate(async ({ width, height }) => {
    const bitmap = await createImageBitmap(await (await fetch("fur.png")).blob());
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
    const blob = await canvas.convertToBlob();
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, size);
  await page.close();
  const file = info.outputPath("picture.png");
  writeFileSync(file, new Uint8Array(picture));

  const lines = [
    "| | workers | Node | Chromium | ratio, median of the turns | of each turn |",
    "|---|--:|--:|--:|--:|---|",
  ];
  const loads: number[] = [];
  // Fused multiply-add rounds differently.
  const hashes = new Map<string, Set<string>>();
  for (const workers of [1, 2]) {
    const found: { node: Turn; chromium: Turn }[] = [];
    for (let turn = 0; turn < turns; turn++) {
      loads.push(loadavg()[0] ?? NaN);
      const node = await inNode(file, workers);
      const chromium = await inBrowser(browser, host.url, workers);
      found.push({ node, chromium });
      for (const { hash, workers: tookPart, instructionSet } of [node, chromium]) {
        hashes.set(instructionSet, (hashes.get(instructionSet) ?? new Set()).add(hash));
        expect(tookPart).toBe(workers);
      }
    }
    const sets = found.map(({ node, chromium }) => `${node.instructionSet} in Node, ${chromium.instructionSet}`);
    console.log(`${workers} workers: ${[...new Set(sets)].join("; ")} in Chromium`);
    for (const [title, time] of [
      ["first picture, with the start", ({ first }: Turn) => first],
      ["next picture", ({ next }: Turn) => next],
      ["next picture, to a PNG file", ({ next, file }: Turn) => next + file],
      ["processor time of all this", ({ processor }: Turn) => processor],
    ] as const) {
      const seconds = (name: "node" | "chromium") =>
        `${(median(found.map((one) => time(one[name]))) / 1000).toFixed(2)} s`;
      const ratios = found.map(({ node, chromium }) => time(node) / time(chromium));
      const all = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
      lines.push(
        `| ${title} | ${workers} | ${seconds("node")} | ${seconds("chromium")} | ${median(ratios).toFixed(2)} | ${all} |`,
      );
    }
  }
  host.stop();
  const load = [Math.min(...loads), Math.max(...loads)].map((value) => value.toFixed(1)).join(" to ");
  console.log(`\nNode ${process.version}, Chromium ${browser.version()}; load ${load}.\n\n${lines.join("\n")}\n`);
  for (const same of hashes.values()) expect(same.size).toBe(1);
});
