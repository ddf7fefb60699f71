/** The worker that enlarges tiles on WebGPU, with a wasm instance of its own. */
import { GpuModel, initSync } from "../wasm/gpu/splitsr.js";
import { FatalError, move, serve } from "./bridge.ts";
import type { BandWorkerMethods } from "./protocol.ts";

let model: GpuModel | undefined;

/** The runtime cannot go on after a failure of its device: the worker is to be replaced. */
function fail(error: unknown): never {
  throw error instanceof Error && error.name === "Device" ? new FatalError("gpu", error.message) : error;
}

serve<BandWorkerMethods>({
  async boot({ module, model: bytes, half }) {
    initSync({ module });
    model = await GpuModel.load(new Uint8Array(bytes), half).catch(fail);
    return "wgsl";
  },
  async run(input) {
    if (!model) throw new Error("the GPU worker has no model");
    const output = await model.runTile(new Uint8Array(input)).catch(fail);
    const { buffer } = output as { buffer: ArrayBuffer };
    return move(buffer, [buffer]);
  },
});
