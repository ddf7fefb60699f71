/** Loads WebAssembly: compiled once, instantiated in each worker. */
import relaxedSimdUrl from "../wasm/relaxed-simd/splitsr_bg.wasm?url";
import { initSync } from "../wasm/simd128/splitsr.js";
import simd128Url from "../wasm/simd128/splitsr_bg.wasm?url";
import { FatalError } from "./bridge.ts";
import { locate } from "./files.ts";
import { isPage, reachAdvice } from "./reach.ts";
import { hasRelaxedSimd } from "./relaxed-simd.ts";

/**
 * The builds of the engine: `relaxed-simd` multiplies and adds in one instruction where the machine
 * has one, so that the last bits depend on the machine; `simd128` gives the same bits everywhere.
 */
export type Build = "simd128" | "relaxed-simd";

export const buildUrls: Record<Build, string> = { simd128: simd128Url, "relaxed-simd": relaxedSimdUrl };

/** The fastest build that this browser runs. */
export const fastestBuild: Build = hasRelaxedSimd ? "relaxed-simd" : "simd128";

/**
 * Downloads and compiles a bundle. A `WebAssembly.Module` can be sent to other workers, which then
 * skip both.
 */
export async function compile(file: string): Promise<WebAssembly.Module> {
  const url = locate(file);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    if (isPage(response)) throw new Error("the server sent a page instead");
    // Streaming compilation needs the type application/wasm, which not every static host sends.
    return response.headers.get("content-type")?.startsWith("application/wasm")
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FatalError("engine", `The engine could not be loaded (${why}). ${advice(url, error)}`, { cause: error });
  }
}

function advice(url: URL, error: unknown): string {
  if (!(error instanceof WebAssembly.CompileError)) return reachAdvice(url);
  return /content security policy|unsafe-eval|disallowed by embedder/i.test(error.message)
    ? `The page's Content-Security-Policy must allow WebAssembly: add "script-src 'wasm-unsafe-eval'" to it.`
    : "The browser must support WebAssembly SIMD: update it.";
}

/**
 * Instantiates either build in this worker: both have the functions of
 * `../wasm/simd128/splitsr.js`.
 */
export function instantiate(module: WebAssembly.Module): void {
  initSync({ module });
}

/** The buffer of an array that wasm-bindgen made, which it does not share. */
export function buffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}
