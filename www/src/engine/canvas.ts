/** Uses the browser's own codecs through a canvas. */
import { UpscaleError } from "../api/index.ts";
import { buffer } from "./wasm.ts";

/**
 * Decodes a file with the browser, upright; `undefined` if the browser cannot read it. With
 * "default", its colours are converted to sRGB, with "none" its values stay.
 */
export function readFile(file: Blob, colorSpaceConversion: "none" | "default"): Promise<ImageBitmap | undefined> {
  return createImageBitmap(file, {
    premultiplyAlpha: "none",
    colorSpaceConversion,
    imageOrientation: "from-image",
  }).then(
    // WebKit sometimes gives an empty picture for an icon.
    (bitmap) => (bitmap.width > 0 ? bitmap : undefined),
    () => undefined,
  );
}

/**
 * Encodes RGBA8 pixels with the browser. Some browsers give a PNG instead of a type that they
 * cannot write. A canvas rounds the colours of transparent pixels, invisibly.
 */
export async function writeFile(
  rgba: Uint8Array,
  picture: { width: number; height: number; hasAlpha: boolean; type: string; quality?: number },
): Promise<Blob> {
  const { width, height, hasAlpha, type, quality } = picture;
  const context = contextOf(width, height, { alpha: hasAlpha });
  context.putImageData(new ImageData(new Uint8ClampedArray(buffer(rgba)), width, height), 0, 0);
  // Browsers take a quality from 0 to 1.
  return context.canvas.convertToBlob(quality === undefined ? { type } : { type, quality: quality / 100 });
}

function contextOf(
  width: number,
  height: number,
  settings: CanvasRenderingContext2DSettings = {},
): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, ...settings });
  if (!context)
    throw new UpscaleError("engine", "The browser could not create a canvas for the picture. Reload the page.");
  return context;
}

/**
 * Whether a canvas returns opaque pixels unchanged: some browsers change a few against
 * fingerprinting, and then our codecs read and write the pictures.
 */
export const canvasIsExact: boolean = (() => {
  const side = 32;
  const context = contextOf(side, side);
  const pixels = context.createImageData(side, side);
  for (let at = 0; at < pixels.data.length; at++) pixels.data[at] = at % 4 === 3 ? 255 : (at * 7919) % 256;
  context.putImageData(pixels, 0, 0);
  const read = context.getImageData(0, 0, side, side).data;
  return pixels.data.every((value, at) => value === read[at]);
})();
