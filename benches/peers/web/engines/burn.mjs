/** The same network by Burn's own operations, on WebGPU, as `pkg-scripts/build bench` makes it. */
const folder = "/www/src/wasm/bench";

export async function start() {
  const { default: initialise, ReferenceModel } = await import(`${folder}/splitsr.js`);
  await initialise({ module_or_path: `${folder}/splitsr_bg.wasm` });
  let model;
  return {
    info: {},
    async setModel({ weights }) {
      model?.free();
      model = await ReferenceModel.load(new Uint8Array(await (await fetch(weights)).arrayBuffer()));
    },
    prepare: (planes, height, width) => ({ planes, height, width }),
    run: ({ planes, height, width }) => model.run(planes, height, width),
    planes: (output) => output,
  };
}
