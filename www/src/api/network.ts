/** Networks and models: their types come from Rust. */
import type { ModelEntry as ModelFile } from "./generated/types.ts";

export type {
  BlockKind,
  ChannelFlow,
  EdsrConfig,
  HybridMode,
  NetworkConfig,
  NetworkInfo,
  Replacement,
  SplitSrConfig,
  SrcnnConfig,
} from "./generated/types.ts";

export interface ModelEntry extends ModelFile {
  /** Whether it has a twin, so that `clean` can be used. */
  cleansUp?: boolean;
}

/** A model's identity, from its file. */
export type ModelFacts = Pick<ModelEntry, "name" | "scale" | "sha256">;
