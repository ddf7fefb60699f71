/** Offers the files that every user of the npm package needs. */
import { offer } from "../module/file-locations.ts";

// Written out, not in a loop, because bundlers look for exactly this code.
offer({
  "coordinator.js": () => new URL("./files/coordinator.js", import.meta.url),
  "tile-worker.js": () => new URL("./files/tile-worker.js", import.meta.url),
  "simd128.wasm": () => new URL("./files/simd128.wasm", import.meta.url),
  "relaxed-simd.wasm": () => new URL("./files/relaxed-simd.wasm", import.meta.url),
  "codecs.wasm": () => new URL("./files/codecs.wasm", import.meta.url),
  "splitsr-x2.safetensors": () => new URL("./files/splitsr-x2.safetensors", import.meta.url),
});
