/** The types of enlarging: what `createUpscaler` takes and gives. */
import type { CompressionInfo, Slice } from "./generated/types.ts";
import type { ModelInfo, NetworkInfo, SplitSrConfig } from "./network.ts";

export type { ChromaSampling, CompressionInfo, CompressionKind, Slice } from "./generated/types.ts";

/** The model that is used unless another is named. */
export const DEFAULT_MODEL = "splitsr-x2";

/** The effort of a schedule, in %, unless another is given. */
export const DEFAULT_EFFORT = 60;

/** The largest zoom. */
export const MAX_ZOOM = 16;

/**
 * A picture: a file's bytes, a URL (relative ones are relative to the document), pixels, or what
 * {@link Upscaler.inspect} has read already. In Node a string is a path, unless it has a scheme.
 */
export type Source = Blob | ArrayBuffer | Uint8Array | string | URL | ImageData | ImageBitmap | SourcePicture;

/**
 * A model of the package's `models/index.json` by name, the URL of a weights file, or its bytes.
 */
export type ModelSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** The locations of files that are loaded on demand. Addresses may be relative to the document. */
export interface FileLocations {
  /**
   * The folder of the npm package's workers and WebAssembly, for bundlers that do not follow
   * `new URL("…", import.meta.url)`: a copy of `lib/files`. Default: where the bundler put them.
   */
  assets?: string | URL | undefined;
  /**
   * A folder with models and their `index.json`, such as a copy of the package `splitsr-models`.
   * Default: the models that come with the module.
   */
  models?: string | URL | undefined;
}

/** The device that enlarges. */
export type Backend = "auto" | "cpu" | "gpu";

/** With the settings of an elastic model; other models refuse them. */
export interface UpscalerOptions extends Slice, FileLocations {
  /** Default: {@link DEFAULT_MODEL}. */
  model?: ModelSource;
  /**
   * `auto` (default): WebGPU, if the browser offers a graphics card whose results agree with the
   * CPU's in a check before the first picture; otherwise the CPU. `gpu`: WebGPU on any adapter that
   * passes the check, or an error.
   */
  backend?: Backend;
  /**
   * Stores feature maps as 16-bit floats on GPUs that have them, which halves the memory traffic.
   * Results differ by at most 1 level of 255. Default: false.
   */
  half?: boolean;
  /**
   * Maximum number of workers on the CPU. Default: the device's cores, at most 8.
   */
  workers?: number;
}

/**
 * How much to clean up a compressed picture: `auto` chooses the strength that suits the compression
 * of its file; a number is a strength from 0 (off) to 100 %.
 */
export type CleanUp = "auto" | number;

/** The size of the result: a factor from 1 to 16, or pixels. */
export type Target =
  { scale: number; width?: never; height?: never } | { width: number; height: number; scale?: never };

/**
 * How a schedule estimates what a network gains in a part of the picture: by its total variation
 * (as in MobiSR), its mean Laplacian (as in ARM), or the root of the mean squared Laplacian.
 */
export type Score = "total-variation" | "mean-laplacian" | "rms-laplacian";

/** The ways to compute a part of the picture under a schedule. */
export type Rung = "bicubic" | "cheap" | "whole";

/** Which rung computed which part of a picture: cells between edges. */
export interface RungMap {
  /** The edges of the columns, from 0 to 1 along the width. */
  x: number[];
  /** The edges of the rows, from 0 to 1 along the height. */
  y: number[];
  /** The cells, row by row. */
  rungs: Rung[];
}

/** How to divide a picture between the networks of an elastic model. */
export interface Schedule {
  /**
   * `mobisr`: the picture is divided between the network, a cheaper one of the same elastic model
   * and bicubic, each where it is worth its work. A GPU computes only the network's part of the
   * hardest tiles. Not with `tile: "exact"`, because the result depends on the tiles.
   */
  schedule?: "mobisr";
  /**
   * How much quality counts against work, from 0 (bicubic everywhere) to 100 % (the network
   * everywhere). Default: {@link DEFAULT_EFFORT}.
   */
  effort?: number;
  /** Default: "rms-laplacian". */
  score?: Score;
}

/**
 * Settings of an elastic model that are given here replace those given to `createUpscaler`.
 */
