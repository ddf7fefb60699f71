/**
 * Our engine alone, as a worker of the product's pool has it: a wasm instance that enlarges one
 * tile, the whole picture.
 */
import { tileMessage } from "./tile.mjs";
import { readWeights } from "./weights.mjs";

/** `build`: the folder of the build under www/src/wasm, of which "gpu" computes on WebGPU. */
export async function start({ build }) {
  const folder = `/www/src/wasm/${build}`;
  const { default: initialise, Model, GpuModel } = await import(`${folder}/splitsr.js`);
  await initialise({ module_or_path: `${folder}/splitsr_bg.wasm` });
  let model, scale;
  return {
    info: { build },
    async setModel({ weights }) {
      model?.free();
      const bytes = new Uint8Array(await (await fetch(weights)).arrayBuffer());
      model = build === "gpu" ? await GpuModel.load(bytes, false) : Model.load(bytes);
      ({ scale } = (await readWeights(weights)).config);
    },
    prepare: (planes, height, width) => ({ planes, height, width }),
    async run({ planes, height, width }) {
      return (await model.runTile(tileMessage(planes, height, width, scale))).take();
    },
    planes: (output) => output,
  };
}
