/** A transparent picture that tints each part of a result by the rung that computed it. */
import type { Rung, RungMap } from "../../module/core.ts";

/** The longer side, in pixels. */
const SIDE = 1024;

/** Red, green, blue and opacity. */
const colours: Record<Rung, readonly [number, number, number, number]> = {
  whole: [230, 80, 40, 110],
  cheap: [60, 130, 240, 110],
  bicubic: [0, 0, 0, 0],
};

export function rungOverlay({ x, y, rungs }: RungMap, size: { width: number; height: number }): ImageData {
  const scale = Math.min(1, SIDE / Math.max(size.width, size.height));
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  const [width, height] = [side(size.width), side(size.height)];
  const overlay = new ImageData(width, height);
  const cells = new Uint32Array(overlay.data.buffer);
  const numbers = Object.fromEntries(
    Object.entries(colours).map(([rung, colour]) => [rung, new Uint32Array(new Uint8Array(colour).buffer)[0] ?? 0]),
  );
  const [columns, rows] = [steps(x, width), steps(y, height)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const rung = rungs[(rows[row] ?? 0) * (x.length - 1) + (columns[column] ?? 0)];
      cells[row * width + column] = rung ? (numbers[rung] ?? 0) : 0;
    }
  }
  return overlay;
}

/** Between which edges each pixel lies. */
function steps(edges: readonly number[], length: number): number[] {
  let index = 0;
  return Array.from({ length }, (_, pixel) => {
    while (index + 2 < edges.length && (pixel + 0.5) / length >= (edges[index + 1] ?? 1)) index++;
    return index;
  });
}
