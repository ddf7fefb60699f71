/** The right answer of the page and the module to each of the awkward files. */
import { readdirSync, readFileSync } from "node:fs";
import { awkwardFile } from "./support.ts";

export const files = readdirSync(awkwardFile(".")).filter((name) => name !== "README.md");

/** Files that must be refused, each with a word of the reason. */
export const refused: Record<string, RegExp> = {
  "bad_crc.png": /CRC/i,
  "bad_crc_header.png": /CRC/i,
  "bomb_20000x20000_1bit.png": /20000 . 20000/,
  "bomb_60000x60000.png": /60000 . 60000/,
  "corrupt_data.png": /cannot be decoded/,
  "empty.png": /empty/,
  "only_signature.png": /cut short/,
  "text.png": /it is text/,
  "truncated.jpg": /cut short/,
  "truncated.png": /cut short/,
  "vector.svg": /SVG/,
  "vector_no_size.svg": /SVG/,
  "zero_width.png": /dimensions/,
};

interface Expected {
  /** That of the file, doubled. */
  size: [number, number];
  transparent: boolean;
  /** The decoder's remark. */
  note?: RegExp;
}

/** Where a result is another than most. */
export const unlike: Record<string, Partial<Expected>> = {
  "1x1.png": { size: [2, 2] },
  "1x64.png": { size: [2, 128] },
  "64x1.png": { size: [128, 2] },
  "3000x2.png": { size: [6000, 4] },
  "chroma420.jpg": { size: [318, 238] },
  "photo.avif": { size: [320, 240] },
  "progressive.jpg": { size: [320, 240] },
  "lossy.webp": { size: [320, 240] },
  "animated.gif": { note: /first of 4 frames/ },
  "animated.webp": { note: /first of 4 frames/ },
  "apng.png": { note: /first of 3 frames/ },
  "two_pages_deflate.tif": { note: /first of 2 pages/ },
  "cmyk.jpg": { note: /CMYK/ },
  "display_p3.jpg": { size: [320, 240], note: /Display P3/ },
  "display_p3.png": { note: /Display P3/ },
  "gamma_1_0.png": { note: /gamma/ },
  "icon.ico": { size: [96, 96], transparent: true, note: /best of 2 sizes/ },
  "rgba16.png": { transparent: true },
  "palette_transparent.png": { transparent: true },
  "rgb_trns.png": { transparent: true },
  "grey_alpha.png": { transparent: true },
  "rgba_hidden_green.png": { transparent: true },
  "transparent.gif": { transparent: true },
  "lossless_alpha.webp": { transparent: true },
};

/** The outcome for a file that is not refused. */
export function expected(name: string): Expected {
  const size: [number, number] = name.startsWith("exif_orientation") ? [96, 64] : [128, 96];
  return { size, transparent: false, ...unlike[name] };
}

/** A picture as RGBA, row by row. */
export interface Pixels {
  width: number;
  rgba: readonly number[];
}

/** The picture that a file shows, as a file in base64. Most show one of two photographs. */
export function original(name: string): string {
  const photo = expected(name).size[0] > 128 ? "progressive.jpg" : "photo.bmp";
  return readFileSync(awkwardFile(shown[name]?.itself ? name : photo)).toString("base64");
}

/** Decodes a file by the browser's own means. Runs in the page. */
export async function decode(base64: string): Promise<Pixels> {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context?.drawImage(bitmap, 0, 0);
  const data = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
  return { width: bitmap.width, rgba: Array.from(data) };
}

const green = ([, value]: number[]): number[] => [value ?? NaN, value ?? NaN, value ?? NaN];
const luma = ([r = NaN, g = NaN, b = NaN]: number[]): number[] =>
  Array.from({ length: 3 }, () => 0.299 * r + 0.587 * g + 0.114 * b);

interface Shown {
  /** The largest mean difference of the colours, in levels. The network alone makes 1.6. */
  tolerance: number;
  /** How the file's colours were made from the photograph's. */
  made?: (colour: number[]) => number[];
  /** It shows no photograph, but every browser reads the file itself. */
  itself?: boolean;
}

/** The colours of the files, but for those of EXIF's orientations, which have coloured corners. */
export const shown: Record<string, Shown> = {
  "1x1.png": { tolerance: 2, itself: true },
  "1x64.png": { tolerance: 2, itself: true },
  "3000x2.png": { tolerance: 2, itself: true },
  "64x1.png": { tolerance: 2, itself: true },
  "animated.gif": { tolerance: 7 },
  "animated.webp": { tolerance: 8 },
  "apng.png": { tolerance: 2 },
  "chroma420.jpg": { tolerance: 3 },
  "cmyk.jpg": { tolerance: 4 },
  "display_p3.jpg": { tolerance: 10 },
  "display_p3.png": { tolerance: 4 },
  "gamma_1_0.png": { tolerance: 2 },
  "grey.jpg": { tolerance: 4, made: luma },
  "grey16.png": { tolerance: 2, made: green },
  // Black and white dots become soft.
  "grey1.png": { tolerance: 12, itself: true },
  "grey_alpha.png": { tolerance: 3, made: green },
  "icon.ico": { tolerance: 4, itself: true },
  "interlaced.png": { tolerance: 2 },
  "jpeg_named.png": { tolerance: 8 },
  "lossless_alpha.webp": { tolerance: 3 },
  "lossy.webp": { tolerance: 8 },
  "palette_transparent.png": { tolerance: 8 },
  "photo.avif": { tolerance: 7 },
  "photo.bmp": { tolerance: 2 },
  "photo_lzw.tif": { tolerance: 2 },
  "progressive.jpg": { tolerance: 2 },
  "rgb16.png": { tolerance: 2 },
  "rgb_trns.png": { tolerance: 2 },
  "rgba.bmp": { tolerance: 2 },
  "rgba16.png": { tolerance: 3 },
  "rgba_hidden_green.png": { tolerance: 3 },
  "trailing_garbage.png": { tolerance: 2 },
  "transparent.gif": { tolerance: 8 },
  "two_pages_deflate.tif": { tolerance: 2 },
};

/**
 * The mean difference between the visible colours of `doubled`, averaged over blocks of 2x2 pixels,
 * and those of the picture, in levels.
 */
export function difference(doubled: Pixels, photo: Pixels, made: Shown["made"] = (colour) => colour): number {
  const { width, rgba } = doubled;
  let [sum, count] = [0, 0];
  for (let y = 0; y < rgba.length / 4 / width; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const block = [0, 1, width, width + 1].map((offset) => 4 * (y * width + x + offset));
      if (block.some((at) => (rgba[at + 3] ?? 0) < 128)) continue;
      const at = 4 * ((y / 2) * photo.width + x / 2);
      for (const [channel, value] of made(photo.rgba.slice(at, at + 3)).entries()) {
        const mean = block.reduce((total, index) => total + (rgba[index + channel] ?? NaN), 0) / 4;
        sum += Math.abs(mean - value);
        count++;
      }
    }
  }
  return sum / count;
}

/** The colours of the corners, whichever way up a file of EXIF's eight orientations stores them. */
export const exifCorners = [
  [4, 4, "red"],
  [91, 4, "green"],
  [4, 59, "blue"],
  [91, 59, "yellow"],
] as const;

/** A corner's colour by its name. */
export function colourName([red = 0, green = 0, blue = 0]: readonly number[]): string {
  const seen = [red > 128 ? "r" : "", green > 100 ? "g" : "", blue > 128 ? "b" : ""].join("");
  return { r: "red", g: "green", b: "blue", rg: "yellow" }[seen] ?? seen;
}
