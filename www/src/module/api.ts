/** The types of the `splitsr` package. */

/** The model that is used unless another is named. */
export const DEFAULT_MODEL = "splitsr-x2";

/** The largest zoom. */
export const MAX_ZOOM = 16;

/**
 * A picture: a file's bytes, a URL (relative ones are relative to the document), pixels, or what {@link Upscaler.inspect}
 * has read already.
 */
export type Source = Blob | string | URL | ImageData | ImageBitmap | SourcePicture;

/** A model of the package's `models/index.json` by name, the URL of a weights file, or its bytes. */
export type ModelSource = string | URL | Blob | ArrayBuffer;

/** Which device enlarges. */
export type Backend = "auto" | "cpu" | "gpu";

export interface UpscalerOptions {
  /** Default: {@link DEFAULT_MODEL}. */
  model?: ModelSource;
  /**
   * `auto` (default): WebGPU where there is a graphics card that the browser offers and that computes, in a check before the
   * first picture, what the CPU does. `gpu`: WebGPU on any adapter that passes the check, or an error.
   */
  backend?: Backend;
  /**
   * On a GPU with 16-bit floats: feature maps are stored as such, which moves half the memory. Results are within 1 level of
   * 255. Default false.
   */
  half?: boolean;
  /** Most workers that enlarge at once on the CPU; 1 is one worker. Default: the device's cores, at most 8. */
  workers?: number;
}

/** How large the result is: by a factor from 1 to 16, or in pixels. */
export type Target =
  { scale: number; width?: never; height?: never } | { width: number; height: number; scale?: never };

export type UpscaleOptions = Target & {
  /**
   * `auto` (default): tiles overlap by the halo that was measured to change no 8-bit value by more than 1 level, and are
   * computed by the fastest instructions of the machine; on one machine the result is the same with any number of
   * workers. `exact`: tiles overlap by the whole receptive field, and the result equals the untiled one bit for bit, on
   * every machine; slower. It is computed on the CPU, unless `gpu` is demanded: then it holds on that GPU only.
   */
  tile?: "exact" | "auto";
  /** Cancels: the promise rejects at once with the signal's reason, and the upscaler is ready for the next picture. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /**
   * Gets parts of the result as they are computed, to show them: opaque, and before they are converted from a colour profile,
   * for which reason pictures with one have no parts.
   */
  onPart?: (part: Part) => void;
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
  /** Pixels of the result left of it and above it. */
  left: number;
  top: number;
  imageData: ImageData;
}

/** What enlarging a picture would take. */
export interface Estimate {
  /** Of the result. */
  width: number;
  height: number;
  tiles: number;
  /** By the speed of this device, measured. */
  milliseconds: number;
  /** Memory for the pictures, and for the tiles that are computed at once. */
  bytes: number;
}

export interface Progress {
  phase: "decode" | "enlarge" | "finish";
  /** From 0 to 1. */
  fraction: number;
}

/** What a model's file says about itself. */
export interface ModelFacts {
  name: string;
  /** 2, 3 or 4. Larger zooms run it several times, smaller ones are resized down. */
  scale: number;
  /** SHA-256 of the file, in hexadecimal. */
  sha256: string;
}

/** An entry of `models/index.json`. */
export interface ModelEntry extends ModelFacts {
  /** File name, next to the index. */
  file: string;
  params: number;
  /** Multiply-adds for a result of 1280 × 720. */
  macs_720p: number;
  /** As {@link NetworkInfo.receptiveField}; absent where only the weights file is known. */
  receptive_field?: number | null;
  /** How it was trained; other fields as the recipe has them. */
  training: { hours?: number } | null;
  config:
    | SplitSrConfig
    | { architecture: "edsr"; scale: number; channels: number; blocks: number }
    | { architecture: "srcnn"; scale: number };
}

/** A SplitSR network's hyper-parameters. */
export interface SplitSrConfig {
  architecture: "splitsr";
  scale: number;
  channels: number;
  groups: number;
  /** In a group. */
  blocks: number;
  /** The part of the channels that a lightweight block convolves. */
  split_ratio: number;
  /** How many groups are made of lightweight blocks. */
  hybrid_index: number;
  hybrid_mode: "split-first" | "standard-first" | "interleaved";
  /** Where lightweight blocks replace standard ones. */
  replacement: "features" | "upsampler" | "both";
  block: "split" | "shuffle" | "inverted-residual" | "idle" | "ghost";
  /** The reduction of channel attention, or none. */
  attention: number | null;
}

/** What a network would be like, with or without weights. */
export interface NetworkInfo {
  config: SplitSrConfig;
  params: number;
  /** Multiply-adds for a result of 1280 × 720. */
  macs720p: number;
  /** The side of what an output pixel sees, in low-resolution pixels; null: the whole picture. */
  receptiveField: number | null;
  /** Which of the groups are lightweight. */
  lightGroups: boolean[];
  /** How many channels a lightweight block convolves. */
  splitChannels: number;
}

/** A source picture as the engine reads it, upright, before enlarging. */
export interface SourcePicture {
  width: number;
  height: number;
  hasAlpha: boolean;
  /** What is worth knowing about how it was read: "the first of 4 frames". */
  notes: string[];
  /** Its pixels in sRGB. */
  imageData: ImageData;
  /** All of it (full depth, alpha, profile) in the engine's own form, so that enlarging it does not read it again. */
  packed: Blob;
}

