/** `splitsr.js` as other sites use it, in every browser. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "@playwright/test";
import type * as Splitsr from "../../src/module/splitsr.ts";
import { colourName, decode, difference, exifCorners, expected, files, original, refused, shown } from "../awkward.ts";
import { discOf, field, fieldFile } from "../field.ts";
import { awkwardFile } from "../support.ts";
import { test, type Visitor } from "./smoke.ts";

declare global {
  interface Window {
    pool: Splitsr.Upscaler;
    /** The last result. */
    pixels: ImageData;
  }
}

test.beforeEach(async ({ visitor }) => {
  await visitor.openHost();
  await visitor.driver.evaluate(async () => {
    window.pool = await window.splitsr.createUpscaler({ workers: 2 });
  });
});

test("the exact result has the same hash in every browser, with any number of workers", async ({ visitor }, info) => {
  for (const name of ["rgba16.png", "display_p3.png", "lossless_alpha.webp", "chroma420.jpg"])
    offer(visitor, awkwardFile(name));
  const hashes = await visitor.driver.evaluate(async () => {
    const hashes: Record<string, string[]> = {};
    for (const [name, model, scale, ...counts] of [
      ["demo/fur.png", "splitsr-x2", 1.7, 1, 3],
      ["rgba16.png", "splitsr-x4", 4, 2],
      ["display_p3.png", "splitsr-x3", 2.9, 2],
      ["lossless_alpha.webp", "splitsr-x2", 2, 2],
      ["chroma420.jpg", "splitsr-x2", 2, 2],
    ] as const) {
      for (const workers of counts) {
        const upscaler = await window.splitsr.createUpscaler({ model, workers, backend: "cpu" });
        // Browsers decode JPEG with differences of a level or two; our decoder has none.
        const picture = await upscaler.inspect(await (await fetch(name)).blob(), { decoder: "own" });
        const { report } = await upscaler.upscale(picture, { scale, tile: "exact" });
        upscaler.destroy();
        (hashes[name] ??= []).push(report.outputSha256);
      }
    }
    return hashes;
  });
  for (const [name, [first = "", ...others]] of Object.entries(hashes)) {
    expect(first, name).toMatch(/^[0-9a-f]{64}$/);
    for (const other of others) expect(other, name).toBe(first);
  }
  // The browsers run one after another, and each must agree with the first one.
  const file = join(info.project.outputDir, "exact.json");
  if (existsSync(file)) expect(hashes).toEqual(JSON.parse(readFileSync(file, "utf8")));
  else writeFileSync(file, JSON.stringify(hashes));
});

test("parts, progress and the report tell of the result", async ({ visitor }) => {
  const seen = await visitor.driver.evaluate(async () => {
    const phases = new Set<string>();
    let area = 0;
    const result = await window.pool.upscale("demo/fur.png", {
      scale: 2,
      onProgress: ({ phase }) => phases.add(phase),
      onPart: ({ imageData }) => (area += imageData.width * imageData.height),
    });
    const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(result.imageData().data));
    const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { phases: [...phases], area, isHashRight: hash === result.report.outputSha256, ...result.report };
  });
  expect(seen).toMatchObject({ phases: ["decode", "enlarge", "finish"], area: 744 * 560, isHashRight: true });
  expect(seen).toMatchObject({ backend: "cpu", model: "splitsr-x2", notes: [] });
});

test("a signal cancels, and the upscaler takes the next picture", async ({ visitor }) => {
  const seen = await visitor.driver.evaluate(async () => {
    const abort = new AbortController();
    const options = { scale: 4, signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) };
    const outcome = await window.pool.upscale("demo/sign.png", options).then(() => "finished", String);
    const { width, height } = await window.pool.upscale("demo/fur.png", { scale: 1.5 });
    return [outcome, width, height];
  });
  expect(seen).toEqual(["Error: enough", 558, 420]);
});

test("the element shows the enlarged picture", async ({ visitor }) => {
  const seen = await visitor.driver.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const zoom = document.createElement("splitsr-zoom");
        for (const [name, value] of Object.entries({ src: "demo/fur.png", scale: "2", alt: "A dog" }))
          zoom.setAttribute(name, value);
        zoom.addEventListener("splitsr-error", (event) => reject((event as CustomEvent<Error>).detail));
        zoom.addEventListener("splitsr-done", () => {
          const canvas = zoom.shadowRoot?.querySelector("canvas");
          resolve([canvas?.width, canvas?.height, canvas?.hidden, canvas?.ariaLabel]);
        });
        document.body.append(zoom);
      }),
  );
  expect(seen).toEqual([744, 560, false, "A dog"]);
});

