/** `splitsr.js` as other sites use it, in every browser. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type * as Splitsr from "../../src/module/splitsr.ts";
import { expected, files, refused } from "../awkward.ts";
import { dataFolder } from "../support.ts";
import { rows } from "./field.ts";
import { test, type Visitor } from "./smoke.ts";

declare global {
  interface Window {
    pool: Splitsr.Upscaler;
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
    offer(visitor, "awkward", name);
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
  // The browsers run one after another, and each is held to what the first one found.
  const file = join(info.project.outputDir, "exact.json");
  if (existsSync(file)) expect(hashes).toEqual(JSON.parse(readFileSync(file, "utf8")));
  else writeFileSync(file, JSON.stringify(hashes));
});

test("parts, progress and the report tell of the result", async ({ visitor }) => {
  const seen = await visitor.driver.evaluate(async () => {
    const phases = new Set<string>();
    let area = 0;
    const result = await window.pool.upscale("demo/sign.png", {
      scale: 2,
      onProgress: ({ phase }) => phases.add(phase),
      onPart: ({ imageData }) => (area += imageData.width * imageData.height),
    });
    const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(result.imageData().data));
    const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { phases: [...phases], area, isHashRight: hash === result.report.outputSha256, ...result.report };
  });
  expect(seen).toMatchObject({ phases: ["decode", "enlarge", "finish"], area: 960 * 720, isHashRight: true });
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

/** Puts a file where the module can fetch it. */
function offer({ site }: Visitor, folder: "awkward" | "field", name: string): void {
  site.changed.set(name, readFileSync(join(dataFolder, folder, name)));
}

interface Outcome {
  refusal?: string;
  size?: [number, number];
  leastAlpha?: number;
  notes?: string;
}

/** Enlarges a file twofold. Its pixels stay in `window.pixels`. */
async function enlarge(visitor: Visitor, folder: "awkward" | "field", name: string): Promise<Outcome> {
  offer(visitor, folder, name);
  return visitor.driver.evaluate(async (name) => {
    const blob = await (await fetch(name)).blob();
    try {
      const result = await window.pool.upscale(blob, { scale: 2, signal: AbortSignal.timeout(20_000) });
      const { data } = (window.pixels = result.imageData());
      let leastAlpha = 255;
      for (let index = 3; index < data.length; index += 4) leastAlpha = Math.min(leastAlpha, data[index] ?? 255);
      return { size: [result.width, result.height], leastAlpha, notes: result.report.notes.join(" ") };
    } catch (error) {
      if (!(error instanceof window.splitsr.UpscaleError)) throw error;
      return { refusal: error.message };
    }
  }, name);
}

declare global {
  interface Window {
    /** The last result. */
    pixels: ImageData;
  }
}

test("every awkward file is enlarged, or refused in words", async ({ visitor }) => {
  for (const name of files) {
    await test.step(name, async () => {
      const { refusal, size, leastAlpha = 255, notes } = await enlarge(visitor, "awkward", name);
      const why = refused[name];
      if (why) {
        expect.soft(refusal ?? `${name} is enlarged`).toMatch(why);
        return;
      }
      expect.soft(refusal, name).toBeUndefined();
      const row = expected[name] ?? {};
      if (row.size) expect.soft(size, name).toEqual(row.size);
      if (row.note) expect.soft(notes, name).toMatch(row.note);
      expect.soft(leastAlpha < 255, `${name} is transparent`).toBe(row.transparent ?? false);
    });
  }
});

for (const [name, row] of Object.entries(rows)) {
  test(`field file ${name}`, async ({ visitor }) => {
    test.fixme(row.open !== undefined, row.open);
    const { refusal, size, notes } = await enlarge(visitor, "field", name);
    if (refusal !== undefined && row.mayRefuse) {
      expect(refusal).toMatch(row.mayRefuse);
      return;
    }
    expect(refusal).toBeUndefined();
    if (row.size) expect(size).toEqual(row.size);
    if (row.note) expect(notes).toMatch(row.note);
    for (const [x, y, ...colour] of row.pixels ?? []) {
      const seen = await visitor.driver.evaluate(
        ({ x, y }) => Array.from(window.pixels.data.slice(4 * (y * window.pixels.width + x)).slice(0, 3)),
        { x, y },
      );
      const off = Math.max(...colour.map((value, channel) => Math.abs(value - (seen[channel] ?? NaN))));
      expect(off, `${seen.join()} at ${x}, ${y} instead of ${colour.join()}`).toBeLessThanOrEqual(row.within ?? 0);
    }
    if (row.colour) {
      const off = await visitor.driver.evaluate((colour) => {
        const { data } = window.pixels;
        let off = 0;
        for (let index = 0; index < data.length; index += 4) {
          if ((data[index + 3] ?? 0) <= 100) continue;
          for (const [channel, value] of colour.entries())
            off = Math.max(off, Math.abs(value - (data[index + channel] ?? 0)));
        }
        return off;
      }, row.colour);
      expect(off).toBeLessThanOrEqual(row.within ?? 0);
    }
    if (row.jpegWithMetadata) {
      const jpegSize = await visitor.driver.evaluate(async (name) => {
        const metadataOf = await (await fetch(name)).blob();
        const result = await window.pool.upscale(metadataOf, { scale: 2 });
        const { width, height } = await createImageBitmap(await result.blob("image/jpeg", 90, { metadataOf }));
        return [width, height];
      }, name);
      expect(jpegSize).toEqual(row.size);
    }
  });
}
