/** What the files that public bug reports tell of must give, doubled; see their README. */

interface Row {
  size?: [number, number];
  /** Colours of the result: x, y, red, green, blue. */
  pixels?: [number, number, number, number, number][];
  /** How far these may be off, in levels. */
  within?: number;
  /** What the report must say, if anything. */
  note?: RegExp;
  /** With its metadata it must become a JPEG that can be read. */
  jpegWithMetadata?: boolean;
  /** A colour wherever the result is not transparent. */
  colour?: [number, number, number];
  /** A refusal in words is right as well. */
  mayRefuse?: RegExp;
  /** Why this row does not hold yet: it is left out, and the report says so. */
  open?: string;
}

/** The four patches of the files of 96 × 72 pixels, at their centres. */
const patches = (colours: [number, number, number][]): Row => ({
  size: [192, 144],
  pixels: colours.map(([red, green, blue], index) => [24, 18 + 36 * index, red, green, blue]),
});

const usual = patches([
  [200, 100, 50],
  [60, 160, 70],
  [70, 90, 190],
  [128, 128, 128],
]);

/** Red, green, blue and yellow. */
const upright: Row = {
  size: [96, 64],
  pixels: [
    [8, 8, 255, 0, 0],
    [87, 8, 0, 255, 0],
    [8, 55, 0, 0, 255],
    [87, 55, 255, 255, 0],
  ],
  within: 80,
};

const open = "these files are not read right yet";

export const rows: Record<string, Row> = {
  "bigtiff.tif": { ...usual, within: 1, open },
  "premultiplied_alpha.tif": { size: [128, 128], colour: [255, 128, 0], within: 8, open },
  "spare_channel_predictor.tif": { ...usual, within: 1, open },
  "icc_without_curves.png": { ...usual, within: 1, note: /profile/, open },
  "no_end_marker.jpg": { ...usual, within: 3, note: /./, open },
  "orientation_6_plain.webp": upright,
  "orientation_6_prefixed.webp": { ...upright, open },
  "display_p3_10bit.avif": {
    ...patches([
      [215, 93, 31],
      [0, 163, 55],
      [64, 91, 197],
      [128, 128, 128],
    ]),
    within: 4,
    note: /10 bits/,
    open,
  },
  "exif_66k.png": { size: [48, 32], jpegWithMetadata: true },
  "strip_8000000x1.png": { size: [16_000_000, 2], mayRefuse: /16000000 . 2 pixels/ },
};
