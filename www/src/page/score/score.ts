import type { SliceInfo, SplitSrConfig } from "../../module/core.ts";
import type { Measured } from "../session/scoring.ts";

/** Parameters, and multiply-adds for 1280 × 720. */
export type NetworkCost = Pick<SliceInfo, "params" | "macs720p">;

/** How a model or a resizer did. */
export interface Score extends Measured {
  name: string;
  /** The network of an elastic model that was scored, if the visitor chose it. */
  network?: SplitSrConfig | undefined;
  /** The network's cost; undefined for a resizer. */
  cost: NetworkCost | undefined;
}

/** The costs that the plot can show quality against. */
export type Cost = "milliseconds" | "multiply-adds";
