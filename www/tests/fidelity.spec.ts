/** Colours, alpha, depth and metadata of a file, read again from the bytes that a visitor saves. */
import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { expect, test, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { fieldFile } from "./field.ts";
import {
  jpegProfile,
  jpegSegments,
  orientation,
  pngChunk,
  pngChunks,
  pngProfile,
  pngSamples,
  riffChunks,
} from "./file-parts.ts";
import { awkwardFile, noise, Visitor } from "./support.ts";

let visitor: Visitor;

test.beforeEach(({ page }) => {
  visitor = new Visitor(page);
});

async function open(): Promise<void> {
  await visitor.open();
  await visitor.expectState("idle");
}

async function enlarge(file: Parameters<Visitor["chooseFile"]>[0]): Promise<void> {
  await visitor.chooseFile(file);
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await visitor.run();
}

/** The file of the result in this format. */
async function saved(format: string, quality?: number): Promise<Buffer> {
  await visitor.chooseFormat(format);
  if (quality !== undefined) {
    await visitor.part("file-quality").fill(String(quality));
    await visitor.part("file-quality").press("Tab");
  }
  return (await visitor.save()).bytes;
}

/** RGBA as the browser reads it, its values untouched by a profile. */
async function pixelsOf(page: Page, file: Buffer): Promise<Buffer> {
  const base64 = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]), {
      premultiplyAlpha: "none",
      colorSpaceConversion: "none",
    });
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const { data } = context?.getImageData(0, 0, width, height) ?? { data: [] };
    return btoa(Array.from(data, (value) => String.fromCharCode(value)).join(""));
  }, file.toString("base64"));
  return Buffer.from(base64, "base64");
}

/** The mean difference of colours as seen on white, in levels, and the largest of alpha. */
function apart(a: Buffer, b: Buffer): { colours: number; alpha: number } {
  expect(a.length).toBe(b.length);
  let sum = 0;
  let alpha = 0;
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    const last = at | 3;
    if (at === last) alpha = Math.max(alpha, Math.abs(x - y));
    else sum += Math.abs(((x - 255) * (a[last] ?? 0)) / 255 - ((y - 255) * (b[last] ?? 0)) / 255);
  }
  return { colours: sum / (a.length * 0.75), alpha };
}

const WIDTH = 24;
const HEIGHT = 16;
const BYTES = 8;

/** A PNG file of 16 bits, with transparency and the Display-P3 profile, and its samples. */
function deepPng(): { file: Buffer; samples: Buffer } {
  const samples = Buffer.alloc(WIDTH * HEIGHT * BYTES);
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    const values = [2600 * x + 77, 4000 * y + 5, 60000 - 1700 * x, 20003 + 1500 * x + 600 * y];
    for (const [channel, value] of values.entries()) samples.writeUInt16BE(value, at * BYTES + 2 * channel);
  }
  const rows = Array.from({ length: HEIGHT }, (_, y) =>
    Buffer.concat([Buffer.from([0]), samples.subarray(y * WIDTH * BYTES, (y + 1) * WIDTH * BYTES)]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([16, 6], 8);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const profile = pngChunks(readFileSync(awkwardFile("display_p3.png"))).get("iCCP") ?? Buffer.alloc(0);
  const chunks = [
    pngChunk("IHDR", header),
    pngChunk("iCCP", profile),
    pngChunk("IDAT", deflateSync(Buffer.concat(rows))),
    pngChunk("IEND", Buffer.alloc(0)),
  ];
  return { file: Buffer.concat([signature, ...chunks]), samples };
}

const deepFile = () => ({ name: "deep.png", mimeType: "image/png", buffer: deepPng().file });

test("16 bits, transparency and the profile go in and come out", async () => {
  await open();
  await enlarge(deepFile());
  const file = await saved("PNG");
  const header = pngChunks(file).get("IHDR");
  expect([header?.readUInt32BE(0), header?.readUInt32BE(4), header?.[8], header?.[9]]).toEqual([48, 32, 16, 6]);
  const profile = pngProfile(readFileSync(awkwardFile("display_p3.png")));
  expect(pngProfile(file)).toEqual(profile);
  // Values between those of 8 bits.
  const samples = pngSamples(file, BYTES);
  const between = Array.from({ length: samples.length / 2 }, (_, at) => samples.readUInt16BE(2 * at) % 257 !== 0);
  expect(between.filter(Boolean).length / between.length).toBeGreaterThan(0.9);

  // At a zoom of 1 each value stays, whatever the canvas shows.
  await visitor.part("zoom").fill("1");
  await visitor.run();
  expect(pngSamples(await saved("PNG"), BYTES)).toEqual(deepPng().samples);
});

test("the picture is upright once, and the kept metadata say so", async () => {
  await open();
  await enlarge(awkwardFile("exif_orientation_6.jpg"));
  await visitor.part("keep-metadata").check();
  const before = jpegSegments(readFileSync(awkwardFile("exif_orientation_6.jpg")), 0xe1, "Exif\0\0");
  expect(orientation(before)).toBe(6);
  for (const [format, exif] of [
    ["PNG", (file: Buffer) => pngChunks(file).get("eXIf")],
    ["JPEG", (file: Buffer) => jpegSegments(file, 0xe1, "Exif\0\0")],
    ["WebP", (file: Buffer) => riffChunks(file).get("EXIF")],
    ["WebP, lossless", (file: Buffer) => riffChunks(file).get("EXIF")],
  ] as const) {
    const file = await saved(format);
    expect(orientation(exif(file)) ?? 1, format).toBe(1);
    const size = await visitor.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const { width, height } = await createImageBitmap(new Blob([bytes]));
      return [width, height];
    }, file.toString("base64"));
    expect(size, format).toEqual([96, 64]);
  }
  await visitor.part("keep-metadata").uncheck();
  expect(riffChunks(await saved("WebP")).has("EXIF")).toBe(false);
});

