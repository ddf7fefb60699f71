/** A worker of the pool: enlarges bands, with its own wasm instance and its own copy of the model. */
import { Model, instructionSet } from "../wasm/simd128/splitsr.js";
import { move, serve } from "./bridge.ts";
import type { BandWorkerMethods } from "./protocol.ts";
import { instantiate } from "./wasm.ts";

let model: Model | undefined;

serve<BandWorkerMethods>({
  boot({ module, model: bytes }) {
    instantiate(module);
    model = Model.load(new Uint8Array(bytes));
    return instructionSet();
  },
  run(input) {
    if (!model) throw new Error("the band worker has no model");
    const output = model.runTile(new Uint8Array(input)).buffer as ArrayBuffer;
    return move(output, [output]);
  },
});
