import { move } from "./bridge.ts";
import type { TileOutput } from "./protocol.ts";

/** A tile's result as a message. Frees it in the worker's wasm instance. */
export function toMessage(output: { recomputed: boolean; take(): Float32Array }): TileOutput {
  const { recomputed } = output;
  const planes = output.take().buffer as ArrayBuffer;
  return move({ planes, recomputed }, [planes]);
}
