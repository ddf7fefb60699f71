/** Uses the browser's own codecs through a canvas. */
import { UpscaleError } from "../api/index.ts";

/**
 * Reads a file, upright and without converting its colours; `undefined` if the browser cannot read
 * it.
 */
export async function readFile(file: Blob): Promise<ImageData | undefined> {
  const bitmap = await createImageBitmap(file, {
    premultiplyAlpha: "none",
    colorSpaceConversion: "none",
    imageOrientation: "from-image",
  }).catch(() => undefined);
  return bitmap && readBitmap(bitmap);
}

/** Reads and closes a bitmap. */
export function readBitmap(bitmap: ImageBitmap): ImageData {
  const { width, height } = bitmap;
  try {
    const context = contextOf(width, height);
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}

/**
 * Encodes RGBA8 pixels. Some browsers give a PNG instead of a type that they cannot write. A canvas
 * rounds the colours of transparent pixels, invisibly.
 */
export async function writeFile(
  pixels: Uint8Array,
  width: number,
  height: number,
  { hasAlpha, type, quality }: { hasAlpha: boolean; type: string; quality?: number },
): Promise<Blob> {
  const context = contextOf(width, height, { alpha: hasAlpha });
  const clamped = new Uint8ClampedArray(pixels.buffer as ArrayBuffer);
  context.putImageData(new ImageData(clamped, width, height), 0, 0);
  // Browsers take a quality from 0 to 1.
  return context.canvas.convertToBlob(quality === undefined ? { type } : { type, quality: quality / 100 });
}

function contextOf(
  width: number,
  height: number,
  settings: CanvasRenderingContext2DSettings = {},
): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, ...settings });
  if (!context) throw new UpscaleError("engine", "The browser gave no canvas for the picture. Reload the page.");
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