test("metadata that a JPEG cannot hold is left out, and the page says so", async () => {
  await open();
  await enlarge(fieldFile("exif_66k.png"));
  await visitor.part("keep-metadata").check();
  const file = await saved("JPEG");
  await expect(visitor.part("status")).toContainText("a JPEG holds at most 64 KB");
  expect(jpegSegments(file, 0xe1, "Exif\0\0")).toHaveLength(0);
  expect(await pixelsOf(visitor.page, file)).toHaveLength(48 * 32 * 4);
  const exif = pngChunks(await saved("PNG")).get("eXIf") ?? "";
  expect(exif.length).toBeGreaterThan(65_535);
});

test("a JPEG keeps the profile, and the page tells what becomes of transparency", async ({ page }) => {
  await open();
  const p3 = awkwardFile("display_p3.jpg");
  await enlarge(p3);
  const note = visitor.part("format-note");
  await visitor.chooseFormat("JPEG");
  await expect(note).toHaveCount(0);
  const profile = jpegProfile(readFileSync(p3));
  expect(profile.length).toBeGreaterThan(100);
  expect(jpegProfile(await saved("JPEG"))).toEqual(profile);

  await enlarge(awkwardFile("rgba_hidden_green.png"));
  // A new result is written as the one before.
  await expect(visitor.format).toHaveValue("JPEG");
  await expect(note).toHaveText("JPEG has no transparency: transparent areas become white.");
  const pixels = await pixelsOf(page, await saved("JPEG"));
  expect(Array.from(pixels.subarray(0, 4)).map((value) => value > 250)).toEqual([true, true, true, true]);
  await visitor.chooseFormat("PNG");
  await expect(note).toHaveCount(0);
});

test("a WebP is as small as its quality, or lossless", async ({ page }) => {
  await open();
  await visitor.chooseDemo("Fur");
  await visitor.run();
  const original = await pixelsOf(page, await saved("PNG"));
  const files = [
    await saved("WebP", 30),
    await saved("WebP", 90),
    await saved("WebP, lossless"),
    await saved("WebP", 100),
  ];
  expect(files.map((file) => [...riffChunks(file).keys()])).toEqual([["VP8 "], ["VP8 "], ["VP8L"], ["VP8L"]]);
  const sizes = files.map(({ length }) => length);
  expect(sizes[0]).toBeLessThan(0.6 * (sizes[1] ?? 0));
  expect(sizes[1]).toBeLessThan(0.6 * (sizes[2] ?? 0));
  const losses: number[] = [];
  for (const file of files) losses.push(apart(await pixelsOf(page, file), original).colours);
  expect(losses[0]).toBeGreaterThan(losses[1] ?? 0);
  expect(losses[1]).toBeLessThan(4);
  expect(losses.slice(2)).toEqual([0, 0]);
});

test("a WebP with loss keeps transparency and the profile", async ({ page }) => {
  await open();
  for (const [file, isTransparent] of [
    [deepFile(), true],
    [awkwardFile("rgba_hidden_green.png"), true],
    [awkwardFile("display_p3.jpg"), false],
  ] as const) {
    await enlarge(file);
    const lossless = await saved("WebP, lossless");
    const lossy = await saved("WebP", 90);
    const [expected, chunks] = [riffChunks(lossless), riffChunks(lossy)];
    expect(chunks.has("VP8 ")).toBe(true);
    expect(chunks.has("ALPH")).toBe(isTransparent);
    expect(chunks.get("ICCP")).toEqual(expected.get("ICCP"));
    const { colours, alpha } = apart(await pixelsOf(page, lossy), await pixelsOf(page, lossless));
    expect(alpha).toBe(0);
    expect(colours).toBeLessThan(4);
  }
});

