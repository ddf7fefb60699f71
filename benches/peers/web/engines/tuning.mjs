/**
 * The product's fine-tuning. Its workers draw new patches for each step, compute their gradients
 * and apply them.
 */
import { fineTune } from "/www/dist/splitsr.js";
import { readWeights } from "./weights.mjs";

const folder = "/www/src/wasm/tune";

/** `settings.workers`: how many compute gradients. */
export async function start({ workers }) {
  let weights, tuning, waiting;
  return {
    info: { workers },
    setModel: (urls) => void ({ weights } = urls),
    async startTraining({ batch, patch, scale, picture }) {
      tuning?.destroy();
      // Without generic pictures, which no other contender has. Every fifty steps there is a
      // scoring: runs that have one stand out, and medians leave them out.
      const settings = { steps: 100_000, batch, patch: patch * scale, replay: 0, forget: 100, learningRate: 1e-4 };
      tuning = await fineTune({
        model: new URL(weights, location.href),
        name: "bench",
        pictures: [await (await fetch(picture)).blob()],
        settings,
        backend: "cpu",
        workers,
        onStep: ({ step }) => step >= waiting?.step && waiting.resolve(),
      });
      await tuning.pause();
    },
    async train(steps) {
      const step = tuning.step + steps;
      await new Promise((resolve) => {
        waiting = { step, resolve };
        tuning.resume();
      });
      // It may take one more step before it pauses, and the time for that counts too.
      await tuning.pause();
    },
    async gradient({ lr, hr, batch, patch, scale }) {
      const { default: initialise, Gradients } = await import(`${folder}/splitsr.js`);
      await initialise({ module_or_path: `${folder}/splitsr_bg.wasm` });
      const model = new Uint8Array(await (await fetch(weights)).arrayBuffer());
      const gradients = Gradients.load(model, JSON.stringify(tuning.info.settings));
      const part = new Float32Array([batch, patch, patch * scale, ...lr, ...hr]);
      const [parameters, bytes] = [await readParameters(weights), new Uint8Array(part.buffer)];
      const answer = new Float32Array(gradients.compute(parameters, 0, bytes).slice().buffer);
      gradients.free();
      // The loss comes last.
      const squares = answer.subarray(0, -1).reduce((sum, value) => sum + value * value, 0);
      return { loss: answer.at(-1), norm: Math.sqrt(squares) };
    },
    end: () => tuning?.destroy(),
  };
}

/** All weights in a row, in the order of the network's fields, as bytes. */
async function readParameters(url) {
  const { tensors } = await readWeights(url);
  const fields = ["head", "groups", "body", "upsampler", "tail"];
  const place = (name) => fields.indexOf(name.split(".")[0]);
  const isBias = (name) => Number(name.endsWith(".bias"));
  const layer = (name) => name.replace(/\.(weight|bias)$/, "");
  const compare = (a, b) =>
    place(a) - place(b) || layer(a).localeCompare(layer(b), "en", { numeric: true }) || isBias(a) - isBias(b);
  const all = [...tensors.keys()].sort(compare).flatMap((name) => [...tensors.get(name).values]);
  return new Uint8Array(new Float32Array(all).buffer);
}
