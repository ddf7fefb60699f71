/** What is loaded when it is first called: most pages never do. */
import type { ModelEntry } from "./api.ts";
import type { TuneOptions, Tuning } from "./tuning.ts";

/**
 * Begins to fine-tune a model.
 *
 * @throws {UpscaleError} with a message for the reader: a setting is wrong, a picture cannot be read or is too small, or there is
 * no such device.
 */
export async function fineTune(options: TuneOptions): Promise<Tuning> {
  return (await import("./tuner.ts")).fineTune(options);
}

/**
 * Checks a weights file, and tells about it.
 *
 * @throws {UpscaleError} with a message for the reader, if it cannot be used.
 */
export async function readModel(file: Blob): Promise<ModelEntry> {
  return (await import("./tuner.ts")).readModel(file);
}
