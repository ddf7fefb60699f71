/** Networks and models: their types come from Rust. */
import type { HybridMode, ModelEntry as ModelFile } from "./generated/types.ts";

export type {
  BestStrength,
  BlockKind,
  ChannelFlow,
  EdsrConfig,
  HybridMode,
  NetworkConfig,
  NetworkInfo,
  Replacement,
  SplitSrConfig,
  SplitSrHyperparameters,
  SanConfig,
  SrcnnConfig,
  Twin,
} from "./generated/types.ts";

export interface ModelEntry extends ModelFile {
  /** Whether it has a second set of weights for compressed pictures, so that `clean` works. */
  cleansUp?: boolean;
  /** Mean PSNR in dB on luma for the project's validation pictures. */
  scores?: {
    validation_psnr_y?: number;
    /**
     * Scores of an elastic model's networks: a row for each number of split channels from 1 on,
     * with a score for each hybrid index from 0 on.
     */
    slices?: Partial<Record<HybridMode, readonly (readonly number[])[]>>;
  };
}

/** A model's identity, from its file. */
export type ModelInfo = Pick<ModelEntry, "name" | "scale" | "sha256">;
