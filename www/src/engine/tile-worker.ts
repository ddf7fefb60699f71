/**
 * A worker of the pool: enlarges tiles on the CPU, with its own wasm instance and copy of the
 * model.
 */
import { Model, instructionSet } from "../wasm/simd128/splitsr.js";
import { serve } from "./bridge.ts";
import type { TileWeights, TileWorkerMethods } from "./protocol.ts";
import { toMessage } from "./tile-output.ts";
import { instantiate } from "./wasm.ts";

let model: Model | undefined;

function load({ model: bytes, cheap }: TileWeights): void {
  model?.free();
  model = Model.load(new Uint8Array(bytes), cheap && new Uint8Array(cheap));
}

serve<TileWorkerMethods>({
  boot({ module, ...weights }) {
    instantiate(module);
    load(weights);
    return instructionSet();
  },
  load(weights) {
    load(weights);
    return undefined;
  },
  run({ input, wantsPixels }) {
    if (!model) throw new Error("the tile worker has no model");
    const output = model.runTile(new Uint8Array(input));
    return toMessage(output, wantsPixels);
  },
});
