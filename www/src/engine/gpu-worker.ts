/** The worker that enlarges tiles on WebGPU, with its own wasm instance. */
import { GpuModel, initSync } from "../wasm/gpu/splitsr.js";
import { FatalError, serve } from "./bridge.ts";
import type { TileWeights, TileWorkerMethods } from "./protocol.ts";
import { toMessage } from "./tile-output.ts";

let model: GpuModel | undefined;

/**
 * A failure of the device leaves the runtime unusable: a fatal error makes the caller replace this
 * worker.
 */
function fail(error: unknown): never {
  throw error instanceof Error && error.name === "Device" ? new FatalError("gpu", error.message) : error;
}

/** Checks the GPU with the weights, too. */
async function load({ model: bytes, cheap, half }: TileWeights & { half: boolean }): Promise<void> {
  model?.free();
  model = undefined;
  model = await GpuModel.load(new Uint8Array(bytes), cheap && new Uint8Array(cheap), half).catch(fail);
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
    const output = await model.runTile(new Uint8Array(input)).catch(fail);
    return toMessage(output, wantsPixels);
  },
});