test("a browser that writes no WebP with loss says so", async ({ page }) => {
  // As Safari does.
  const poorer = `{
    const write = OffscreenCanvas.prototype.convertToBlob;
    OffscreenCanvas.prototype.convertToBlob = function (options) {
      return write.call(this, options?.type === "image/webp" ? { type: "image/png" } : options);
    };
  }\n`;
  await page.addInitScript(poorer);
  await page.route(/coordinator-.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: poorer + (await response.text()) });
  });
  await open();
  await visitor.chooseDemo("Fur");
  await visitor.run();
  const option = visitor.format.locator("option", { hasText: "not in this browser" });
  await expect(option).toHaveText("WebP (not in this browser)");
  await expect(option).toBeDisabled();
  expect([...riffChunks(await saved("WebP, lossless")).keys()]).toEqual(["VP8L"]);

  const why = await page.evaluate(async () => {
    const { createUpscaler } = (await import(new URL("splitsr.js", location.href).href)) as Window["splitsr"];
    const upscaler = await createUpscaler();
    const result = await upscaler.upscale("demo/fur.png", { scale: 1 });
    return result.blob("image/webp", 80).catch(String);
  });
  expect(why).toContain("cannot write lossy WebP. Choose lossless WebP or JPEG.");
});

test("the module writes WebP with a quality", async ({ page }) => {
  await open();
  const said = await page.evaluate(async () => {
    const { createUpscaler } = (await import(new URL("splitsr.js", location.href).href)) as Window["splitsr"];
    const upscaler = await createUpscaler();
    const result = await upscaler.upscale("demo/fur.png", { scale: 1 });
    const kind = async (blob: Blob) => [blob.type, (await blob.slice(12, 16).text()).trim()];
    return {
      lossless: await kind(await result.blob("image/webp")),
      lossy: await kind(await result.blob("image/webp", 80)),
      refusals: [
        await result.blob("image/webp", 0).catch(String),
        await result.blob("image/jpeg", 300).catch(String),
        await result.blob("image/jpeg", NaN).catch(String),
      ],
    };
  });
  expect(said.lossless).toEqual(["image/webp", "VP8L"]);
  expect(said.lossy).toEqual(["image/webp", "VP8"]);
  const about = "The quality must be a number from 1 to 100, not";
  expect(said.refusals).toEqual(["0", "300", "NaN"].map((value) => `UpscaleError: ${about} ${value}.`));
});

test("what a result is compared with has its colours and its transparency", async ({ page }) => {
  await open();
  const files = [
    ...["display_p3.png", "display_p3.jpg", "rgb16.png", "rgba16.png"].map((name) => readFileSync(awkwardFile(name))),
    deepPng().file,
  ];
  const measured = await page.evaluate(
    async (files) => {
      const { createUpscaler } = (await import(new URL("splitsr.js", location.href).href)) as Window["splitsr"];
      const upscaler = await createUpscaler();
      const measure = async (source: Blob | ImageData) => {
        const result = await upscaler.upscale(source, { scale: 2 });
        const resized = await upscaler.resize(source, { width: result.width, height: result.height }, "bicubic");
        const { mean } = await upscaler.distance(resized, result.imageData());
        const [own, other] = [result.imageData().data, resized.data];
        // Red, green and blue, as far as they are seen: a cast is a mean that is not 0.
        const casts = [0, 0, 0];
        let alpha = 0;
        let least = 255;
        for (let at = 0; at < own.length; at += 4) {
          const [seen = 0, also = 0] = [own[at + 3], other[at + 3]];
          for (let index = 0; index < 3; index++) {
            casts[index] =
              (casts[index] ?? 0) + ((own[at + index] ?? 0) * seen - (other[at + index] ?? 0) * also) / 255;
          }
          alpha += Math.abs(seen - also);
          least = Math.min(least, seen);
        }
        const count = own.length / 4;
        return { mean, cast: Math.max(...casts.map(Math.abs)) / count, alpha: alpha / count, least };
      };
      const measured = [];
      for (const base64 of files) {
        const file = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
        const { imageData, width, height } = await upscaler.inspect(file);
        const { sharp } = await upscaler.shrink(file, 2);
        const area = { left: 0, top: 0, width: width - (width % 2), height: height - (height % 2) };
        const same = (await upscaler.crop(imageData, area)).imageData;
        measured.push({
          itself: await measure(file),
          asSrgb: await measure(imageData),
          sharp: await upscaler.distance(sharp, same),
        });
      }
      return measured;
    },
    files.map((file) => file.toString("base64")),
  );
  for (const { itself, asSrgb, sharp } of measured) {
    expect(itself.mean).toBeLessThan(1.05 * asSrgb.mean + 0.1);
    expect(itself.cast).toBeLessThan(0.5);
    expect(itself.alpha).toBeLessThan(1);
    expect(sharp.largest).toBe(0);
  }
  expect(measured.map(({ itself }) => itself.least < 255)).toEqual([false, false, false, true, true]);
});

