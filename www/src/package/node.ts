/**
 * SplitSR super-resolution in Node: on the processor, by WebAssembly in threads.
 *
 * ```ts
 * import { createUpscaler } from "splitsr/node";
 * const upscaler = await createUpscaler();
 * const result = await upscaler.upscale("photo.jpg", { scale: 2 });
 * await result.save("photo-x2.png");
 * upscaler.destroy();
 * ```
 *
 * Sources are paths, addresses, or bytes such as a Buffer.
 *
 * @module splitsr/node
 */
/// <reference lib="dom" preserve="true" />
import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UpscaleError } from "../api/errors.ts";
import type { Source, UpscaleOptions, UpscaleResult, Upscaler, UpscalerOptions } from "../api/upscaling.ts";
import { offer } from "../module/file-locations.ts";
import { createUpscaler as create } from "../module/upscaler.ts";
import { absolute } from "../node/address.ts";
import { reason } from "../node/reason.ts";

export type * from "../api/errors.ts";
export type * from "../api/network.ts";
export type * from "../api/upscaling.ts";
export { UpscaleError } from "../api/errors.ts";
export { DEFAULT_MODEL, MAX_ZOOM } from "../api/upscaling.ts";
export { listModels, modelFor } from "../module/models.ts";
export { slicesOf, type SliceInfo } from "../module/slices.ts";
export { ImageData } from "../node/globals.ts";

// Written out, not in a loop, because bundlers look for exactly this code.
offer({
  "node-coordinator.js": () => new URL("./files/node-coordinator.js", import.meta.url),
  "node-tile-worker.js": () => new URL("./files/node-tile-worker.js", import.meta.url),
  "simd128.wasm": () => new URL("./files/simd128.wasm", import.meta.url),
  "relaxed-simd.wasm": () => new URL("./files/relaxed-simd.wasm", import.meta.url),
  "codecs.wasm": () => new URL("./files/codecs.wasm", import.meta.url),
  "splitsr-x2.safetensors": () => new URL("./files/splitsr-x2.safetensors", import.meta.url),
});

type EncodeOptions = NonNullable<Parameters<UpscaleResult["blob"]>[2]>;

export interface NodeResult extends UpscaleResult {
  /** The file that `blob` encodes, as a Buffer. */
  bytes(type?: string, quality?: number, options?: EncodeOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes the result to a file, and replaces one that is there. Its extension gives the format:
   * png, jpg, webp, bmp, tif or gif. The file is never half-written.
   *
   * @throws {UpscaleError} `encode` if the format is unknown or the file cannot be written.
   */
  save(file: string | URL, quality?: number, options?: EncodeOptions): Promise<void>;
}

export interface NodeUpscaler extends Upscaler {
  upscale(source: Source, options: UpscaleOptions): Promise<NodeResult>;
}

/**
 * Starts the engine with a model.
 *
 * @throws {UpscaleError} with a message for the reader, if a setting is wrong or the engine or the
 * model cannot be loaded.
 */
export async function createUpscaler(options: UpscalerOptions = {}): Promise<NodeUpscaler> {
  const upscaler = await create(options);
  const upscale = upscaler.upscale.bind(upscaler);
  return Object.assign(upscaler, {
    upscale: async (source: Source, options: UpscaleOptions) => withFiles(await upscale(source, options)),
  });
}

function withFiles(result: UpscaleResult): NodeResult {
  const bytes: NodeResult["bytes"] = async (...how) => Buffer.from(await (await result.blob(...how)).arrayBuffer());
  return {
    ...result,
    bytes,
    save: async (file, quality, options) => {
      const path = fileURLToPath(absolute(file));
      await write(path, await bytes(`image/${endingOf(path)}`, quality, options));
    },
  };
}

function endingOf(path: string): string {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  // The names of types, where these differ.
  return { jpg: "jpeg", tif: "tiff" }[ending] ?? ending;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new UpscaleError("encode", `${path} could not be written: ${reason(error)}.`, { cause: error });
  }
}
