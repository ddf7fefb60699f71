/**
 * The loupe magnifies what is under the pointer: the left half shows the left picture, the right
 * half the right one.
 */
import type { Area } from "../../module/core.ts";
import type { Point } from "./camera.ts";

/** Its side in CSS pixels. */
const SIDE = 220;
/** How much it magnifies what the viewer shows. */
const ZOOM = 3;
const MAX_MAGNIFICATION = 64;
/** A picture that is seen through the loupe. */
export interface LoupePicture {
  canvas: HTMLCanvasElement;
  /** The area of the original that it shows. */
  area: Area;
  half: "left" | "right" | "both";
}

/**
 * Draws the loupe over the point `at` of the viewer, where the pixel `under` of the original is.
 * `squares`: without smoothing.
 */
export function drawLoupe(
  frame: HTMLElement,
  canvas: HTMLCanvasElement,
  at: Point,
  under: Point,
  { magnification, squares }: { magnification: number; squares: boolean },
  pictures: readonly LoupePicture[],
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  Object.assign(frame.style, { left: `${at.x - SIDE / 2}px`, top: `${at.y - SIDE / 2}px` });
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const zoom = Math.max(magnification, Math.min(ZOOM * magnification, MAX_MAGNIFICATION));
  for (const { canvas: picture, area, half } of pictures) {
    context.save();
    context.beginPath();
    context.rect(half === "right" ? SIDE / 2 : 0, 0, half === "both" ? SIDE : SIDE / 2, SIDE);
    context.clip();
    context.imageSmoothingEnabled = !squares;
    const [left, top] = [SIDE / 2 + (area.left - under.x) * zoom, SIDE / 2 + (area.top - under.y) * zoom];
    context.drawImage(picture, left, top, area.width * zoom, area.height * zoom);
    context.restore();
  }
}
