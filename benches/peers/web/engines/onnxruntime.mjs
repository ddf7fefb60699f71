/** ONNX Runtime Web on its WebAssembly or its WebGPU backend. */
import { enlargeInTiles } from "./tiles.mjs";

/** `backend`: "wasm" or "webgpu"; `threads`: how many, as the text of a number. */
export async function start({ backend = "wasm", threads: count = "1" }) {
  const threads = Number(count);
  const folder = "/benches/peers/node_modules/onnxruntime-web/dist/";
  const { env, InferenceSession, Tensor } = await import(`${folder}ort.${backend}.min.mjs`);
  env.wasm.wasmPaths = folder;
  env.wasm.numThreads = threads;
  env.logLevel = "error";
  let session;
  async function run({ planes, dims }) {
    const { output } = await session.run({ input: new Tensor("float32", planes, dims) });
    return output.data;
  }
  return {
    info: { version: env.versions.web, threads: env.wasm.numThreads },
    async setModel({ onnx }) {
      await session?.release();
      session = await InferenceSession.create(onnx, { executionProviders: [backend] });
    },
    prepare: (planes, height, width) => ({ planes, dims: [1, 3, height, width] }),
    run,
    enlarge: (file, tiles) =>
      enlargeInTiles(file, tiles, (planes, width, height) => run({ planes, dims: [1, 3, height, width] })),
    planes: (output) => output,
  };
}
