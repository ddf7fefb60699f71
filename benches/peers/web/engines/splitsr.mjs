/** Our engine alone, as a worker of the product's pool has it: a wasm instance that enlarges one tile, the whole picture. */
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
      const bytes = await model.runTile(tileMessage(planes, height, width, scale));
      return new Float32Array(bytes.buffer);
    },
    planes: (output) => output,
  };
}

/** `TileInput::to_bytes` of src/upscale/tile.rs, for a tile that is the whole picture, in fast arithmetic. */
function tileMessage(planes, height, width, scale) {
  const flags = 0;
  const source = [width, height];
  const target = [scale * width, scale * height];
  const header = Uint32Array.of(flags, ...source, ...target, 0, 0, ...source, 0, 0, ...target);
  const message = new Uint8Array(header.byteLength + planes.byteLength);
  message.set(new Uint8Array(header.buffer));
  message.set(new Uint8Array(planes.buffer, planes.byteOffset, planes.byteLength), header.byteLength);
  return message;
}
