/**
 * Pictures from public bug reports, and other uncommon ones, through the module and the page: the
 * right colours, or a note, or an error in words.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { discOf, field, fieldFile, fromP3, quarters, small, type Expected } from "./field.ts";
import { coordinatorOf, openHost, TINY, Visitor } from "./support.ts";

const ownFile = (name: string) => join(import.meta.dirname, "../../tests/pictures", name);

const white: [number, number, number] = [255, 255, 255];
const black: [number, number, number] = [0, 0, 0];
const grey = [200, 60, 70, 128].map((level): [number, number, number] => [level, level, level]);

/** The usual values as BT.2020 with BT.709's curve has them, in sRGB. */
const from2020: [number, number, number][] = [
  [246, 94, 50],
  [0, 177, 69],
  [47, 105, 204],
  [140, 140, 140],
];

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
  "cicp_hlg.png": { ...small, tolerance: 3, note: /HLG/ },
  "cicp_2020.png": { ...small, pixels: quarters(from2020), tolerance: 2, note: /BT\.2020/ },
  "cicp_grey.png": { size: [64, 48], pixels: quarters(grey), tolerance: 1, note: /Display P3/ },
  "cicp_unknown.png": { ...small, tolerance: 1, note: /of an unknown kind and are taken as sRGB/ },
  "bilevel_reversed.tif": { size: [64, 48], pixels: quarters([white, black, black, white]) },
  "fax3_reversed.tif": { size: [64, 48], pixels: quarters([white, black, black, white]) },
  "fax4_reversed.tif": { size: [64, 48], pixels: quarters([white, black, black, white]) },
  "icc.webp": { size: [64, 48], pixels: quarters(fromP3), tolerance: 1, note: /Display P3/ },
  "icc.bmp": { size: [64, 48], pixels: quarters(fromP3), tolerance: 1, note: /Display P3/ },
  "float16.tif": { ...small, tolerance: 2, note: /linear light/ },
  "float32.tif": { ...small, tolerance: 2, note: /linear light/ },
  // Half of it is transparent, so only its size and its note are checked here.
  "float64_premultiplied.tif": { size: [64, 48], note: /taken as linear light/ },
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

// One upscaler for all files: traces that a file leaves would affect the next one.
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

/** The pixels of a result are opaque, and have the colours that they must have. */
function expectColours(pixels: Required<Expected>["pixels"], got: number[][], tolerance: number): void {
  for (const [index, [, , colour]] of pixels.entries()) {
    const seen = got[index] ?? [];
    const away = Math.max(...colour.map((value, channel) => Math.abs(value - (seen[channel] ?? NaN))));
    expect(away, `${seen.join(" ")} instead of ${colour.join(" ")}`).toBeLessThanOrEqual(tolerance);
    expect(seen[3]).toBe(255);
  }
}

function expectDisc(name: string, rgba: number[]): void {
  const { disc = [NaN, NaN, NaN], tolerance = 0 } = field[name] ?? {};
  const { seen, away } = discOf(rgba, disc);
  expect(seen).toBeGreaterThan(1000);
  expect(away).toBeLessThanOrEqual(tolerance);
}

interface Enlarged {
  size: [number, number];
  pixels: number[][];
  notes: string[];
  error: string;
}

/** The file doubled, and the colours of these pixels. */
function enlarge(source: string | Buffer, at: [number, number][]): Promise<Enlarged> {
  const bytes = (typeof source === "string" ? readFileSync(source) : source).toString("base64");
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
      expectColours(pixels, result.pixels, tolerance);
    });
  }
}

for (const [name, why] of Object.entries(refused)) {
  test(name, async () => {
    expect((await enlarge(ownFile(name), [])).error).toMatch(why);
  });
}

test("transparent pictures keep their colour where it is visible", async () => {
  const all: [number, number][] = Array.from({ length: 128 * 128 }, (_, at) => [at % 128, Math.floor(at / 128)]);
  const { pixels } = await enlarge(fieldFile("premultiplied_alpha.tif"), all);
  expectDisc("premultiplied_alpha.tif", pixels.flat());
});

