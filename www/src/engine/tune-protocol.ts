/** What the workers of fine-tuning are asked: page -> leading worker -> workers that compute gradients. */
import type { ModelEntry } from "../module/api.ts";
import type { TuneFacts, TuneScore, TuneSettings, TuneStep } from "../module/tuning.ts";
import type { PlainPixels, PortableSource } from "./protocol.ts";

export interface TuneRequest {
  /** The weights file to begin with. */
  model: ArrayBuffer;
  name: string;
  pictures: PortableSource[];
  /** The row of generic pictures. */
  generic: PortableSource;
  settings: TuneSettings;
  /** Most workers on the CPU. */
  workers: number;
  gpu: boolean;
  /** To go on from. */
  checkpoint: ArrayBuffer | undefined;
}

/** Facts whose pictures are no `ImageData` yet, which a worker need not build. */
export type PlainFacts = Omit<TuneFacts, "backend" | "adapter" | "reason" | "truth" | "bicubic" | "before"> & {
  truth: PlainPixels;
  bicubic: PlainPixels;
  before: PlainPixels;
  /** Steps taken: of a checkpoint. */
  step: number;
  /** That take part. */
  workers: number;
};

export type PlainScore = Omit<TuneScore, "after"> & { after: PlainPixels };

export type TuneEvent = { step: TuneStep } | { score: PlainScore };

/** The best step's model. */
interface BestReply {
  model: ArrayBuffer;
  step: number;
  psnrY: number;
  sha256: string;
}

// Type aliases and not interfaces: only they are assignable to `Methods`.
export type TuneMethods = {
  /** What a weights file says about itself, once it is checked. */
  describe: [ArrayBuffer, ModelEntry, never];
  start: [TuneRequest, PlainFacts, never];
  /** Takes steps until all are taken or the call is aborted. Returns whether all are. */
  run: [undefined, boolean, TuneEvent];
  checkpoint: [undefined, ArrayBuffer, never];
  best: [undefined, BestReply, never];
};

export type GradientMethods = {
  boot: [{ module: WebAssembly.Module; model: ArrayBuffer; settings: string }, undefined, never];
  /** The gradient of a part of a batch, as the wasm surface takes and gives them. */
  compute: [{ weights: ArrayBuffer; step: number; part: ArrayBuffer }, ArrayBuffer, never];
};
