/** TensorFlow.js on its WebAssembly, WebGPU or WebGL backend. It reads no ONNX, so the network is built here by the names of the weights. */
import { readWeights } from "./weights.mjs";

const folder = "/benches/peers/node_modules/@tensorflow/";

/** DIV2K's mean colour: `MEAN` of src/network/mod.rs. */
const MEAN = [0.4488, 0.4371, 0.404];

/** `backend`: "wasm", "webgpu" or "webgl"; `threads`, for "wasm": how many, as the text of a number. */
export async function start({ backend = "wasm", threads: count = "1" }) {
  const threads = Number(count);
  // 4.22 takes half of what the machine is said to have, whatever setThreadsCount says.
  if (threads > 1) Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
  importScripts(
    `${folder}tfjs-core/dist/tf-core.min.js`,
    `${folder}tfjs-backend-cpu/dist/tf-backend-cpu.min.js`,
    `${folder}tfjs-backend-${backend}/dist/tf-backend-${backend}.min.js`,
  );
  const tf = self.tf;
  if (backend === "wasm") {
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads > 1);
    tf.wasm.setWasmPaths(`${location.origin}${folder}tfjs-backend-wasm/wasm-out/`);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} backend here`);
  let network;
  return {
    info: { version: tf.version_core, threads: threads > 1 ? tf.wasm.getThreadsCount() : 1 },
    async setModel({ weights }) {
      network?.dispose();
      network = build(tf, await readWeights(weights));
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
  };
}

/** SplitSR with split blocks, standard blocks and a dense upsampler, in NHWC: the steps of the exported graph. */
function build(tf, { config, tensors }) {
  const layers = new Map();
  for (const name of tensors.keys()) {
    const layer = name.replace(/\.weight$/, "");
    if (layer !== name) layers.set(layer, constants(tf, tensors, layer));
  }
  const steps = { 2: [2], 3: [3], 4: [2, 2] }[config.scale];
  const split = Math.max(1, Math.round(config.split_ratio * config.channels));
  const mean = tf.tensor1d(MEAN);

  const conv = (x, layer, activation = "linear") => {
    const { filter, bias } = layers.get(layer);
    return tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "same", activation });
  };
  const splitBlocks = (x, path) => {
    const queue = tf.split(x, config.channels / split, 3);
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
  return {
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
        y = tf.depthToSpace(conv(y, `upsampler.steps.${step}.expand`), factor, "NHWC");
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
  // TensorFlow.js shuffles pixels with the channel last ("DCR"), we and PyTorch with the channel first ("CRD").
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
