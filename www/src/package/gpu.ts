/**
 * The network on WebGPU: `import "splitsr/gpu"` makes `backend: "auto"` and `"gpu"` find it. It is
 * loaded when a picture first needs it.
 *
 * @module splitsr/gpu
 */
import { offer } from "../module/file-locations.ts";

// Written out, not in a loop, because bundlers look for exactly this code.
offer({
  "gpu-worker.js": () => new URL("./files/gpu-worker.js", import.meta.url),
  "gpu.wasm": () => new URL("./files/gpu.wasm", import.meta.url),
});
