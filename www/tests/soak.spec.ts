/**
 * Pictures of random size, format and options, one after another: no wrong size, equal results for
 * equal input, no memory left behind. `pkg-scripts/soak` runs it with a thousand and prints
 * figures.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { makePicture, Random, type MadePicture } from "./random-pictures.ts";
import { command, median, openHost } from "./support.ts";

const count = Number(process.env["SOAK"] ?? 10);
const seed = Number(process.env["SOAK_SEED"] ?? 1);
const isLong = count >= 200;

/** The largest side of a picture, and the largest result. */
const MAX_SIDE = 160;
const MAX_PIXELS = 300_000;

/** Bytes that may come and go between two samples: a picture's own, and those not collected yet. */
const TOLERANCE = 48e6;

const models = ["splitsr-x2", "splitsr-tiny-x2", "splitsr-x3", "srcnn-x2"];

type Target = { scale: number } | { width: number; height: number };

/** A request to the module. */
interface Order {
  /** Base64. */
  bytes: string;
  /** The format to convert the file to before it is read; undefined to read it as it is. */
  as: { type: string; quality: number | undefined } | undefined;
  options: Target & { tile: "auto" | "exact" };
  save: { type: string; quality: number | undefined };
  /** Milliseconds after which the call is cancelled. */
  abortAfter: number | undefined;
}

interface Outcome {
  hash: string;
  /** Sizes of the result and of the saved file. */
  sizes: number[];
}

const written = [
  { type: "image/png", quality: undefined },
  { type: "image/jpeg", quality: 80 },
  { type: "image/webp", quality: undefined },
  { type: "image/webp", quality: 70 },
];

function targetOf(random: Random, { width, height }: MadePicture): Target {
  const maxScale = Math.min(16, Math.max(1, Math.sqrt(MAX_PIXELS / (width * height))));
  const scale = () => Number((1 + ((maxScale - 1) * random.below(1000)) / 1000).toFixed(2));
  if (random.chance(0.7)) return { scale: scale() };
  return { width: Math.round(width * scale()), height: Math.round(height * scale()) };
}

function sizeOf(target: Target, { width, height }: MadePicture): [number, number] {
  if (!("scale" in target)) return [target.width, target.height];
  return [Math.round(width * target.scale), Math.round(height * target.scale)];
}

/** Enlarges in the page. */
async function enlarge(page: Page, order: Order): Promise<Outcome | "aborted"> {
  return page.evaluate(async ({ bytes, as, options, save, abortAfter }) => {
    const upscaler = window.upscaler;
    if (!upscaler) throw new Error("start an upscaler first");
    let blob = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]);
    if (as) blob = await upscaler.encode(await upscaler.inspect(blob), as.type, as.quality);
    const controller = new AbortController();
    if (abortAfter !== undefined) setTimeout(() => controller.abort(), abortAfter);
    let result: Splitsr.UpscaleResult;
    try {
      result = await upscaler.upscale(blob, { ...options, signal: controller.signal });
    } catch (error) {
      if ((error as Error).name === "AbortError") return "aborted";
      throw error;
    }
    const file = await createImageBitmap(await result.blob(save.type, save.quality));
    const sizes = [result.width, result.height, file.width, file.height];
    file.close();
    return { hash: result.report.outputSha256, sizes };
  }, order);
}

/** Bytes that the browser's renderers hold, after a collection of garbage. */
async function rendererMemory(browser: Browser, page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  for (let round = 0; round < 2; round++) await session.send("HeapProfiler.collectGarbage");
  await session.detach();
  const all = await browser.newBrowserCDPSession();
  const { processInfo } = await all.send("SystemInfo.getProcessInfo");
  await all.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return renderers.reduce((sum, { id }) => sum + residentBytes(id), 0);
}

/** 0 where the process has ended. */
function residentBytes(id: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The medians of the second and the last quarter: what is new after the start does not count. */
function plateau(samples: number[]): { before: number; after: number } {
  const quarter = Math.floor(samples.length / 4);
  return { before: median(samples.slice(quarter, 2 * quarter)), after: median(samples.slice(-quarter)) };
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

function counted(kinds: string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, times]) => `${times} ${kind}`).join(", ");
}

