/** Networks and models: their types come from Rust. */
import type { ModelEntry } from "./generated/types.ts";

export type {
  BlockKind,
  ChannelFlow,
  EdsrConfig,
  HybridMode,
  ModelEntry,
  NetworkConfig,
  NetworkInfo,
  Replacement,
  SplitSrConfig,
  SrcnnConfig,
} from "./generated/types.ts";

/** A model's identity, from its file. */
export type ModelFacts = Pick<ModelEntry, "name" | "scale" | "sha256">;
