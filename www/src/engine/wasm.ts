/** Loading the wasm bundle: compiled once, instantiated in each worker. */
import wasmUrl from "../wasm/splitsr_bg.wasm?url";
import { initSync } from "../wasm/splitsr.js";
import { FatalError } from "./bridge.ts";

/** Downloads and compiles the bundle. A `WebAssembly.Module` can be sent to other workers, which then skip both. */
export async function compile(): Promise<WebAssembly.Module> {
  try {
    const response = await fetch(wasmUrl);
    if (!response.ok) throw new Error(`status ${response.status}`);
    // Streaming compilation needs the server to say application/wasm; not every static host does.
    return response.headers.get("content-type")?.startsWith("application/wasm")
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const advice = "Check the connection and reload; the browser must support WebAssembly with SIMD.";
    throw new FatalError("engine", `The engine could not be loaded (${why}). ${advice}`, { cause: error });
  }
}

/** Makes the functions of `../wasm/splitsr.js` usable in this worker. */
export function instantiate(module: WebAssembly.Module): void {
  initSync({ module });
}