export type UpscaleOptions = Target &
  Slice &
  Schedule & {
    /**
     * `auto` (default): tiles overlap by a halo that was measured to change no 8-bit value by more
     * than 1 level (it is estimated for a weights file without one), and use the machine's fastest
     * instructions; on one machine, any number of workers gives the same result. `exact`: tiles
     * overlap by the whole receptive field, and the result equals the untiled one bit for bit, on
     * every machine; slower. It uses the CPU unless the backend is `gpu`: then it is exact on that
     * GPU only.
     */
    tile?: "exact" | "auto";
    /**
     * Elastic models only: milliseconds that the picture may take. The best network with the hybrid
     * mode that is expected to be fast enough is used, or else the fastest; a note of the report
     * names it. This replaces a split ratio and a hybrid index.
     */
    budget?: number;
    /** Default: 0. "auto" gives the same result as the strength that the report names. */
    clean?: CleanUp;
    /**
     * Cancels: the promise rejects at once with the signal's reason, and the upscaler takes the
     * next picture.
     */
    signal?: AbortSignal;
    onProgress?: (progress: Progress) => void;
    /**
     * Gets parts of the result as they are finished, to show them. They are opaque. Pictures with a
     * colour profile have no parts, since only the whole result is converted to sRGB.
     */
    onPart?: (part: Part) => void;
    /** The point around which parts come first, from 0 to 1 along each side of the picture. */
    focus?: { x: number; y: number };
  };

/** A rectangle in pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A rectangle of the result. */
export interface Part {
  /** Position in the result, in pixels. */
  left: number;
  top: number;
  imageData: ImageData;
}

/** The expected cost of enlarging a picture. */
export interface Estimate {
  /** Size of the result in pixels. */
  width: number;
  height: number;
  tiles: number;
  /** Expected time, from the measured speed of this device. */
  milliseconds: number;
  /**
   * Memory for the pictures, and for the tiles that are computed at once. The canvas that shows the
   * result comes on top.
   */
  bytes: number;
}

export interface Progress {
  phase: "decode" | "enlarge" | "finish";
  /** From 0 to 1. */
  fraction: number;
}

/** A source picture as the engine reads it, upright, before enlarging. */
export interface SourcePicture {
  width: number;
  height: number;
  /** Whether any of its pixels is transparent. */
  hasAlpha: boolean;
  /** Remarks on how it was read, such as "the first of 4 frames". */
  notes: string[];
  /** How strongly it was compressed; null where nothing shows a loss. */
  compression: CompressionInfo | null;
  /** Its pixels in sRGB. */
  imageData: ImageData;
  /**
   * The whole picture (full depth, alpha, profile) in the engine's own form, so that it is not read
   * again.
   */
  packed: Blob;
}

export interface Report {
  /**
   * The device that enlarged the picture; the CPU, if the GPU was lost and the CPU finished it.
   */
  backend: "cpu" | "gpu";
  /** Why this device was chosen. */
  reason: string;
  /** The device in words. */
  adapter: string;
  model: string;
  modelSha256: string;
  /** The strength of the clean-up in %. */
  clean: number;
  /** With a schedule. */
  schedule?: ScheduleReport;
  /** From the source's bytes to the finished pixels. */
  milliseconds: number;
  tiles: number;
  /** Workers that took part. */
  workers: number;
  /** "simd128" or "relaxed-simd" on the CPU, "wgsl" on a GPU. */
  instructionSet: string;
  /** SHA-256 of the result's RGBA8 pixels, row by row, without padding. */
  outputSha256: string;
  /**
   * See {@link SourcePicture.notes}. Also says if tiles had to be computed again because they held
   * NaN or infinity.
   */
  notes: string[];
}

/** A report on a schedule's work. */
export interface ScheduleReport {
  mode: "mobisr";
  /** In %. */
  effort: number;
  score: Score;
  /** How many cells, squares of about 32 pixels of the source, each rung computed. */
  cells: Record<Rung, number>;
  /** The networks' work, as a share of what the whole network does without a schedule. */
  work: number;
  /**
   * How many tiles a GPU computed: the ones with the most work, while workers on the CPU took the
   * others. The cheap network and bicubic run on the CPU in any case.
   */
  gpuTiles: number;
}

