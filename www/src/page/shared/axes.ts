/** The axes of plots. */

/** From values to positions, with some room at both ends. */
export function axis(values: readonly number[], from: number, to: number) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.08 * (high - low || 1);
  const at = (value: number) => from + ((value - low + margin) / (high - low + 2 * margin)) * (to - from);
  return { low, high, at };
}

/** Round numbers between two powers of ten, few enough to be read. */
export function ticksFrom(low: number, high: number): number[] {
  const exponents = Array.from({ length: 8 }, (_, index) => index - 2);
  const within = (factors: readonly number[]) =>
    exponents
      .flatMap((exponent) => factors.map((factor) => Number((factor * 10 ** exponent).toPrecision(1))))
      .filter((value) => Math.log10(value) >= low - 0.02 && Math.log10(value) <= high + 0.02);
  return [[1, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1]].map(within).find((ticks) => ticks.length <= 6) ?? [];
}
