/** The types of fine-tuning, and its usual settings: making a model better at one kind of picture. */
import type { Backend, ModelFacts, ModelSource, Source, SplitSrConfig } from "./api.ts";

/** How the small pictures come about that the model is to enlarge. */
export interface Degradation {
  /** `bicubic` is the evaluation protocol's; `area` averages, as cameras and many programs do. */
  shrink: "bicubic" | "area";
  /** Before shrinking, a Gaussian blur of this standard deviation in pixels of the sharp picture, 0 to 4. */
  blur: number;
  /** After shrinking, Gaussian noise of this standard deviation in levels of 255, 0 to 50. */
  noise: number;
  /** At last, JPEG of this quality, 1 to 100; null: none. */
  jpeg: number | null;
}

/** Which weights change: all, those of the last convolution and the upsampler, or those of the lightweight blocks. */
export type Trained = "all" | "tail" | "light-blocks";

export interface TuneSettings {
  /** 1 to 100,000. */
  steps: number;
  /** Patches a step. */
  batch: number;
  /** Side of a sharp patch in pixels, at least 8 times the scale. */
  patch: number;
  learningRate: number;
  trained: Trained;
  /** The part of the patches, 0 to 1, that come from generic pictures, so that these are not forgotten. */
  replay: number;
  /**
   * The most that generic pictures may lose, in dB: as far as it takes, what was learnt is blended with the model that it begins
   * with. 100: all.
   */
  forget: number;
  degradation: Degradation;
  seed: number;
  /**
   * Another network than the model's, of the same scale: it takes over what fits, and learns the rest, from what the model makes of
   * generic pictures as well. `forget` then says nothing.
   */
  network?: SplitSrConfig | undefined;
}

/** What is used for settings that are not given. */
export const defaultSettings: TuneSettings = {
  steps: 600,
  batch: 8,
  patch: 64,
  learningRate: 3e-4,
  trained: "all",
  replay: 0.5,
  forget: 0.1,
  degradation: { shrink: "bicubic", blur: 0, noise: 0, jpeg: null },
  seed: 1,
};

export const MOST_PICTURES = 50;

export interface TuneOptions {
  /** The model to begin with. Default: the package's default model. */
  model?: ModelSource;
  /** What the new model is called. */
  name: string;
  /** 1 to 50 sharp pictures. */
  pictures: readonly Source[];
  settings?: Partial<Omit<TuneSettings, "degradation">> & { degradation?: Partial<Degradation> };
  /** Default: `auto`. */
  backend?: Backend;
  /** Most workers on the CPU. */
  workers?: number;
  /** What {@link Tuning.checkpoint} gave, with the same pictures and settings: goes on from there. */
  checkpoint?: Blob;
  /** Ends it: what is pending rejects with the signal's reason. */
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

/** Now and then: how good the model is on what it was not trained with. */
export interface TuneScore {
  step: number;
  /** dB, on luma. */
  psnrY: number;
  /** What generic pictures have lost, in dB. */
  forgotten: number;
  /** The best so far: this and its step are the result. */
  best: { step: number; psnrY: number };
  /** Whether the last scores brought nothing. */
  stalled: boolean;
  /** A part of a picture that it was not trained with, as the model enlarges it now. */
  after: ImageData;
}

/** What is known before the first step. */
export interface TuneFacts {
  start: ModelFacts;
  settings: TuneSettings;
  backend: "cpu" | "gpu";
  /** The device in words. */
  adapter: string;
  /** Why this device. */
  reason: string;
  /** What is kept out of training to score with: some of the pictures, or a part of each. */
  heldOut: "pictures" | "parts";
  /** How many pictures that concerns. */
  heldOutPictures: number;
  /** Whether the scores can be trusted; false: too little is held out to tell. */
  enough: boolean;
  /** dB on luma of what is held out. */
  bicubicPsnrY: number;
  /** Of the model that it begins with. */
  startPsnrY: number;
  /** Of the network that is trained: the same, unless that is another one ({@link TuneSettings.network}). */
  firstPsnrY: number;
  /** A part of a picture that is held out: the truth, enlarged by bicubic, and by the model that it begins with. */
  truth: ImageData;
  bicubic: ImageData;
  before: ImageData;
}

export interface TuneResult {
  /** The best step's model, a weights file. */
  model: Blob;
  facts: ModelFacts;
  step: number;
  psnrY: number;
}

/** A fine-tuning that runs. */
export interface Tuning {
  readonly facts: TuneFacts;
  /** Steps taken. */
  readonly step: number;
  /** Settles when all steps are taken, or after {@link stop}. */
  readonly done: Promise<TuneResult>;
  /** Resolves when the step at hand is finished. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends after the step at hand, with the best so far. */
  stop(): Promise<TuneResult>;
  /** All that is needed to go on later, as a file. May be called at any time. */
  checkpoint(): Promise<Blob>;
  /** The best so far. */
  best(): Promise<TuneResult>;
  /** Ends the workers. What is pending rejects. */
  destroy(): void;
}