export interface UpscaleResult {
  width: number;
  height: number;
  /**
   * Encodes the result as "image/png" (default; lossless), "image/jpeg" or "image/webp". 16-bit
   * values and the colour profile are kept if the format supports them; JPEG puts transparent
   * pixels on white. `quality`: 1 to 100, for JPEG (default 92) and lossy WebP; without it, or with
   * 100, WebP is lossless. `metadataOf`: a file whose EXIF metadata (camera, date, place) is
   * carried over; without it, no metadata is written. `onNote` is called with each remark on what
   * the format cannot hold, such as "reduced from 16 to 8 bits per channel, as jpg files have".
   *
   * @throws {UpscaleError} `encode` if the package cannot write the format, or the browser (Safari)
   * cannot write lossy WebP.
   */
  blob(
    type?: string,
    quality?: number,
    options?: { metadataOf?: Blob | undefined; onNote?: ((note: string) => void) | undefined },
  ): Promise<Blob>;
  /** The pixels in sRGB. Each call returns the same object. */
  imageData(): ImageData;
  report: Report;
  /** With a schedule: which rung computed which part. */
  rungs: RungMap | undefined;
}

/** A way to resize without a network; `bicubic` is MATLAB's. */
export type Resizer = "nearest" | "bilinear" | "bicubic" | "lanczos3";

/** The difference between two pictures; transparent pixels are compared on white. */
export interface Distance {
  /** PSNR in dB on luma; null: the pictures are equal. */
  psnrY: number | null;
  /** SSIM on luma; null if a picture is smaller than its window of 11 pixels. */
  ssimY: number | null;
  /** The largest difference of a channel, in levels of 255. */
  largest: number;
  /** The mean difference of the channels, in levels of 255. */
  mean: number;
}

export interface Upscaler {
  readonly model: ModelInfo;
  /**
   * Describes the cost and the receptive field of a SplitSR network. Hyper-parameters that are left
   * out are the flagship's.
   */
  describe(network: Partial<SplitSrConfig>): Promise<NetworkInfo>;
  /**
   * Reads a picture without enlarging it. `decoder`: "own" prefers this package's codecs for a
   * Blob, which give the same values on every machine; "auto" (default) prefers the browser's where
   * they lose nothing, though browsers decode JPEG with differences of a level or two.
   */
  inspect(source: Source, options?: { signal?: AbortSignal; decoder?: "auto" | "own" }): Promise<SourcePicture>;
  /** Cuts out a part of a picture, in its full depth. */
  crop(source: Source, area: Area, options?: { signal?: AbortSignal }): Promise<SourcePicture>;
  /**
   * Estimates the cost of enlarging a picture of this size. The first call measures the device's
   * speed, which takes a few tenths of a second. What a schedule saves depends on the picture: it
   * counts for an inspected one only.
   *
   * @throws {UpscaleError} as `upscale` would, if the result is too large or smaller than the
   * picture.
   */
  estimate(
    size: { width: number; height: number } | SourcePicture,
    target: Target & Slice & Schedule & { tile?: "exact" | "auto" },
  ): Promise<Estimate>;
  /** Enlarges a picture. Only one call runs at a time; others wait. */
  upscale(source: Source, options: UpscaleOptions): Promise<UpscaleResult>;
  /**
   * Encodes a picture, with the types and the quality of {@link UpscaleResult.blob}.
   */
  encode(source: SourcePicture, type?: string, quality?: number): Promise<Blob>;
  /** Resizes a picture without a network, for comparison. Keeps alpha; gives sRGB. */
  resize(source: Source, size: { width: number; height: number }, resizer: Resizer): Promise<ImageData>;
  /**
   * Prepares a picture for scoring: `sharp` is the picture cut to a multiple of the scale, `small`
   * is `sharp` shrunk by MATLAB's bicubic. Both are in sRGB, with transparent pixels on white.
   */
  shrink(source: Source, scale: number): Promise<{ small: ImageData; sharp: ImageData }>;
  /**
   * Compares two pictures of the same size. PSNR and SSIM ignore `border` pixels (default: 0) on
   * each side.
   */
  distance(a: ImageData, b: ImageData, options?: { border?: number }): Promise<Distance>;
  /** Maps the differences: black where the pictures are equal, white where they differ most. */
  heatMap(a: ImageData, b: ImageData): Promise<ImageData>;
  /**
   * Ends the workers and frees their memory. Pending calls reject; results can still be read, but
   * not encoded.
   */
  destroy(): void;
}
