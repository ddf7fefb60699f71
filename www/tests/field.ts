/** The right answer to each of the files from public bug reports; see their README. */
import { join } from "node:path";
import { dataFolder } from "./support.ts";

export const fieldFile = (name: string) => join(dataFolder, "field", name);

/** A pixel of the doubled picture, and its colour in sRGB. */
type Pixel = [x: number, y: number, colour: [number, number, number]];

export interface Expected {
  size: [number, number];
  pixels?: Pixel[];
  /** The colour of all visible pixels; the rest of the picture is transparent. */
  disc?: [number, number, number];
  /** In levels. */
  tolerance?: number;
  note?: RegExp;
}

/** Pixels of a lower alpha say little about their colour. */
const SEEN = 100;

/** How many RGBA pixels are seen, and how far their colours are from this one, in levels. */
export function discOf(rgba: readonly number[], colour: [number, number, number]): { seen: number; away: number } {
  let [seen, away] = [0, 0];
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at + 3] ?? 0) <= SEEN) continue;
    seen++;
    for (const [channel, value] of colour.entries())
      away = Math.max(away, Math.abs(value - (rgba[at + channel] ?? NaN)));
  }
  return { seen, away };
}

const patches = (colours: [number, number, number][]): Pixel[] =>
  colours.map((colour, index) => [24, 2 * (9 + 18 * index), colour]);

const usual: [number, number, number][] = [
  [200, 100, 50],
  [60, 160, 70],
  [70, 90, 190],
  [128, 128, 128],
];

/** Those values as Display P3 has them, in sRGB. */
export const fromP3: [number, number, number][] = [
  [215, 93, 31],
  [0, 163, 55],
  [64, 91, 197],
  [128, 128, 128],
];

export const quarters = (colours: [number, number, number][]): Pixel[] =>
  colours.map((colour, index) => [16 + 32 * (index % 2), 12 + 24 * Math.floor(index / 2), colour]);

const large = { size: [192, 144] as [number, number], pixels: patches(usual) };
export const small = { size: [64, 48] as [number, number], pixels: quarters(usual) };

const corners: Pixel[] = [
  [8, 8, [220, 30, 30]],
  [87, 8, [30, 160, 30]],
  [8, 55, [30, 30, 220]],
  [87, 55, [255, 220, 0]],
];

export const field: Record<string, Expected> = {
  "bigtiff.tif": { ...large, tolerance: 1 },
  // 4 levels before enlarging, and what the network adds at the soft edge.
  "premultiplied_alpha.tif": { size: [128, 128], disc: [255, 128, 0], tolerance: 8 },
  "spare_channel_predictor.tif": { ...large, tolerance: 1, note: /spare channel is left out/ },
  "icc_without_curves.png": { ...large, tolerance: 1, note: /cannot be used and was dropped/ },
  "no_end_marker.jpg": { ...large, tolerance: 3, note: /end marker is missing/ },
  "orientation_6_plain.webp": { size: [96, 64], pixels: corners, tolerance: 45 },
  "orientation_6_prefixed.webp": { size: [96, 64], pixels: corners, tolerance: 45 },
  "display_p3_10bit.avif": {
    size: [192, 144],
    pixels: patches(fromP3),
    tolerance: 4,
    note: /from 10 to 8 bits per channel.*Display P3/,
  },
  "exif_66k.png": { size: [48, 32] },
};
