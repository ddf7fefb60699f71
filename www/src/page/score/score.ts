import type { ModelEntry } from "../../module/core.ts";

/** How a model or a resizer did. */
export interface Score {
  name: string;
  /** Undefined for a resizer. */
  entry: ModelEntry | undefined;
  /** dB on luma; null for an exact result. */
  psnrY: number | null;
  ssimY: number | null;
  milliseconds: number;
}

/** The costs that the plot can show quality against. */
export type Cost = "milliseconds" | "multiply-adds";
