/** The right answer of the page and the module to each of the awkward files. */
import { readdirSync } from "node:fs";
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
