/** Finds the spot of a picture where there is most to see. */
import type { Point } from "./camera.ts";

/** The picture is divided into this many cells along each side. */
const CELLS = 12;
/** Pixels that are looked at along each side of a cell: enough to distinguish letters from sky. */
const SAMPLES = 24;

/** The middle of the most detailed cell and its neighbours, from 0 to 1. */
export function detailedSpot({ width, height, data }: ImageData): Point {
  const green = (x: number, y: number) => data[4 * (Math.min(y, height - 1) * width + Math.min(x, width - 1)) + 1] ?? 0;
  const sums = Array.from({ length: CELLS * CELLS }, (_, cell) => {
    let sum = 0;
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
      const x = Math.floor((((cell % CELLS) + (sample % SAMPLES) / SAMPLES) * width) / CELLS);
      const y = Math.floor(((Math.floor(cell / CELLS) + Math.floor(sample / SAMPLES) / SAMPLES) * height) / CELLS);
      const here = green(x, y);
      sum += Math.abs(green(x + 2, y) - here) + Math.abs(green(x, y + 2) - here);
    }
    return sum;
  });
  // The outermost cells are the neighbours of others.
  const inner = Array.from({ length: CELLS - 2 }, (_, index) => index + 1);
  const around = (column: number, row: number) =>
    [-1, 0, 1].reduce(
      (all, down) =>
        all + [-1, 0, 1].reduce((sum, right) => sum + (sums[(row + down) * CELLS + column + right] ?? 0), 0),
      0,
    );
  const cells = inner.flatMap((row) => inner.map((column) => ({ column, row, sum: around(column, row) })));
  const best = cells.reduce((one, other) => (other.sum > one.sum ? other : one));
  return { x: (best.column + 0.5) / CELLS, y: (best.row + 0.5) / CELLS };
}
