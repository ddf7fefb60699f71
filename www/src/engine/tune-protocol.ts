/**
 * The messages of fine-tuning between the page, the leading worker and the workers that compute
 * gradients.
 */
import type { FineTuningScore } from "../api/generated/types.ts";
import type { ModelEntry, TuneInfo, TuneScore, TuneSettings, TuneStep } from "../api/index.ts";
import type { Json } from "./json.ts";
import type { PlainPixels, PortableSource } from "./protocol.ts";

export interface TuneRequest {
  /** The weights file to start from. */
  model: ArrayBuffer;
  name: string;
  pictures: PortableSource[];
  /** The replay pictures, in a row. */
  replayRow: PortableSource;
  settings: TuneSettings;
  /** Maximum number of workers on the CPU. */
  workers: number;
  gpu: boolean;
  /** The state to resume from. */
  checkpoint: ArrayBuffer | undefined;
}

/** `TuneInfo`, before the page makes `ImageData` of their pictures. */
export type PlainTuneInfo = Omit<TuneInfo, "backend" | "adapter" | "reason" | "original" | "bicubic" | "before"> & {
  original: PlainPixels;
  bicubic: PlainPixels;
  before: PlainPixels;
  /** Steps that the checkpoint had taken. */
  step: number;
  /** Workers that compute, this one included. */
  workers: number;
};

export type PlainScore = Omit<TuneScore, "after"> & { after: PlainPixels };

export type TuneEvent = { step: TuneStep } | { score: PlainScore };

/** The best step's model. */
interface BestReply extends FineTuningScore {
  model: ArrayBuffer;
  sha256: string;
}

// Type aliases and not interfaces: only they are assignable to `Methods`.
export type TuneMethods = {
  /** Checks and describes a weights file. */
  describe: [ArrayBuffer, ModelEntry, never];
  start: [TuneRequest, PlainTuneInfo, never];
  /** Takes steps until all are taken or the call is aborted. Returns whether all are. */
  run: [undefined, boolean, TuneEvent];
  checkpoint: [undefined, ArrayBuffer, never];
  best: [undefined, BestReply, never];
};

export type GradientMethods = {
  boot: [{ module: WebAssembly.Module; model: ArrayBuffer; settings: Json<TuneSettings> }, undefined, never];
  /** Takes what `Tuning.part` gives, and gives what `Tuning.accept` takes. */
  compute: [{ weights: ArrayBuffer; step: number; part: ArrayBuffer }, ArrayBuffer, never];
};
