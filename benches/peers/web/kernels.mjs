/** Counts the kernels that are started on a graphics card. */

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
 * Returns how many kernels `work` starts. The kernels do not run, so that large pictures can be
 * counted on slow machines too. So the result of `work` is meaningless, and the kernels that it
 * starts must not depend on computed values.
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
