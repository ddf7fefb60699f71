/**
 * Serves a contender's engine to the benchmark. An engine has `info`, `setModel({ onnx, weights })`
 * with URLs, `prepare(planes, height, width)`, `run(prepared)` and `planes(output)`; planes are
 * CHW, RGB in [0, 1]. Only `run` is timed: it goes from memory of JavaScript to memory of
 * JavaScript. The other two only convert formats. `clamps`: whether the result cannot overshoot [0,
 * 1], as the network's does.
 *
 * One that enlarges whole pictures has `enlarge(file, tiles)`, which gives `{ pixels, width, height
 * }`, 8 bits a channel; `tiles` with `side`, `halo` and `scale` is how they are cut, where the page
 * has to do that.
 *
 * One that trains has `startTraining({ batch, patch, picture })`, and then `train(steps)`, which is
 * timed; `gradient(batch)` with a `batch` of `lr` and `hr`, as planes, gives `{ loss, norm }`: the
 * mean absolute difference before a step, and the gradient's length.
 */

import { countKernels } from "./kernels.mjs";

const files = new Map();

/** A file of float32 numbers, downloaded once. */
export async function floats(url) {
  if (!files.has(url)) files.set(url, new Float32Array(await (await fetch(url)).arrayBuffer()));
  return files.get(url);
}

/** The largest difference of two arrays of the same length; NaN where either holds NaN. */
function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} values, and not ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** `start` makes the engine. */
export function serve(start) {
  let engine;
  const methods = {
    async start() {
      engine = await start();
      return engine.info;
    },
    setModel: (urls) => engine.setModel(urls),
    /** Milliseconds of one run, and how far its result is from the file `reference`, if given. */
    async run({ input, height, width, reference }) {
      const prepared = engine.prepare(await floats(input), height, width);
      const start = performance.now();
      const output = await engine.run(prepared);
      const milliseconds = performance.now() - start;
      if (!reference) return { milliseconds };
      const expected = await floats(reference);
      const clamped = engine.clamps ? expected.map((value) => Math.min(1, Math.max(0, value))) : expected;
      return { milliseconds, difference: largestDifference(engine.planes(output), clamped) };
    },
    /** The file of a picture, enlarged as RGBA bytes. */
    enlarge: ({ file, tiles }) => engine.enlarge(file, tiles),
    startTraining: (training) => engine.startTraining(training),
    /** Milliseconds of each training step. */
    async train({ steps }) {
      const start = performance.now();
      await engine.train(steps);
      return { milliseconds: (performance.now() - start) / steps };
    },
    async gradient({ lr, hr, batch, patch, scale }) {
      const [low, high] = await Promise.all([floats(lr), floats(hr)]);
      return engine.gradient({ lr: low, hr: high, batch, patch, scale });
    },
    /** How many kernels a run starts on the graphics card, without computing them. */
    async count({ input, height, width }) {
      const prepared = engine.prepare(await floats(input), height, width);
      return { kernels: await countKernels(() => engine.run(prepared)) };
    },
  };
  return { call: async (method, argument) => methods[method](argument), end: () => engine?.end?.() };
}
