/** Draws large pictures without blocking the page. */
import { nextTask } from "../../api/next-task.ts";
import { t } from "../shared/words.ts";

/** Pixels that are drawn at once: a few milliseconds' worth on a phone. */
const STRIP_PIXELS = 500_000;

/**
 * Milliseconds of drawing between two pauses. There is no pause after each strip, because a browser
 * without a graphics card copies the whole canvas (2.5 ms for a megapixel) for each frame in which
 * it has changed.
 */
const SLICE_MS = 8;

/** Sizes the canvas to the picture and draws it, with pauses for the page. */
export async function paint(canvas: HTMLCanvasElement, picture: ImageData, signal: AbortSignal): Promise<void> {
  // Setting the size clears the canvas, including parts that it shows already.
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  const context = canvas.getContext("2d");
  if (!context) throw new Error(t("The browser cannot show a picture this large. Choose a smaller factor."));
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / picture.width));
  let start = performance.now();
  for (let top = 0; top < picture.height; top += rows) {
    context.putImageData(picture, 0, 0, 0, top, picture.width, rows);
    if (performance.now() - start < SLICE_MS) continue;
    await nextTask();
    signal.throwIfAborted();
    start = performance.now();
  }
}
