/** The messages between the page, the coordinator and the tile workers. */
import type { Slice, SplitSrHyperparameters } from "../api/generated/types.ts";
import type {
  Area,
  Backend,
  CleanUp,
  CompressionInfo,
  Distance,
  Estimate,
  ModelInfo,
  NetworkInfo,
  Progress,
  Report,
  Resizer,
  RungMap,
  Score,
  SourcePicture,
} from "../api/index.ts";
import type { Json } from "./json.ts";

/** A source as it is posted to the coordinator. */
export type PortableSource =
  /** `own`: our codecs read it wherever they can. */
  | { kind: "blob"; blob: Blob; own?: boolean }
  | { kind: "url"; url: string }
  | { kind: "packed"; packed: Blob; compression: CompressionInfo | null }
  | { kind: "pixels"; data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }
  | { kind: "bitmap"; bitmap: ImageBitmap };

/**
 * A finished picture. It does not live in a worker's wasm instance, which may be ended and would
 * never shrink, but as JS objects that are garbage collected.
 */
export interface FinishedPicture {
  width: number;
  height: number;
  /** RGBA8, sRGB: what a canvas shows. */
  pixels: ArrayBuffer;
  /**
   * `Picture.pack()`, for encoders: full depth, profile, alpha. A blob is posted without being
   * copied.
   */
  packed: Blob;
}

export interface UpscaleRequest {
  source: PortableSource;
  size: ResultSize;
  tile: "exact" | "auto";
  /** Whether to send parts of the result as they are finished. */
  parts: boolean;
  /** Around this point of the picture, from 0 to 1, the parts come first. */
  focus: { x: number; y: number } | undefined;
  clean: CleanUp;
  /** The weights that the model's are mixed with for it, if the model has some. */
  twin: ArrayBuffer | undefined;
  /** The network of an elastic model. */
  slice: Slice;
  /** To divide the picture between the elastic model's networks. */
  schedule: ScheduleOptions | undefined;
}

/** The settings of a schedule. */
export interface ScheduleOptions {
  /** In %. */
  effort: number;
  score: Score;
}

export type ResultSize = { scale: number } | { width: number; height: number };

export type UpscaleEvent = { progress: Progress } | { part: PlainPart };

/** A `Part` before its pixels are an `ImageData`. */
export interface PlainPart {
  left: number;
  top: number;
  width: number;
  pixels: ArrayBuffer;
}

export interface EstimateRequest {
  source: { width: number; height: number };
  size: ResultSize;
  tile: "exact" | "auto";
  slice: Slice;
  /** A schedule, and the packed picture that it divides. */
  scheduled: { schedule: ScheduleOptions; packed: Blob } | undefined;
}

export interface UpscaleReply {
  picture: FinishedPicture;
  report: Report;
  /** With a schedule. */
  rungs: RungMap | undefined;
}

export interface EngineOptions {
  model: ArrayBuffer;
  backend: Backend;
  /** Maximum number of workers on the CPU. */
  workers: number;
  /** On a GPU: feature maps as 16-bit floats. */
  half: boolean;
}

/** RGBA8 pixels, before the page makes an `ImageData` of them. */
export interface PlainPixels {
  width: number;
  height: number;
  pixels: ArrayBuffer;
}

/** A read picture, before the page makes an `ImageData` of its pixels. */
export type InspectReply = Omit<SourcePicture, "imageData"> & { pixels: ArrayBuffer };

// Type aliases and not interfaces: only they are assignable to `Methods`.
export type CoordinatorMethods = {
  /** Loads the engine while the caller loads the model. */
  prepare: [undefined, undefined, never];
  /** Opens and checks the GPU too, if the caller demands one. */
  boot: [EngineOptions, ModelInfo, never];
  describe: [Json<Partial<SplitSrHyperparameters>>, NetworkInfo, never];
  inspect: [PortableSource, InspectReply, never];
  crop: [{ source: PortableSource; area: Area }, InspectReply, never];
  estimate: [EstimateRequest, Estimate, never];
  upscale: [UpscaleRequest, UpscaleReply, UpscaleEvent];
  resize: [{ source: PortableSource; width: number; height: number; resizer: Resizer }, PlainPixels, never];
  shrink: [{ source: PortableSource; scale: number }, { small: PlainPixels; sharp: PlainPixels }, never];
  distance: [{ a: PlainPixels; b: PlainPixels; border: number }, Distance, never];
  heatMap: [{ a: PlainPixels; b: PlainPixels }, PlainPixels, never];
  /** Carries over the EXIF metadata of `original`, if there is one. */
  encode: [
    { packed: Blob; type: string; quality: number | undefined; original: Blob | undefined },
    { blob: Blob; notes: string[] },
    never,
  ];
};

/** The weights that compute tiles. */
export interface TileWeights {
  model: ArrayBuffer;
  /** Those of the cheap network, for the tiles of a schedule. */
  cheap?: ArrayBuffer | undefined;
}

export type TileWorkerMethods = {
  /** Returns the worker's instruction set. */
  boot: [TileWeights & { module: WebAssembly.Module; half: boolean }, string, never];
  /** Takes other weights. */
  load: [TileWeights & { half: boolean }, undefined, never];
  /** `input` is what `Job.tileInput` gives. */
  run: [{ input: ArrayBuffer; wantsPixels: boolean }, TileOutput, never];
};

export interface TileOutput {
  /**
   * Three planes of 32-bit floats, as `Job.accept` takes them; or RGBA8 if pixels were wanted: a
   * third of the memory.
   */
  values: ArrayBuffer;
  /** Whether the first result had NaN or infinity, so that the CPU computed the tile again. */
  recomputed: boolean;
}
