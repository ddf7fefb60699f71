/**
 * A worker of the pool: enlarges tiles on the CPU, with its own wasm instance and copy of the
 * model.
 */
import { Model, instructionSet } from "../wasm/simd128/splitsr.js";
import { serve } from "./bridge.ts";
import type { TileWorkerMethods } from "./protocol.ts";
import { toMessage } from "./tile-output.ts";
import { instantiate } from "./wasm.ts";

let model: Model | undefined;

function load(bytes: ArrayBuffer): void {
  model?.free();
  model = Model.load(new Uint8Array(bytes));
}

serve<TileWorkerMethods>({
  boot({ module, model: bytes }) {
    instantiate(module);
    load(bytes);
    return instructionSet();
  },
  load({ model: bytes }) {
    load(bytes);
    return undefined;
  },
  run({ input, wantsPixels }) {
    if (!model) throw new Error("the tile worker has no model");
    const output = model.runTile(new Uint8Array(input));
    return toMessage(output, wantsPixels);
  },
});