test("a resizer draws nothing from under transparent pixels", async ({ page }) => {
  await open();
  await visitor.unfold("compare");
  await visitor.part("compare-model").selectOption("bicubic");
  await enlarge(awkwardFile("rgba_hidden_green.png"));
  const [, mean, largest] =
    /by ([\d.]+) on average and by at most (\d+)/.exec(await visitor.part("distance").innerText()) ?? [];
  expect(Number(largest)).toBeLessThan(128);
  expect(Number(mean)).toBeLessThan(6);
  const corner = await page
    .locator(".layer.before canvas")
    .last()
    .evaluate((canvas: HTMLCanvasElement) => canvas.getContext("2d")?.getImageData(0, 0, 1, 1).data[3]);
  expect(corner).toBe(0);
});

/** The checksums in a zip file's directory, by name. */
function zipSums(file: Buffer): Map<string, number> {
  const end = file.length - 22;
  expect(file.readUInt32LE(end)).toBe(0x06054b50);
  const sums = new Map<string, number>();
  let at = file.readUInt32LE(end + 16);
  for (let entry = 0; entry < file.readUInt16LE(end + 10); entry++) {
    const length = file.readUInt16LE(at + 28);
    sums.set(file.toString("utf8", at + 46, at + 46 + length), file.readUInt32LE(at + 16));
    at += 46 + length;
  }
  expect(at).toBe(end);
  return sums;
}

test(
  "a large batch becomes a zip of whole files with safe names, and the page is not held up",
  { tag: "@alone" },
  async () => {
    await open();
    const [large, small] = [noise(2700, 2100), noise(20, 10)];
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: "image/bmp", buffer });
    await visitor
      .part("file-input")
      .setInputFiles([
        file("same.bmp", large),
        file("SAME.bmp", large),
        file("../up\\and:down?.bmp", small),
        file(`${"long-ä".repeat(40)}.bmp`, small),
        file("🐈‍⬛ Käse.bmp", small),
        file(".bmp", small),
      ]);
    await visitor.expectState("idle");
    await visitor.part("zoom").fill("1");
    await visitor.part("batch-run").click();
    await visitor.expectState("done");

    await visitor.watchTasks();
    // All is enlarged: from now on a click makes the zip alone. A busy machine does
    // not slow every run.
    const runs: number[] = [];
    let zip: Buffer = Buffer.alloc(0);
    while (runs.length < 3 && !runs.includes(0)) {
      await visitor.forgetTasks();
      const saved = await visitor.save("batch-run");
      expect(saved.name).toBe("pictures-1x.zip");
      zip = saved.bytes;
      runs.push(await visitor.longestTask());
    }
    expect(Math.min(...runs), `longest tasks, ms: ${runs.join(", ")}`).toBe(0);

    expect(zip.length).toBeGreaterThan(30e6);
    const files = unzipSync(zip);
    const sums = zipSums(zip);
    const names = Object.keys(files);
    expect(names).toEqual([...sums.keys()]);
    const [cut = ""] = names.filter((name) => name.startsWith("long"));
    expect(cut).toMatch(/^(long-ä)+l?o?n?g?-?-1x\.png$/);
    expect(Buffer.byteLength(cut)).toBeLessThan(255);
    expect(names.filter((name) => name !== cut)).toEqual([
      "same-1x.png",
      "SAME-1x (2).png",
      "_up_and_down_-1x.png",
      "🐈‍⬛ Käse-1x.png",
      "picture-1x.png",
    ]);
    for (const [name, bytes] of Object.entries(files)) {
      expect(sums.get(name), name).toBe(crc32(bytes));
      const header = pngChunks(Buffer.from(bytes)).get("IHDR");
      expect(header?.readUInt32BE(0), name).toBe(name.toLowerCase().startsWith("same") ? 2700 : 20);
    }
  },
);
