/**
 * SplitSR super-resolution on the visitor's own device.
 *
 * ```ts
 * import { createUpscaler } from "./splitsr.js";
 * const upscaler = await createUpscaler({ model: "splitsr-x2" });
 * const result = await upscaler.upscale("photo.jpg", { scale: 3.5 });
 * const png = await result.blob();
 * upscaler.destroy();
 * ```
 *
 * The workers, the WebAssembly and the models are found relative to this file, so the built folder
 * can be put on any static host. Pictures are never sent anywhere.
 *
 * @module splitsr.js
 */
export * from "./core.ts";
export { SplitsrZoom } from "./zoom-element/element.ts";
export type { ZoomDetail } from "./zoom-element/magnifier.ts";

/** @deprecated Use `MAX_PICTURES`. */
export { MAX_PICTURES as MOST_PICTURES } from "../api/index.ts";
