/** Drawing large pictures without holding up the page. */

/** Pixels that are drawn in one go: a few milliseconds' worth on a phone. */
const STRIP_PIXELS = 500_000;

/**
 * After so many milliseconds the page breathes. Not after each strip: a browser without a graphics card copies the whole
 * canvas, 2.5 ms for a megapixel, for each frame that it changed in.
 */
const SLICE = 8;

/** Sizes the canvas to the picture and draws it, letting the page breathe in between. */
export async function paint(canvas: HTMLCanvasElement, picture: ImageData, signal: AbortSignal): Promise<void> {
  // To set the size clears the canvas, with what it may show already.
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gave no canvas for a picture of this size. Choose a smaller zoom.");
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / picture.width));
  let start = performance.now();
  for (let top = 0; top < picture.height; top += rows) {
    context.putImageData(picture, 0, 0, 0, top, picture.width, rows);
    if (performance.now() - start < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    start = performance.now();
  }
}
