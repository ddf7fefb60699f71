/** What the page uses of the module: all but the element, so that it does not load that. */
export * from "../api/index.ts";
export { fineTune, readModel } from "./lazy-tuner.ts";
export { listModels, modelFor } from "./models.ts";
export { bestWithin, findSlice, slicesOf, timeRatio, type SliceFacts } from "./slices.ts";
export { createUpscaler } from "./upscaler.ts";
