/** The types of fine-tuning: making a model better at one kind of picture. */
import type { Degradation, FineTuningInfo, Scoring, TuneSettings } from "./generated/types.ts";
import type { ModelInfo } from "./network.ts";
import type { Backend, ModelSource, Source } from "./upscaling.ts";

export {
  defaultSettings,
  HELD_OUT_PARTS,
  MAX_PICTURES,
  MIN_LR_PATCH,
  MIN_PICTURES_HELD_OUT_WHOLE,
  settingRanges,
} from "./generated/tune-settings.ts";
export type { Degradation, FineTuningScore, HeldOutKind, Shrink, Trained, TuneSettings } from "./generated/types.ts";

export interface TuneOptions {
  /** The model to begin with. Default: the package's default model. */
  model?: ModelSource;
  /** The name of the new model. */
  name: string;
  /** 1 to {@link MAX_PICTURES} sharp pictures. */
  pictures: readonly Source[];
  settings?: Partial<Omit<TuneSettings, "degradation">> & { degradation?: Partial<Degradation> };
  /** Default: `auto`. */
  backend?: Backend;
  /** Maximum number of workers on the CPU. */
  workers?: number;
  /** A file from {@link Tuning.checkpoint}, with the same pictures and settings, to resume from. */
  checkpoint?: Blob;
  /** Ends the fine-tuning: pending calls reject with the signal's reason. */
  signal?: AbortSignal;
  onStep?: (step: TuneStep) => void;
  onScore?: (score: TuneScore) => void;
}

/** After each step. */
export interface TuneStep {
  /** Steps taken. */
  step: number;
  /** Mean absolute difference, of values from 0 to 1. */
  loss: number;
  /** Over the last steps, scorings included. */
  stepsPerSecond: number;
}

/** How good the model is on what it was not trained with; measured every few steps. */
export interface TuneScore extends Scoring {
  /** A part of a picture that it was not trained with, as the model enlarges it now. */
  after: ImageData;
}

/** Properties that are known before the first step. */
export interface TuneInfo extends Omit<FineTuningInfo, "settings" | "modelPsnrY"> {
  start: ModelInfo;
  settings: TuneSettings;
  backend: "cpu" | "gpu";
  /** The device in words. */
  adapter: string;
  /** Why this device. */
  reason: string;
  /** PSNR of the original model, in dB on luma. */
  startPsnrY: number;
  /**
   * PSNR of the untrained network: the same, unless {@link TuneSettings.network} is another one
   * than the model's.
   */
  firstPsnrY: number;
  /**
   * A part of a held-out picture: the original, enlarged by bicubic, and enlarged by the original
   * model.
   */
  original: ImageData;
  bicubic: ImageData;
  before: ImageData;
}

export interface TuneResult {
  /** The best step's model, a weights file. */
  model: Blob;
  info: ModelInfo;
  step: number;
  psnrY: number;
}

/** A running fine-tuning. */
export interface Tuning {
  readonly info: TuneInfo;
  /** Steps taken. */
  readonly step: number;
  /** Settles when all steps are taken, or after {@link stop}. */
  readonly done: Promise<TuneResult>;
  /** Resolves when the current step is finished. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends after the current step, with the best model so far. */
  stop(): Promise<TuneResult>;
  /** The state to resume from later, as a file. May be called at any time. */
  checkpoint(): Promise<Blob>;
  /** The best model so far. */
  best(): Promise<TuneResult>;
  /** Ends the workers. Pending calls reject. */
  destroy(): void;
}
