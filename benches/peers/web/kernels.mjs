/** Counting what is started on a graphics card. */

/** Calls that start a kernel: a dispatch in WebGPU, a draw in WebGL. */
const STARTS = [
  ["GPUComputePassEncoder", ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]],
  ["GPURenderPassEncoder", ["draw", "drawIndexed", "drawIndirect", "drawIndexedIndirect"]],
  ["WebGLRenderingContext", ["drawArrays", "drawElements"]],
  [
    "WebGL2RenderingContext",
    ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced", "drawRangeElements"],
  ],
];

/**
 * How many kernels `work` starts. They are left out while it runs, so that large pictures are
 * counted on slow machines as well: what `work` returns is nonsense, and it must not decide by
 * values what it starts.
 */
export async function countKernels(work) {
  let kernels = 0;
  const restore = [];
  for (const [type, methods] of STARTS) {
    const prototype = self[type]?.prototype;
    for (const method of prototype ? methods : []) {
      const original = prototype[method];
      prototype[method] = () => {
        kernels++;
      };
      restore.push(() => {
        prototype[method] = original;
      });
    }
  }
  try {
    await work();
  } finally {
    restore.forEach((undo) => undo());
  }
  return kernels;
}