export interface Report {
  /** The device that ran; for a picture whose GPU was lost on the way, the CPU, which finished it. */
  backend: "cpu" | "gpu";
  /** Why this device. */
  reason: string;
  /** The device in words. */
  adapter: string;
  model: string;
  modelSha256: string;
  /** From the source's bytes to the finished pixels. */
  milliseconds: number;
  tiles: number;
  /** Workers that took part. */
  workers: number;
  /** What they compute with: "simd128" or "relaxed-simd", on a GPU "wgsl". */
  instructionSet: string;
  /** SHA-256 of the result's RGBA8 pixels, row by row, without padding. */
  outputSha256: string;
  /** See {@link SourcePicture.notes}. */
  notes: string[];
}

export interface UpscaleResult {
  width: number;
  height: number;
  /**
   * The result as a file, "image/png" (default; lossless), "image/jpeg" or "image/webp". 16-bit values and the colour
   * profile are kept where the format has them; on what is transparent, JPEG puts white. `quality`: 1 to 100 (default 92)
   * of JPEG; for WebP below 100 it asks for a smaller file with loss, and without it the file is lossless. `metadataOf`: a
   * file whose EXIF metadata (camera, date, place) is carried over; without, none is written.
   *
   * @throws {UpscaleError} `encode` for a format that is not written here, or a lossy WebP where the browser (Safari) cannot
   * write it.
   */
  blob(type?: string, quality?: number, options?: { metadataOf?: Blob | undefined }): Promise<Blob>;
  /** The pixels in sRGB. Each call gives the same object. */
  imageData(): ImageData;
  report: Report;
}

/** A way to resize without a network; `bicubic` is MATLAB's. */
export type Resizer = "nearest" | "bilinear" | "bicubic" | "lanczos3";

/** How far two pictures are from each other, on white where they are transparent. */
export interface Distance {
  /** dB on luma; null: equal. */
  psnrY: number | null;
  /** On luma; null where a picture is smaller than its window of 11 pixels. */
  ssimY: number | null;
  /** The largest difference of a channel, in levels of 255. */
  largest: number;
  /** The mean difference of the channels, in levels of 255. */
  mean: number;
}

export interface Upscaler {
  readonly model: ModelFacts;
  /** What a SplitSR network would cost and see; those hyper-parameters that are left out are the flagship's. */
  describe(network: Partial<SplitSrConfig>): Promise<NetworkInfo>;
  /**
   * Reads a picture without enlarging it. `decoder`: "own" reads a Blob's file with this package's codecs wherever they can,
   * which give the same values on every machine; "auto" (default) leaves to the browser what it reads as well, though browsers'
   * readings of JPEG differ by a level or two.
   */
  inspect(source: Source, options?: { signal?: AbortSignal; decoder?: "auto" | "own" }): Promise<SourcePicture>;
  /** A part of a picture, in its full depth, to be enlarged like any other. */
  crop(source: Source, area: Area, options?: { signal?: AbortSignal }): Promise<SourcePicture>;
  /**
   * What enlarging a picture of this size would take. The first call measures the device's speed, for a few tenths of a second.
   *
   * @throws {UpscaleError} as `upscale` would, if the result is too large or smaller than the picture.
   */
  estimate(size: { width: number; height: number }, target: Target & { tile?: "exact" | "auto" }): Promise<Estimate>;
  /** Enlarges a picture. Calls made while one runs wait for their turn. */
  upscale(source: Source, options: UpscaleOptions): Promise<UpscaleResult>;
  /** A picture that was read as a file, of the types and with the quality of {@link UpscaleResult.blob}. */
  encode(source: SourcePicture, type?: string, quality?: number): Promise<Blob>;
  /** Resizes without a network, to compare with: in sRGB, with its alpha. */
  resize(source: Source, size: { width: number; height: number }, resizer: Resizer): Promise<ImageData>;
  /**
   * What a picture is scored by: the evaluation protocol's small version of it (cut to a multiple of the scale, shrunk by
   * MATLAB's bicubic), and the part of it that was shrunk. Both in sRGB, what is transparent on white.
   */
  shrink(source: Source, scale: number): Promise<{ small: ImageData; sharp: ImageData }>;
  /** Compares two pictures of one size; PSNR and SSIM leave `border` pixels (default: 0) out on each side. */
  distance(a: ImageData, b: ImageData, options?: { border?: number }): Promise<Distance>;
  /** A map of what `distance` finds: black where equal, white where furthest apart. */
  heatMap(a: ImageData, b: ImageData): Promise<ImageData>;
  /** Ends the workers and gives back their memory. What still runs rejects; results stay readable, not encodable. */
  destroy(): void;
}

/** What kind of thing went wrong; the message says it in words. */
export type ErrorCode =
  /** A setting is out of its range. */
  | "usage"
  /** A file could not be fetched. */
  | "network"
  /** Not a picture in a format that can be read here. */
  | "unsupported"
  /** A picture file that is damaged, cut short or empty. */
  | "damaged"
  /** The picture or the result is larger than the limit. */
  | "too-large"
  /** The result cannot be written in the chosen format. */
  | "encode"
  /** A weights file that cannot be used, or no such model. */
  | "model"
  /** There is no GPU that can be used, though it was demanded. */
  | "gpu"
  /** The engine stopped or could not be started. */
  | "engine"
  /** The upscaler was destroyed. */
  | "destroyed";

/** An error whose message is one line for the reader: what is wrong and what to do about it. */
export class UpscaleError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UpscaleError";
    this.code = code;
  }
}
