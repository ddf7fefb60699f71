/**
 * The public types of the `splitsr` package. The engine and the module need them, and they need
 * neither.
 */
export * from "./errors.ts";
export type * from "./network.ts";
export * from "./tuning.ts";
export * from "./upscaling.ts";
