import type { ModelEntry, SplitSrConfig } from "../../module/core.ts";
import type { Measured } from "../session/scoring.ts";

/** How a model or a resizer did. */
export interface Score extends Measured {
  name: string;
  /** The network of an elastic model that was scored, if the visitor chose it. */
  network?: SplitSrConfig | undefined;
  /** Undefined for a resizer. */
  entry: ModelEntry | undefined;
}

/** The costs that the plot can show quality against. */
export type Cost = "milliseconds" | "multiply-adds";
