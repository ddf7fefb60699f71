/** The worker that enlarges tiles on WebGPU, with its own wasm instance. */
import { GpuModel, initSync } from "../wasm/gpu/splitsr.js";
import { serve } from "./bridge.ts";
import type { TileWeights, TileWorkerMethods } from "./protocol.ts";
import { toMessage } from "./tile-output.ts";

let model: GpuModel | undefined;

/** Checks the GPU with the weights, too. */
async function load({ model: bytes, cheap, half }: TileWeights & { half: boolean }): Promise<void> {
  model?.free();
  model = undefined;
  model = await GpuModel.load(new Uint8Array(bytes), cheap && new Uint8Array(cheap), half);
}

serve<TileWorkerMethods>({
  async boot({ module, ...weights }) {
    initSync({ module });
    await load(weights);
    return "wgsl";
  },
  async load(weights) {
    await load(weights);
    return undefined;
  },
  async run({ input, wantsPixels }) {
    if (!model) throw new Error("the GPU worker has no model");
    const output = await model.runTile(new Uint8Array(input));
    return toMessage(output, wantsPixels);
  },
});
