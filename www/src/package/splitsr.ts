/**
 * SplitSR super-resolution on the visitor's own device.
 *
 * ```ts
 * import { createUpscaler } from "splitsr";
 * const upscaler = await createUpscaler();
 * const result = await upscaler.upscale("photo.jpg", { scale: 2 });
 * const png = await result.blob();
 * upscaler.destroy();
 * ```
 *
 * Pictures are never sent anywhere. This is the npm package's entry: `../module/splitsr.ts` is that
 * of the site, with fine-tuning and all models.
 *
 * @module splitsr
 */
import "./files.ts";

export type * from "../api/errors.ts";
export type * from "../api/network.ts";
export type * from "../api/upscaling.ts";
export { UpscaleError } from "../api/errors.ts";
export { DEFAULT_MODEL, MAX_ZOOM } from "../api/upscaling.ts";
export { listModels, modelFor } from "../module/models.ts";
export { slicesOf, type SliceInfo } from "../module/slices.ts";
export { createUpscaler } from "../module/upscaler.ts";
export { SplitsrZoom } from "../module/zoom-element/element.ts";
export type { ZoomDetail } from "../module/zoom-element/magnifier.ts";
