/** The contenders. `settings` go to the engine in web/engines, or distinguish a program's calls. */
import { anchors } from "./models.mjs";

export const inBrowser = [
  {
    name: "splitsr relaxed-simd",
    label: "SplitSR, relaxed SIMD, 1 worker",
    settings: { engine: "splitsr", build: "relaxed-simd" },
  },
  {
    name: "splitsr simd128",
    label: "SplitSR, without relaxed SIMD, 1 worker",
    settings: { engine: "splitsr", build: "simd128" },
  },
  {
    name: "upscaler 1 worker",
    label: "`createUpscaler`, end to end, 1 worker",
    settings: { engine: "product", workers: 1 },
  },
  {
    name: "upscaler 2 workers",
    label: "`createUpscaler`, end to end, 2 workers",
    settings: { engine: "product", workers: 2 },
  },
  { name: "ort-web 1 thread", label: "ONNX Runtime Web, 1 thread", settings: { engine: "onnxruntime", threads: 1 } },
  { name: "ort-web 2 threads", label: "ONNX Runtime Web, 2 threads", settings: { engine: "onnxruntime", threads: 2 } },
  { name: "tfjs 1 thread", label: "TensorFlow.js, 1 thread", settings: { engine: "tensorflow", threads: 1 } },
  { name: "tfjs 2 threads", label: "TensorFlow.js, 2 threads", settings: { engine: "tensorflow", threads: 2 } },
];

/** On a graphics card, and the same work on the processor. */
export const graphics = [
  { name: "splitsr webgpu", label: "SplitSR, WebGPU", settings: { engine: "splitsr", build: "gpu" } },
  { name: "burn webgpu", label: "Burn's own operations, WebGPU", settings: { engine: "burn" } },
  {
    name: "ort-web webgpu",
    label: "ONNX Runtime Web, WebGPU",
    settings: { engine: "onnxruntime", backend: "webgpu" },
  },
  { name: "tfjs webgpu", label: "TensorFlow.js, WebGPU", settings: { engine: "tensorflow", backend: "webgpu" } },
  { name: "tfjs webgl", label: "TensorFlow.js, WebGL", settings: { engine: "tensorflow", backend: "webgl" } },
  {
    name: "splitsr processor",
    label: "SplitSR on the processor, 1 worker",
    settings: { engine: "splitsr", build: "relaxed-simd" },
    onProcessor: true,
  },
];

/** PyTorch is quicker with the channels last in memory, but not with every network. */
const pytorch = [
  { name: "pytorch", label: "PyTorch", program: "python", settings: { channels_last: false } },
  {
    name: "pytorch channels-last",
    label: "PyTorch, channels last",
    program: "python",
    settings: { channels_last: true },
  },
];

const programs = [
  { name: "splitsr", label: "SplitSR", program: "splitsr", perThreads: true, method: "run", model: "weights" },
  { name: "onnxruntime", label: "onnxruntime", program: "python", method: "run_onnxruntime", model: "onnx" },
  ...pytorch.map((layout) => ({ ...layout, method: "run_torch", model: "weights" })),
];

/**
 * `model` says which of a model's files a program reads. Ours keeps its number of threads until it
 * ends, as the command does.
 */
export const native = programs.flatMap(({ name, label, program, perThreads, settings, ...contender }) =>
  [1, 2].map((threads) => {
    const count = threads === 1 ? "1 thread" : `${threads} threads`;
    return {
      ...contender,
      name: `${name} ${count}`,
      label: `${label}, ${count}`,
      program: perThreads ? `${program}${threads}` : program,
      settings: perThreads ? settings : { ...settings, threads },
    };
  }),
);

/** Contenders for a training step, with two threads. */
export const training = [
  { name: "splitsr", label: "SplitSR", program: "splitsr2", method: "train" },
  ...pytorch.map((layout) => ({ ...layout, method: "train_torch", settings: { ...layout.settings, threads: 2 } })),
];

/** Contenders for a training step in the browser. */
export const tuning = [
  {
    name: "tuning 1 worker",
    label: "SplitSR's `fineTune`, 1 worker",
    settings: { engine: "tuning", workers: 1 },
    steps: 10,
  },
  {
    name: "tuning 2 workers",
    label: "SplitSR's `fineTune`, 2 workers",
    settings: { engine: "tuning", workers: 2 },
    steps: 10,
  },
  {
    name: "tfjs 1 thread",
    label: "TensorFlow.js, 1 thread",
    settings: { engine: "tensorflow", threads: 1, trains: true },
    steps: 1,
  },
  {
    name: "tfjs 2 threads",
    label: "TensorFlow.js, 2 threads",
    settings: { engine: "tensorflow", threads: 2, trains: true },
    steps: 1,
  },
];

const named = (names) => names.map((name) => inBrowser.find((contender) => contender.name === name));

/** A cold start: from a page that has loaded nothing to the first enlarged picture. */
export const cold = named([
  "upscaler 1 worker",
  "upscaler 2 workers",
  "ort-web 1 thread",
  "ort-web 2 threads",
  "tfjs 1 thread",
]);

/** A picture that needs tiles. `byHand`: the page's author has to cut them. */
export const large = named(["upscaler 2 workers", "ort-web 2 threads"]).map((contender) => ({
  ...contender,
  byHand: contender.settings.engine === "onnxruntime",
}));

/**
 * Each network of the literature, and ours in front, with who runs it: natively and in Chromium, on
 * 1 and 2 threads.
 */
const engine = ["splitsr 1 thread", "splitsr 2 threads", "splitsr relaxed-simd", "upscaler 2 workers"];
const runtime = ["onnxruntime 1 thread", "onnxruntime 2 threads", "ort-web 1 thread", "ort-web 2 threads"];

export const anchorRows = [
  { label: "SplitSR (splitsr-x2)", columns: engine },
  { label: "SplitSR, run by ONNX Runtime", columns: runtime },
  ...Object.entries(anchors).map(([anchor, { label }]) => ({ anchor, label, columns: runtime })),
].map(({ columns, ...row }) => ({ ...row, columns: columns.map((who) => ({ who, name: `${row.label}: ${who}` })) }));

/** The contenders of a row, under names of their own, so that each keeps its network. */
export function contendersOf({ columns }) {
  const ofRow = (all) =>
    columns.flatMap(({ who, name }) => all.filter((one) => one.name === who).map((one) => ({ ...one, name })));
  return { inBrowser: ofRow(inBrowser), native: ofRow(native) };
}
