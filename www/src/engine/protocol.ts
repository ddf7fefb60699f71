/** What the workers are asked: page -> coordinator -> band workers. */
import type {
  Area,
  Backend,
  Distance,
  Estimate,
  ModelFacts,
  NetworkInfo,
  Progress,
  Report,
  Resizer,
  SourcePicture,
} from "../module/api.ts";

/** A source as it travels to the coordinator. */
export type PortableSource =
  /** `own`: for our codecs, where they can read it. */
  | { kind: "blob"; blob: Blob; own?: boolean }
  | { kind: "url"; url: string }
  | { kind: "packed"; packed: Blob }
  | { kind: "pixels"; data: Uint8ClampedArray; width: number; height: number }
  | { kind: "bitmap"; bitmap: ImageBitmap };

/**
 * A finished picture. It does not live in a worker's wasm instance, which may be ended and would never shrink, but as
 * JS objects that are garbage collected.
 */
interface FinishedPicture {
  width: number;
  height: number;
  /** RGBA8, sRGB: what a canvas shows. */
  pixels: ArrayBuffer;
  /** `Picture.pack()`, what an encoder needs: full depth, profile, alpha. As a blob it is posted without being copied. */
  packed: Blob;
}

export interface UpscaleRequest {
  source: PortableSource;
  size: ResultSize;
  tile: "exact" | "auto";
  /** Whether parts of the result are wanted as they come. */
  parts: boolean;
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
}

export interface UpscaleReply {
  picture: FinishedPicture;
  report: Report;
}

export interface EngineOptions {
  model: ArrayBuffer;
  backend: Backend;
  /** Most workers on the CPU. */
  workers: number;
  /** On a GPU: feature maps as 16-bit floats. */
  half: boolean;
}

/** RGBA8 pixels before they become an `ImageData`, which a worker need not build. */
export interface PlainPixels {
  width: number;
  height: number;
  pixels: ArrayBuffer;
}

/** A picture's pixels before they become an `ImageData`, which a worker need not build. */
export type InspectReply = Omit<SourcePicture, "imageData"> & { pixels: ArrayBuffer };

// Type aliases and not interfaces: only they are assignable to `Methods`.
export type CoordinatorMethods = {
  /** Where a GPU is demanded, it is opened and checked. */
  boot: [EngineOptions, ModelFacts, never];
  /** Of hyper-parameters as JSON. */
  describe: [string, NetworkInfo, never];
  inspect: [PortableSource, InspectReply, never];
  crop: [{ source: PortableSource; area: Area }, InspectReply, never];
  estimate: [EstimateRequest, Estimate, never];
  upscale: [UpscaleRequest, UpscaleReply, UpscaleEvent];
  resize: [{ source: PortableSource; width: number; height: number; resizer: Resizer }, PlainPixels, never];
  shrink: [{ source: PortableSource; scale: number }, { small: PlainPixels; sharp: PlainPixels }, never];
  distance: [{ a: PlainPixels; b: PlainPixels; border: number }, Distance, never];
  heatMap: [{ a: PlainPixels; b: PlainPixels }, PlainPixels, never];
  /** With the EXIF metadata of `original`, if that is given. */
  encode: [{ packed: Blob; type: string; quality: number | undefined; original: Blob | undefined }, Blob, never];
};

export type BandWorkerMethods = {
  /** Returns the instruction set that it computes with. */
  boot: [{ module: WebAssembly.Module; model: ArrayBuffer; half: boolean }, string, never];
  /** A tile's low-resolution input to its enlarged output; both as the wasm surface gives them. */
  run: [ArrayBuffer, ArrayBuffer, never];
};
