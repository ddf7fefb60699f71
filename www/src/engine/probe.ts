/** What graphics adapter the browser offers, before anything is loaded for it. */

export interface Adapter {
  /** As the browser calls it: "nvidia ampere". */
  name: string;
  /** A processor that acts as a graphics card: slower than using that processor itself. */
  software: boolean;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|warp|basic render|software/i;

/** The adapter that the GPU worker will open too, or why there is none, as part of a sentence. */
export async function probe(): Promise<Adapter | string> {
  if (!import.meta.env.COMPLETE) return "WebGPU is still being built for this site: reload in some minutes";
  if (!isSecureContext) return "browsers offer WebGPU only to pages that are loaded over https";
  // The DOM's types promise it; older browsers don't have it.
  const gpu = navigator.gpu as GPU | undefined;
  if (!gpu) return "this browser has no WebGPU";
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return "the browser offers no graphics adapter";
  // Without this the runtime stops at its first measurement.
  if (!adapter.features.has("timestamp-query")) return "the graphics adapter lacks timestamp queries";
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture].filter(Boolean).join(" ") || description || "a graphics adapter";
  return { name, software: isFallbackAdapter || softwareNames.test(`${name} ${description}`) };
}
