/** The parts of the module that the page uses: all but the element, which it need not load. */
export * from "../api/index.ts";
export { fineTune, readModel } from "./lazy-tuner.ts";
export { listModels, modelFor } from "./models.ts";
export { bestWithin, findSlice, slicesOf, timeRatio, type SliceInfo } from "./slices.ts";
export { createUpscaler } from "./upscaler.ts";
