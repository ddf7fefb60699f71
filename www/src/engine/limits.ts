/** Size limits, checked before memory is allocated. */
import { MAX_ZOOM, UpscaleError } from "../api/index.ts";

/**
 * 256 megapixels are 1 GB as RGBA8, of the 4 GB that a wasm instance can address, and just fit the
 * largest canvas of today's browsers (16384 x 16384).
 */
const MAX_RESULT_PIXELS = 256e6;

/**
 * Pictures of the largest medium-format cameras pass; with 16 bits and alpha they take 1 GB. The
 * `splitsr` command has the same limit.
 */
export const MAX_SOURCE_MEGAPIXELS = 128;

/** The longest side of a canvas in Chromium and Safari. */
export const MAX_SIDE_PIXELS = 65535;

interface Size {
  width: number;
  height: number;
}

/**
 * Bytes that the pictures themselves take: the source as it is read and as the job holds it, and
 * the result. The caller's canvas is not counted. Results with alpha, 16 bits or a colour profile
 * are assembled in the engine's own form first, which takes up to 8 bytes a pixel more.
 */
export function memoryOf(source: Size, result: Size): number {
  return 8 * source.width * source.height + 4 * result.width * result.height;
}

/** Refuses a source that no canvas can show. */
export function checkSource({ width, height }: Size): void {
  if (Math.max(width, height) <= MAX_SIDE_PIXELS) return;
  const size = `The picture has ${width} × ${height} pixels; the limit is ${MAX_SIDE_PIXELS} a side`;
  throw new UpscaleError("too-large", `${size}. Cut it into shorter pictures, or use the splitsr command.`);
}

/** Refuses a result that does not fit, and names the largest zoom that does. */
export function checkResult(source: Size, result: Size): void {
  const pixels = result.width * result.height;
  if (pixels <= MAX_RESULT_PIXELS && Math.max(result.width, result.height) <= MAX_SIDE_PIXELS) return;
  const byArea = Math.sqrt(MAX_RESULT_PIXELS / (source.width * source.height));
  const bySide = MAX_SIDE_PIXELS / Math.max(source.width, source.height);
  const maxZoom = Math.floor(Math.min(byArea, bySide, MAX_ZOOM) * 10) / 10;
  const size = `${result.width} × ${result.height} pixels (${Math.round(pixels / 1e6)} megapixels)`;
  const limit = `the limit is ${MAX_RESULT_PIXELS / 1e6} megapixels and ${MAX_SIDE_PIXELS} a side`;
  const advice = maxZoom >= 1 ? `Choose a zoom of ${maxZoom} or less.` : "Choose a smaller picture.";
  throw new UpscaleError("too-large", `The result would be ${size}; ${limit}. ${advice}`);
}
