/** The loupe: what is under the pointer magnified further, the left half of a circle from the left picture, the right half from the right one. */
import type { Area } from "../module/splitsr.ts";
import type { Point } from "./camera.ts";

/** In CSS pixels, and how much more it magnifies. */
const SIDE = 220;
const ZOOM = 4;
const MOST_MAGNIFICATION = 64;
/** Beyond this many CSS pixels for a pixel, its true square is shown instead of a smoothed one. */
export const SHOW_SQUARES = 3;

/** A picture that is seen through the loupe. */
export interface Seen {
  canvas: HTMLCanvasElement;
  /** The part of the original that it shows. */
  area: Area;
  half: "left" | "right" | "both";
}

/** Draws the loupe over the point `at` of the viewer, where the pixel `under` of the original is. */
export function drawLoupe(
  frame: HTMLElement,
  canvas: HTMLCanvasElement,
  at: Point,
  under: Point,
  magnification: number,
  pictures: readonly Seen[],
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  Object.assign(frame.style, { left: `${at.x - SIDE / 2}px`, top: `${at.y - SIDE / 2}px` });
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const zoom = Math.max(magnification, Math.min(ZOOM * magnification, MOST_MAGNIFICATION));
  for (const { canvas: picture, area, half } of pictures) {
    context.save();
    context.beginPath();
    context.rect(half === "right" ? SIDE / 2 : 0, 0, half === "both" ? SIDE : SIDE / 2, SIDE);
    context.clip();
    context.imageSmoothingEnabled = zoom < SHOW_SQUARES * (picture.width / area.width);
    const [left, top] = [SIDE / 2 + (area.left - under.x) * zoom, SIDE / 2 + (area.top - under.y) * zoom];
    context.drawImage(picture, left, top, area.width * zoom, area.height * zoom);
    context.restore();
  }
}
