/** Stands in for `../engine/webp.ts`, which lets the browser write lossy WebP. */
import { UpscaleError } from "../api/index.ts";
import type * as Browser from "../engine/webp.ts";

export const writeLossyWebp: typeof Browser.writeLossyWebp = () => {
  throw new UpscaleError("encode", "Only browsers write lossy WebP. Leave out the quality, or choose JPEG.");
};
