/** Loads the code of fine-tuning at its first call, since most pages never call it. */
import type { ModelEntry, TuneOptions, Tuning } from "../api/index.ts";
import { requireWorkers } from "../engine/spawn.ts";

/**
 * Starts to fine-tune a model.
 *
 * @throws {UpscaleError} with a message for the reader: a setting is wrong, a picture cannot be
 * read or is too small, or the device does not exist.
 */
export async function fineTune(options: TuneOptions): Promise<Tuning> {
  requireWorkers();
  return (await import("./tuner.ts")).fineTune(options);
}

/**
 * Checks and describes a weights file.
 *
 * @throws {UpscaleError} with a message for the reader, if it cannot be used.
 */
export async function readModel(file: Blob): Promise<ModelEntry> {
  requireWorkers();
  return (await import("./tuner.ts")).readModel(file);
}
