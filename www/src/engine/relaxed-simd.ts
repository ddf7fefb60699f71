/** A module whose one function is `i8x16.relaxed_swizzle(i8x16.splat(1), i8x16.splat(2))`. */
const usesRelaxedSimd = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

/** Whether this browser runs the engine's `relaxed-simd` build. */
export const hasRelaxedSimd: boolean = WebAssembly.validate(usesRelaxedSimd);