test("losses of a format are reported, and the file is valid", async () => {
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

/** A box of an ISO base media file. */
function box(kind: string, ...content: (string | number[] | Buffer)[]): Buffer {
  const bytes = content.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(8 + Buffer.concat(bytes).length);
  return Buffer.concat([length, Buffer.from(kind, "latin1"), ...bytes]);
}

/** The header of a HEIC file of 10 bits in Display P3, without the pixels. */
function heic(): Buffer {
  const depth = box("pixi", [0, 0, 0, 0, 3, 10, 10, 10]);
  const colours = box("colr", "nclx", [0, 12, 0, 13, 0, 0, 0x80]);
  const properties = box("iprp", box("ipco", depth, colours));
  return Buffer.concat([box("ftyp", "heic", [0, 0, 0, 0], "mif1heic"), box("meta", [0, 0, 0, 0], properties)]);
}

test("a HEIC file that the browser reads gets the notes of an AVIF file", async () => {
  expect((await enlarge(heic(), [])).error).toMatch(/HEIC/);
  // As in Safari, which gives sRGB.
  await coordinatorOf(page).evaluate(() => {
    const read = self.createImageBitmap.bind(self);
    const decoded = new ImageData(48, 36);
    for (let at = 0; at < decoded.data.length; at += 4) decoded.data.set([215, 93, 31, 255], at);
    const readAll = async (source: ImageBitmapSource, options?: ImageBitmapOptions) => {
      const isHeic = source instanceof Blob && (await source.slice(4, 12).text()) === "ftypheic";
      return read(isHeic ? decoded : source, options);
    };
    Object.assign(self, { createImageBitmap: readAll });
  });
  const result = await enlarge(heic(), [[48, 36]]);
  const avif = await enlarge(fieldFile("display_p3_10bit.avif"), []);
  expect(avif.notes).toHaveLength(2);
  expect(result).toMatchObject({ error: "", size: [96, 72], notes: avif.notes });
  // Its colours are not converted once more.
  expectColours([[48, 36, [215, 93, 31]]], result.pixels, 1);
});

for (const [curve, transfer] of [
  ["PQ", 16],
  ["HLG", 18],
] as const) {
  test(`the curve ${curve} of an AVIF file is named, and grey stays grey`, async () => {
    const file = readFileSync(fieldFile("display_p3_10bit.avif"));
    // After the kind come the primaries, then the transfer function.
    file.writeUInt16BE(transfer, file.indexOf("nclx") + 6);
    const { error, notes, pixels } = await enlarge(file, [[24, 126]]);
    expect(error).toBe("");
    expect(notes.join("; ")).toContain(`Display P3 ${curve}`);
    const [red = NaN, green = NaN, blue = NaN] = pixels[0] ?? [];
    expect(Math.max(Math.abs(red - green), Math.abs(green - blue))).toBeLessThanOrEqual(2);
  });
}

test.describe("the page", () => {
  let visitor: Visitor;

  // One page for all, too.
  test.beforeAll(async ({ browser }) => {
    visitor = new Visitor(await browser.newPage());
    await visitor.open(TINY);
    await visitor.expectState("idle");
  });

  test.afterAll(() => visitor.page.close());

  async function enlargeByHand(name: string): Promise<void> {
    await visitor.chooseFile(fieldFile(name));
    // The file is open, and not the one before.
    await expect(visitor.page.locator("#panel .about b").first()).toHaveText(name.replace(/\.\w+$/, ""));
    await expect(visitor.part("status")).toHaveText(/^Ready/);
    await visitor.run();
  }

  for (const [name, { size, pixels = [], disc, tolerance = 0, note }] of Object.entries(field)) {
    test(name, async () => {
      await enlargeByHand(name);
      expect(await visitor.resultSize()).toEqual(size);
      const said = visitor.page.locator("#panel .about", { hasText: /^Note: / });
      if (note) await expect(said).toHaveText(note);
      else await expect(said).toHaveCount(0);
      expectColours(pixels, await Promise.all(pixels.map(([x, y]) => visitor.resultPixel(x, y))), tolerance);
      if (disc) expectDisc(name, await visitor.resultPixels());
      else expect(await visitor.minAlpha()).toBe(255);
    });
  }

  test("a profile that cannot be used leaves no trace in any format", async () => {
    const name = "icc_without_curves.png";
    const { pixels = [] } = field[name] ?? {};
    await enlargeByHand(name);
    for (const [format, quality] of [["PNG"], ["JPEG"], ["WebP, lossless"], ["WebP", "70"]] as const) {
      await visitor.chooseFormat(format);
      if (quality) {
        await visitor.part("file-quality").fill(quality);
        await visitor.part("file-quality").press("Tab");
      }
      const { bytes } = await visitor.save();
      const got = await visitor.page.evaluate(
        async ({ base64, at }) => {
          const file = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
          const bitmap = await createImageBitmap(file);
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
          context?.drawImage(bitmap, 0, 0);
          return at.map(([x, y]) => Array.from(context?.getImageData(x, y, 1, 1).data ?? []));
        },
        { base64: bytes.toString("base64"), at: pixels.map(([x, y]) => [x, y] as const) },
      );
      expect(pixels.length).toBe(4);
      await test.step(format, () => expectColours(pixels, got, 3));
      expect(bytes.toString("latin1"), format).not.toMatch(/iCCP|ICC_PROFILE|ICCP/);
    }
  });
});