/** Puts a file where the module can fetch it, under its own name. */
function offer({ site }: Visitor, path: string): void {
  site.changed.set(basename(path), readFileSync(path));
}

interface Outcome {
  refusal?: string;
  size?: [number, number];
  minAlpha?: number;
  notes?: string;
}

/** Enlarges a file twofold. Its pixels stay in `window.pixels`. */
async function enlarge(visitor: Visitor, path: string): Promise<Outcome> {
  offer(visitor, path);
  return visitor.driver.evaluate(async (name) => {
    const blob = await (await fetch(name)).blob();
    try {
      const result = await window.pool.upscale(blob, { scale: 2, signal: AbortSignal.timeout(120_000) });
      const { data } = (window.pixels = result.imageData());
      let minAlpha = 255;
      for (let index = 3; index < data.length; index += 4) minAlpha = Math.min(minAlpha, data[index] ?? 255);
      return { size: [result.width, result.height], minAlpha, notes: result.report.notes.join(" ") };
    } catch (error) {
      if (!(error instanceof window.splitsr.UpscaleError)) throw error;
      return { refusal: error.message };
    }
  }, basename(path));
}

/** A pixel's red, green and blue. */
function pixel(visitor: Visitor, x: number, y: number): Promise<number[]> {
  return visitor.driver.evaluate(
    ({ x, y }) => Array.from(window.pixels.data.slice(4 * (y * window.pixels.width + x)).slice(0, 3)),
    { x, y },
  );
}

/** RGBA of all pixels. */
async function pixels({ driver }: Visitor): Promise<number[]> {
  const text = await driver.evaluate(() => JSON.stringify(Array.from(window.pixels.data)));
  return JSON.parse(text) as number[];
}

test("every awkward file is enlarged, or refused in words", async ({ visitor }) => {
  for (const name of files) {
    await test.step(name, async () => {
      const { refusal, size, minAlpha = 255, notes } = await enlarge(visitor, awkwardFile(name));
      const why = refused[name];
      if (why) {
        expect.soft(refusal ?? `${name} is enlarged`).toMatch(why);
        return;
      }
      expect.soft(refusal, name).toBeUndefined();
      const row = expected(name);
      expect.soft(size, name).toEqual(row.size);
      expect.soft(notes ?? "", name).toMatch(row.note ?? /^$/);
      expect.soft(minAlpha < 255, `${name} is transparent`).toBe(row.transparent);
      const { tolerance, made } = shown[name] ?? {};
      if (tolerance) {
        const picture = await visitor.driver.evaluate(decode, original(name));
        const away = difference({ width: row.size[0], rgba: await pixels(visitor) }, picture, made);
        expect.soft(away, `the colours of ${name}`).toBeLessThanOrEqual(tolerance);
      }
      if (!name.startsWith("exif_orientation")) return;
      for (const [x, y, colour] of exifCorners) {
        expect.soft(colourName(await pixel(visitor, x, y)), `${name}, the ${colour} corner`).toBe(colour);
      }
    });
  }
});

test("every file of public bug reports has the right colours and notes", async ({ visitor }) => {
  for (const [name, { size, pixels: expectedPixels = [], disc, tolerance = 0, note = /^$/ }] of Object.entries(field)) {
    await test.step(name, async () => {
      const result = await enlarge(visitor, fieldFile(name));
      expect.soft(result.refusal, name).toBeUndefined();
      expect.soft(result.size, name).toEqual(size);
      expect.soft(result.notes ?? "", name).toMatch(note);
      for (const [x, y, colour] of expectedPixels) {
        const seen = await pixel(visitor, x, y);
        const away = Math.max(...colour.map((value, channel) => Math.abs(value - (seen[channel] ?? NaN))));
        expect.soft(away, `${name}: ${seen.join(" ")} instead of ${colour.join(" ")}`).toBeLessThanOrEqual(tolerance);
      }
      if (disc) {
        const { seen, away } = discOf(await pixels(visitor), disc);
        expect.soft(seen, name).toBeGreaterThan(1000);
        expect.soft(away, name).toBeLessThanOrEqual(tolerance);
      }
    });
  }
  // No browser holds so wide a picture.
  expect((await enlarge(visitor, fieldFile("strip_8000000x1.png"))).refusal).toContain("16000000 × 2 pixels");
});
