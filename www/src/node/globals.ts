/**
 * The browser's globals that the engine uses and Node lacks. `build-package.mjs` has the code
 * import them from here, so that the caller's globals stay as they are.
 */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { reason } from "./reason.ts";

export const isSecureContext = true;

export const navigator = { hardwareConcurrency: availableParallelism() };

/** Pixels: RGBA8, row by row. */
export class ImageData {
  readonly colorSpace = "srgb";
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number);
  constructor(data: Uint8ClampedArray<ArrayBuffer>, width: number, height?: number);
  constructor(first: number | Uint8ClampedArray<ArrayBuffer>, second: number, third?: number) {
    const isEmpty = typeof first === "number";
    this.width = isEmpty ? first : second;
    this.height = isEmpty ? second : (third ?? first.length / 4 / second);
    this.data = isEmpty ? new Uint8ClampedArray(4 * this.width * this.height) : first;
    if (this.data.length !== 4 * this.width * this.height) {
      throw new RangeError(`${this.data.length} bytes are not ${this.width} × ${this.height} pixels of 4 bytes`);
    }
  }
}

/** Nothing is an instance of it. */
export const ImageBitmap = { [Symbol.hasInstance]: () => false };

/** Node's own reads no files. */
export async function fetch(address: string | URL): Promise<Response> {
  const url = new URL(address);
  if (url.protocol !== "file:") return globalThis.fetch(url);
  try {
    return new Response(await readFile(url));
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  }
}
