/**
 * TensorFlow.js on its WebAssembly, WebGPU or WebGL backend. It reads no ONNX, so the network is
 * built here by the names of the weights.
 */
import { readWeights } from "./weights.mjs";

const folder = "/benches/peers/node_modules/@tensorflow/";

/** DIV2K's mean colour: `MEAN` of src/network/mod.rs. */
const MEAN = [0.4488, 0.4371, 0.404];

/**
 * `backend`: "wasm", "webgpu" or "webgl"; `threads`, for "wasm": how many, as the text of a number;
 * `trains`: given if it does.
 */
export async function start({ backend = "wasm", threads: count = "1", trains }) {
  const threads = Number(count);
  // Version 4.22 uses half of the threads that the machine reports, whatever setThreadsCount says.
  if (threads > 1) Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
  // Only the complete package has gradients. It includes the CPU's backend.
  const core = trains
    ? [`${folder}tfjs/dist/tf.min.js`]
    : [`${folder}tfjs-core/dist/tf-core.min.js`, `${folder}tfjs-backend-cpu/dist/tf-backend-cpu.min.js`];
  importScripts(...core, `${folder}tfjs-backend-${backend}/dist/tf-backend-${backend}.min.js`);
  const tf = self.tf;
  if (backend === "wasm") {
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads > 1);
    tf.wasm.setWasmPaths(`${location.origin}${folder}tfjs-backend-wasm/wasm-out/`);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} backend here`);
  let network, file, training;
  return {
    info: { version: tf.version_core, threads: threads > 1 ? tf.wasm.getThreadsCount() : 1 },
    async setModel({ weights }) {
      network?.dispose();
      file = await readWeights(weights);
      network = build(tf, file);
    },
    prepare: (planes, height, width) => ({ values: nchwToNhwc(planes, height, width), height, width }),
    async run({ values, height, width }) {
      const x = tf.tensor4d(values, [1, height, width, 3]);
      const y = tf.tidy(() => network.forward(x));
      const output = await y.data();
      tf.dispose([x, y]);
      return output;
    },
    planes: nhwcToNchw,

    /** Its step uses the same patches every time, while ours draws new ones. */
    startTraining({ batch, patch }) {
      addFilterGradient(tf, backend);
      const hr = patch * file.config.scale;
      const noise = (side) => tf.randomUniform([batch, side, side, 3], 0, 1, "float32", 1);
      training = { network: build(tf, file, true), adam: tf.train.adam(1e-4), lr: noise(patch), hr: noise(hr) };
    },
    async train(steps) {
      const { network, adam, lr, hr } = training;
      for (let step = 0; step < steps; step++) {
        const loss = adam.minimize(() => l1(tf, network, lr, hr), true, network.variables);
        await loss.data();
        loss.dispose();
      }
      await network.variables[0].data();
    },
    async gradient({ lr, hr, batch, patch, scale }) {
      const { network } = training;
      const [x, y] = [
        [lr, patch],
        [hr, patch * scale],
      ].map(([planes, side]) => tf.transpose(tf.tensor4d(planes, [batch, 3, side, side]), [0, 2, 3, 1]));
      const { value, grads } = tf.variableGrads(() => l1(tf, network, x, y), network.variables);
      const norm = tf.tidy(() => tf.sqrt(tf.addN(Object.values(grads).map((grad) => tf.sum(tf.square(grad))))));
      return { loss: (await value.data())[0], norm: (await norm.data())[0] };
    },
  };
}

const l1 = (tf, network, lr, hr) => tf.mean(tf.abs(tf.sub(network.forward(lr), hr)));

/**
 * The WebAssembly backend has no gradient of a convolution by its filter. This gradient is itself a
 * convolution, with batch and channels swapped, so it is computed as one.
 */
function addFilterGradient(tf, backend) {
  if (tf.getKernel("Conv2DBackpropFilter", backend)) return;
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: backend,
    kernelFunc: ({ inputs: { x, dy }, attrs: { filterShape } }) =>
      tf.tidy(() => {
        const rim = (filterShape[0] - 1) / 2;
        const padded = tf.pad(x, [
          [0, 0],
          [rim, rim],
          [rim, rim],
          [0, 0],
        ]);
        const gradient = tf.conv2d(tf.transpose(padded, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, "valid");
        return tf.transpose(gradient, [1, 2, 0, 3]);
      }),
  });
}

/**
 * SplitSR with split blocks, standard blocks and a dense upsampler, in NHWC: the steps of the
 * exported graph. `trainable`: with variables.
 */
function build(tf, { config, tensors }, trainable = false) {
  const layers = new Map();
  for (const name of tensors.keys()) {
    const layer = name.replace(/\.weight$/, "");
    if (layer === name) continue;
    const { filter, bias } = constants(tf, tensors, layer);
    layers.set(layer, trainable ? { filter: tf.variable(filter), bias: tf.variable(bias) } : { filter, bias });
  }
  const steps = { 2: [2], 3: [3], 4: [2, 2] }[config.scale];
  const split = Math.max(1, Math.round(config.split_ratio * config.channels));
  const mean = tf.tensor1d(MEAN);

  const conv = (x, layer, activation = "linear") => {
    const { filter, bias } = layers.get(layer);
    return tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "same", activation });
  };
  const splitBlocks = (x, path) => {
    // A copy, because TensorFlow.js keeps the array that it returns for the gradient.
    const queue = [...tf.split(x, config.channels / split, 3)];
    for (let block = 0; block < config.blocks; block++) {
      queue.push(conv(queue.shift(), `${path}.blocks.${block}.conv`, "relu"));
    }
    return tf.concat(queue, 3);
  };
  const standardBlocks = (x, path) => {
    for (let block = 0; block < config.blocks; block++) {
      const hidden = conv(x, `${path}.blocks.${block}.conv1`, "relu");
      x = tf.add(conv(hidden, `${path}.blocks.${block}.conv2`), x);
    }
    return x;
  };
  // `depthToSpace` has no gradient, so other operations take its place.
  const shuffle = (x, factor) => {
    if (!trainable) return tf.depthToSpace(x, factor, "NHWC");
    const [count, height, width, channels] = x.shape;
    const rest = channels / factor ** 2;
    const parts = tf.transpose(tf.reshape(x, [count * height, width, factor, factor * rest]), [0, 2, 1, 3]);
    return tf.reshape(parts, [count, height * factor, width * factor, rest]);
  };
  return {
    variables: [...layers.values()].flatMap(Object.values),
    forward(input) {
      const head = conv(tf.sub(input, mean), "head");
      let y = head;
      for (let group = 0; group < config.groups; group++) {
        const path = `groups.${group}`;
        const blocks = layers.has(`${path}.blocks.0.conv1`) ? standardBlocks : splitBlocks;
        y = tf.add(conv(blocks(y, path), `${path}.conv`), y);
      }
      y = tf.add(conv(y, "body"), head);
      steps.forEach((factor, step) => {
        y = shuffle(conv(y, `upsampler.steps.${step}.expand`), factor);
      });
      return tf.add(conv(y, "tail"), mean);
    },
    dispose: () => tf.dispose([mean, ...[...layers.values()].flatMap(Object.values)]),
  };
}

/** A layer's filter, `[3, 3, in, out]`, and bias. */
function constants(tf, tensors, layer) {
  const { shape, values } = tensors.get(`${layer}.weight`);
  const bias = tensors.get(`${layer}.bias`).values;
  const [outputs, inputs, height, width] = shape;
  // TensorFlow.js shuffles pixels with the channel last ("DCR"), we and PyTorch with the channel
  // first ("CRD").
  const factor = layer.startsWith("upsampler") ? outputs / inputs : 1;
  const place = (output) => (output % factor) * (outputs / factor) + Math.floor(output / factor);
  const filter = new Float32Array(values.length);
  const ordered = new Float32Array(outputs);
  const taps = height * width;
  for (let output = 0; output < outputs; output++) {
    ordered[place(output)] = bias[output];
    for (let input = 0; input < inputs; input++) {
      for (let tap = 0; tap < taps; tap++) {
        filter[(tap * inputs + input) * outputs + place(output)] = values[(output * inputs + input) * taps + tap];
      }
    }
  }
  return { filter: tf.tensor4d(filter, [height, width, inputs, outputs]), bias: tf.tensor1d(ordered) };
}

function nchwToNhwc(planes, height, width) {
  const area = height * width;
  return planes.map((_, i) => planes[(i % 3) * area + Math.floor(i / 3)]);
}

function nhwcToNchw(values) {
  const area = values.length / 3;
  return values.map((_, i) => values[3 * (i % area) + Math.floor(i / area)]);
}
