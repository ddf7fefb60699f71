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

/** Further claims about results; the sizes are those of the files, doubled. */
export const expected: Record<string, { size?: [number, number]; transparent?: boolean; note?: RegExp }> = {
  "1x1.png": { size: [2, 2] },
  "1x64.png": { size: [2, 128] },
  "64x1.png": { size: [128, 2] },
  "3000x2.png": { size: [6000, 4] },
  "chroma420.jpg": { size: [318, 238] },
  "animated.gif": { note: /first of 4 frames/ },
  "animated.webp": { note: /first of 4 frames/ },
  "apng.png": { note: /first of 3 frames/ },
  "two_pages_deflate.tif": { note: /first of 2 pages/ },
  "cmyk.jpg": { note: /CMYK/ },
  "display_p3.jpg": { note: /Display P3/ },
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
