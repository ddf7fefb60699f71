import { move } from "./bridge.ts";
import type { TileOutput } from "./protocol.ts";

/** The same in each bundle. */
interface WasmOutput {
  recomputed: boolean;
  take(): Float32Array;
  takePixels(): Uint8Array;
}

/** A tile's result as a message. Frees it in the worker's wasm instance. */
export function toMessage(output: WasmOutput, wantsPixels: boolean): TileOutput {
  const { recomputed } = output;
  const values = (wantsPixels ? output.takePixels() : output.take()).buffer as ArrayBuffer;
  return move({ values, recomputed }, [values]);
}
