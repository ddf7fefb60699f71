/** How much of each layer is seen, as CSS clip paths. */
import type { LayerName } from "./layers.ts";

interface Sight {
  /** The line between left and right, and the viewer's size, in CSS pixels. */
  line: number;
  width: number;
  height: number;
  /** Whether the result hides what is right of the line. */
  isDivided: boolean;
  swapped: boolean;
  hasBaseline: boolean;
  /** Whether the result is that of a part, around which the original stays visible. */
  isPart: boolean;
  /** The marked part. The result of the one before the last move is seen through it only. */
  hole: { left: number; top: number; width: number; height: number } | undefined;
}

export function clips(sight: Sight): Record<Exclude<LayerName, "heat">, string> {
  const { line, width, height, isDivided, swapped, hasBaseline, isPart, hole } = sight;
  const leftOf = `inset(0 ${isDivided ? width - line : 0}px 0 0)`;
  const rightOf = `inset(0 0 0 ${line}px)`;
  const left = swapped ? rightOf : leftOf;
  // The original would show through a transparent baseline.
  const before = hole || isPart ? "none" : hasBaseline ? "inset(0 100% 0 0)" : left;
  let after = swapped ? leftOf : rightOf;
  if (hole) {
    const [right, below] = [width - hole.left - hole.width, height - hole.top - hole.height];
    const edges = [hole.top, right, below, Math.max(line, hole.left)].map((edge) => `${Math.max(0, edge)}px`);
    after = `inset(${edges.join(" ")})`;
  }
  return { before, baseline: left, after, next: after };
}
