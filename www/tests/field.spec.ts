/**
 * Pictures that public bug reports tell of, and other uncommon ones, through the module: the right
 * colours, or a note, or an error in words.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { field, fieldFile, fromP3, quarters, small, type Expected } from "./field.ts";
import { openHost } from "./support.ts";

const ownFile = (name: string) => join(import.meta.dirname, "../../tests/pictures", name);

/** The page has to choose whose decoder reads these, so that nothing is lost. */
const own: Record<string, Expected> = {
  "rgb_ids.jpg": { ...small, tolerance: 3 },
  "rgb_adobe.jpg": { ...small, tolerance: 3 },
  "no_end.jpg": { ...small, tolerance: 3, note: /end marker is missing/ },
  "cut_with_end.jpg": { size: [64, 48], note: /a part of the file is missing/ },
  "progressive_cut_with_end.jpg": { size: [64, 48], note: /a part of the file is missing/ },
  "hole_before_restart.jpg": { size: [64, 48], note: /a part of the file is missing/ },
  "cicp_p3.png": { size: [64, 48], pixels: quarters(fromP3), tolerance: 1, note: /Display P3/ },
  "chrm_p3.png": { size: [64, 48], pixels: quarters(fromP3), tolerance: 3, note: /kept as a colour profile/ },
  "chrm_srgb.png": { ...small, tolerance: 1 },
  "cicp_pq16.png": { ...small, tolerance: 2, note: /PQ/ },
  "icc.webp": { size: [64, 48], pixels: quarters(fromP3), tolerance: 1, note: /Display P3/ },
  "icc.bmp": { size: [64, 48], pixels: quarters(fromP3), tolerance: 1, note: /Display P3/ },
  "float32.tif": { ...small, tolerance: 2, note: /linear light/ },
};

const refused: Record<string, RegExp> = {
  "bits12.jpg": /uncommon kind \(with 12 bits\)/,
  "cut_in_the_scan.jpg": /cut short/,
  "iphone.png": /uncommon kind/,
  "raw.dng": /raw file/,
};

// Planning of the strip has a test of its own.
const fieldFiles = readdirSync(fieldFile(".")).filter((name) => !/README|strip/.test(name));

test("each file of the folder has a row", () => {
  expect(Object.keys(field).toSorted()).toEqual(fieldFiles.toSorted());
});

test.describe.configure({ mode: "default" });

let page: Page;

// One upscaler for all: what a file leaves behind is the next one's trouble.
test.beforeAll(async ({ browser, baseURL }) => {
  page = await browser.newPage();
  await openHost(page, baseURL);
  await page.evaluate(async () => {
    Object.assign(window, {
      upscaler: await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2", backend: "cpu" }),
    });
  });
});

test.afterAll(() => page.close());

interface Enlarged {
  size: [number, number];
  pixels: number[][];
  notes: string[];
  error: string;
}

/** The file doubled, and the colours of these pixels. */
function enlarge(path: string, at: [number, number][]): Promise<Enlarged> {
  const bytes = readFileSync(path).toString("base64");
  return page.evaluate(
    async ({ bytes, at }) => {
      const { upscaler } = window as unknown as { upscaler: Awaited<ReturnType<typeof window.splitsr.createUpscaler>> };
      const file = new Blob([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))]);
      try {
        const result = await upscaler.upscale(file, { scale: 2 });
        const { width, height, report } = result;
        const { data } = result.imageData();
        const pixels = at.map(([x, y]) => Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)));
        return { size: [width, height] as [number, number], pixels, notes: report.notes, error: "" };
      } catch (error) {
        return { size: [0, 0] as [number, number], pixels: [], notes: [], error: (error as Error).message };
      }
    },
    { bytes, at },
  );
}

for (const [rows, fileOf] of [
  [field, fieldFile],
  [own, ownFile],
] as const) {
  for (const [name, { size, pixels = [], tolerance = 0, note }] of Object.entries(rows)) {
    test(name, async () => {
      const result = await enlarge(
        fileOf(name),
        pixels.map(([x, y]) => [x, y]),
      );
      expect(result.error).toBe("");
      expect(result.size).toEqual(size);
      if (note) expect(result.notes.join("; ")).toMatch(note);
      else expect(result.notes).toEqual([]);
      for (const [index, [, , colour]] of pixels.entries()) {
        const got = result.pixels[index] ?? [];
        const away = Math.max(...colour.map((value, channel) => Math.abs(value - (got[channel] ?? NaN))));
        expect(away, `${got.join(" ")} instead of ${colour.join(" ")}`).toBeLessThanOrEqual(tolerance);
        expect(got[3]).toBe(255);
      }
    });
  }
}

for (const [name, why] of Object.entries(refused)) {
  test(name, async () => {
    expect((await enlarge(ownFile(name), [])).error).toMatch(why);
  });
}

test("what is transparent keeps its colour where it is seen", async () => {
  const all: [number, number][] = Array.from({ length: 128 * 128 }, (_, at) => [at % 128, Math.floor(at / 128)]);
  const { pixels } = await enlarge(fieldFile("premultiplied_alpha.tif"), all);
  const seen = pixels.filter(([, , , alpha = 0]) => alpha > 100);
  expect(seen.length).toBeGreaterThan(1000);
  const away = ([red = 0, green = 0, blue = 0]: number[]) =>
    Math.max(Math.abs(red - 255), Math.abs(green - 128), Math.abs(blue));
  // 4 levels before enlarging, and what the network adds at the soft edge.
  expect(Math.max(...seen.map(away))).toBeLessThanOrEqual(8);
});

test("what a format cannot hold is told, and the file is valid", async () => {
  const png = readFileSync(fieldFile("exif_66k.png")).toString("base64");
  const { notes, size, exif } = await page.evaluate(async (png) => {
    const { upscaler } = window as unknown as { upscaler: Awaited<ReturnType<typeof window.splitsr.createUpscaler>> };
    const file = new Blob([Uint8Array.from(atob(png), (char) => char.charCodeAt(0))], { type: "image/png" });
    const result = await upscaler.upscale(file, { scale: 2 });
    const notes: string[] = [];
    const blob = await result.blob("image/jpeg", 90, { metadataOf: file, onNote: (note) => notes.push(note) });
    const { width, height } = await createImageBitmap(blob);
    const text = new TextDecoder("latin1").decode(await blob.arrayBuffer());
    return { notes, size: [width, height], exif: text.includes("Exif\0\0") };
  }, png);
  expect(notes.join("; ")).toContain("a JPEG holds at most 64 KB");
  expect(size).toEqual([48, 32]);
  expect(exif).toBe(false);
});
