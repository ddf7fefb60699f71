/** The errors that the package throws. */

/** The kind of an error; its message says what went wrong. */
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
