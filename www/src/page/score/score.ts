import type { ModelEntry, SplitSrConfig } from "../../module/core.ts";
import type { Measured } from "../session/scoring.ts";

/** How a model or a resizer did. */
export interface Score extends Measured {
  name: string;
  /** Of an elastic model: the network that was scored, if it was not the one that its file names. */
  network?: SplitSrConfig | undefined;
  /** Undefined for a resizer. */
  entry: ModelEntry | undefined;
}

/** The costs that the plot can show quality against. */
export type Cost = "milliseconds" | "multiply-adds";
