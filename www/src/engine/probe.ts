/** Finds the graphics adapter before anything is loaded for it. */
import type { Backend } from "../api/index.ts";
import { known } from "./files.ts";

export interface Adapter {
  /** As the browser calls it: "nvidia ampere". */
  name: string;
  /** Why it is used, if it passes its self-check. */
  reason: string;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|warp|basic render|software/i;

/**
 * Finds the adapter that a worker will open too, or says why there is none, as part of a sentence.
 * `auto` refuses a processor that acts as a graphics card, which is slower than our code for the
 * CPU.
 */
export async function probe(backend: Backend): Promise<Adapter | string> {
  if (!import.meta.env.COMPLETE) return "WebGPU is still being built for this site; reload the page in a few minutes";
  if (import.meta.env.PACKAGE && !known()["gpu.wasm"]) return 'the page does not import "splitsr/gpu"';
  if (!isSecureContext) return "browsers offer WebGPU only to pages loaded over https";
  // Older browsers lack it, whatever the DOM's types say.
  const gpu = navigator.gpu as GPU | undefined;
  if (!gpu) return "this browser has no WebGPU";
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return "the browser offers no graphics adapter";
  // Without timestamps, the runtime stops at its first measurement.
  if (!adapter.features.has("timestamp-query")) return "the graphics adapter lacks timestamp queries";
  // Chromium lacks it up to version 126.
  const info = adapter.info as GPUAdapterInfo | undefined;
  if (!info) return "the browser does not tell which graphics adapter it has; a newer one does";
  const { vendor, architecture, description, isFallbackAdapter } = info;
  const name = [vendor, architecture].filter(Boolean).join(" ") || description || "a graphics adapter";
  const isSoftware = isFallbackAdapter || softwareNames.test(`${name} ${description}`);
  if (isSoftware && backend === "auto") return `${name} is a software adapter`;
  return { name, reason: backend === "gpu" ? "as requested" : "its self-check agreed with the processor" };
}