test("random pictures by the module", async ({ page, browser, baseURL }) => {
  test.setTimeout(1_200_000 + count * 6_000);
  await openHost(page, baseURL);
  const random = new Random(seed);
  /** Results by model and order, which later runs must repeat. */
  const past: { model: string; order: Order; outcome: Outcome; what: string }[] = [];
  const samples: number[] = [];
  const faults: string[] = [];
  const formats: string[] = [];
  let [done, aborted, repeated] = [0, 0, 0];
  const start = Date.now();
  while (done < count) {
    const settings = { model: random.pick(models), workers: 1 + random.below(3), backend: "cpu" as const };
    await page.evaluate(async (settings) => {
      window.upscaler = await window.splitsr.createUpscaler(settings);
    }, settings);
    const mine = past.filter(({ model }) => model === settings.model);
    for (const until = Math.min(count, done + 5 + random.below(15)); done < until; done++) {
      const earlier = mine.length > 0 && random.chance(0.25) ? random.pick(mine) : undefined;
      if (earlier) {
        const outcome = await enlarge(page, earlier.order);
        repeated++;
        if (outcome === "aborted" || outcome.hash !== earlier.outcome.hash) faults.push(`${earlier.what} differs`);
        continue;
      }
      const made = makePicture(random, MAX_SIDE);
      const as = random.chance(0.4) ? random.pick(written) : undefined;
      const tile = random.pick(["auto", "exact"] as const);
      const options = { ...targetOf(random, made), tile };
      const abortAfter = random.chance(0.1) ? random.below(300) : undefined;
      const order = { bytes: made.bytes.toString("base64"), as, options, save: random.pick(written), abortAfter };
      const what = `picture ${done} (${made.kind}, as ${as?.type ?? "it is"}, ${JSON.stringify({ ...options, ...settings })})`;
      formats.push(as ? as.type.slice("image/".length) : made.extension);
      const outcome = await enlarge(page, order).catch((error: unknown) => {
        faults.push(`${what}: ${String(error)}`);
      });
      if (outcome === "aborted") aborted++;
      if (!outcome || outcome === "aborted") continue;
      const [width, height] = sizeOf(options, made);
      if (String(outcome.sizes) !== String([width, height, width, height])) {
        faults.push(`${what} has ${String(outcome.sizes)} instead of ${width}, ${height}`);
      }
      past.push({ model: settings.model, order: { ...order, abortAfter: undefined }, outcome, what });
    }
    await page.evaluate(() => window.upscaler?.destroy());
    samples.push(await rendererMemory(browser, page));
  }
  const { before, after } = plateau(samples);
  console.log(
    `Module, seed ${seed}: ${count} calls in ${Math.round((Date.now() - start) / 1000)} s: ${counted(formats)}; ` +
      `${aborted} cancelled, ${repeated} repeated, ${faults.length} faults. ` +
      `Renderer: ${isLong ? `${megabytes(before)} in the second quarter, ${megabytes(after)} in the last` : megabytes(samples.at(-1) ?? 0)}, ` +
      `${megabytes(Math.max(...samples))} at most.`,
  );
  expect(faults).toEqual([]);
  if (isLong) expect(after - before).toBeLessThan(TOLERANCE);
});

test("random pictures by the command", async () => {
  const info = test.info();
  test.setTimeout(1_200_000 + count * 4_000);
  const random = new Random(seed);
  const faults: string[] = [];
  const formats: string[] = [];
  const folder = (name: string): string => {
    const path = info.outputPath(name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    return path;
  };
  const run = (args: string[], threads: number) =>
    execFileSync(command(), ["upscale", "--backend", "cpu", ...args], {
      env: { ...process.env, RAYON_NUM_THREADS: String(threads) },
      stdio: ["ignore", "ignore", "pipe"],
    });
  /** Makes a file in one of all formats. */
  const makeFile = (path: string, made: MadePicture): string => {
    const own = `${path}.${made.extension}`;
    writeFileSync(own, made.bytes);
    const extension = random.chance(0.7) ? made.extension : random.pick(["jpg", "webp", "gif"]);
    formats.push(extension);
    if (extension === made.extension) return own;
    run([own, "-o", `${path}.${extension}`, "--scale", "1"], 1);
    rmSync(own);
    return `${path}.${extension}`;
  };
  const hashes = (path: string) =>
    readdirSync(path)
      .toSorted()
      .map(
        (name) =>
          `${name} ${createHash("sha256")
            .update(readFileSync(join(path, name)))
            .digest("hex")}`,
      );

  const start = Date.now();
  const everything: string[] = [];
  let [done, repeated] = [0, 0];
  while (done < count) {
    const [inputs, outputs] = [folder(`in-${done}`), folder("out")];
    const pictures = Array.from({ length: Math.min(count - done, 1 + random.below(20)) }, () => {
      const made = makePicture(random, MAX_SIDE);
      return { made, path: makeFile(join(inputs, `p${done + random.below(1e9)}`), made) };
    });
    const scale = Number((1 + random.below(300) / 100).toFixed(2));
    const args = ["--scale", String(scale), "--model", random.pick(models), "--tile", random.pick(["auto", "exact"])];
    const paths = pictures.map(({ path }) => path);
    run([...paths, "-o", `${outputs}/`, ...args], 1 + random.below(3));
    for (const { made, path } of pictures) {
      const name = path.slice(inputs.length + 1).replace(/\.\w+$/, ".png");
      const file = readFileSync(join(outputs, name));
      const size = [file.readUInt32BE(16), file.readUInt32BE(20)];
      const expected = sizeOf({ scale }, made);
      if (String(size) !== String(expected)) {
        faults.push(`${made.kind} in ${path} has ${String(size)} instead of ${String(expected)} at ${scale}`);
      }
    }
    if (random.chance(0.3)) {
      const again = folder("again");
      run([...paths, "-o", `${again}/`, ...args], 1 + random.below(3));
      repeated += paths.length;
      if (String(hashes(again)) !== String(hashes(outputs))) faults.push(`${inputs}: ${args.join(" ")} differs`);
    }
    everything.push(...paths);
    done += paths.length;
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  // All in one process, whose memory is watched.
  const samples = await watch([...everything, "-o", `${folder("all")}/`, "--model", "splitsr-tiny-x2"]);
  const { before, after } = plateau(samples);
  console.log(
    `Command, seed ${seed}: ${count} pictures in ${seconds} s: ${counted(formats)}; ` +
      `${repeated} repeated, ${faults.length} faults. In one process: ${megabytes(before)} in the second quarter, ` +
      `${megabytes(after)} in the last, ${megabytes(Math.max(...samples))} at most.`,
  );
  expect(faults).toEqual([]);
  if (isLong) expect(after - before).toBeLessThan(TOLERANCE);
});

/** Bytes of the command's process over time. */
async function watch(args: string[]): Promise<number[]> {
  const child = spawn(command(), ["upscale", "--backend", "cpu", ...args], { stdio: "ignore" });
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentBytes(child.pid ?? 0)), 20);
  const status = await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(timer);
  expect(status).toBe(0);
  return samples.filter((bytes) => bytes > 0);
}
