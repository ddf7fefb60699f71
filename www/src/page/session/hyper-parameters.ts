/** The hyper-parameters that a visitor can change, and how they find their model. */
import type { BlockKind, ModelEntry, Slice, SplitSrConfig } from "../../module/core.ts";
import { t, type Phrase } from "../shared/words.ts";

/** A hyper-parameter that a visitor can change, and the values to choose from. */
export interface Parameter {
  key: "split_ratio" | "hybrid_index" | "hybrid_mode" | "replacement" | "block";
  testId: string;
  label: Phrase;
  /** The same within a sentence. */
  named: Phrase;
  /** Its name in a link. */
  link: string;
  values: (config: SplitSrConfig, isElastic?: boolean) => readonly (readonly [value: string | number, label: string])[];
}

const ratios = [
  [0.125, "1/8"],
  [0.25, "1/4"],
  [0.375, "3/8"],
  [0.5, "1/2"],
  [0.75, "3/4"],
  [1, "1"],
] as const;

/** All kinds: the compiler finds one that is missing. */
const blocks: Record<BlockKind, Phrase> = {
  split: "split",
  shuffle: "shuffle",
  "inverted-residual": "inverted residual",
  idle: "idle",
  ghost: "ghost",
};

/** An elastic model has weights for any number of channels. */
function elasticRatios(channels: number): [ratio: number, label: string][] {
  return Array.from({ length: channels }, (_, index) => {
    const divisor = commonDivisor(index + 1, channels);
    const [above, below] = [(index + 1) / divisor, channels / divisor];
    return [(index + 1) / channels, below === 1 ? String(above) : `${above}/${below}`];
  });
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

export const parameters: readonly Parameter[] = [
  {
    key: "split_ratio",
    testId: "split-ratio",
    label: "Split ratio",
    named: "split ratio",
    link: "a",
    values: ({ channels }, isElastic) => (isElastic ? elasticRatios(channels) : ratios),
  },
  {
    key: "hybrid_index",
    testId: "hybrid-index",
    label: "Hybrid index",
    named: "hybrid index",
    link: "hi",
    values: ({ groups }) =>
      Array.from({ length: groups + 1 }, (_, index) => [index, t`${index} of ${groups}`] as const),
  },
  {
    key: "hybrid_mode",
    testId: "hybrid-mode",
    label: "Hybrid mode",
    named: "hybrid mode",
    link: "mode",
    values: () => [
      ["split-first", t("split first")],
      ["standard-first", t("standard first")],
      ["interleaved", t("interleaved")],
    ],
  },
  {
    key: "replacement",
    testId: "replacement",
    label: "Replacement",
    named: "replacement",
    link: "at",
    values: () => [
      ["features", t("features")],
      ["upsampler", t("upsampler")],
      ["both", t("both")],
    ],
  },
  {
    key: "block",
    testId: "block",
    label: "Block",
    named: "block",
    link: "block",
    values: () => Object.entries(blocks).map(([block, name]) => [block, t(name)] as const),
  },
];

/** The message for hyper-parameters that no model was trained with. */
export function untrainedText(nearest: ModelEntry | undefined): string {
  const advice = nearest
    ? t("Choose settings marked ✓ under Network, or train this network under Fine-tune.")
    : t("Choose settings marked ✓ under Network, or another model.");
  return `${t("This network has not been trained, so it cannot enlarge.")} ${advice}`;
}

/** Names the hyper-parameters that differ between a network and a model. */
export function differenceText(network: SplitSrConfig, entry: ModelEntry | undefined): string {
  const own = configOf(entry);
  return parameters
    .filter(({ key }) => network[key] !== own?.[key])
    .map(({ key, named, values }) => {
      const name = values(network).find(([value]) => value === network[key])?.[1] ?? String(network[key]);
      return `${t(named)} ${name}`;
    })
    .join(", ");
}

/** A change of hyper-parameters. */
export type NetworkChange = Partial<Pick<SplitSrConfig, Parameter["key"]>>;

/** The hyper-parameters of a model, if it is a SplitSR network. */
export function configOf(entry: ModelEntry | undefined): SplitSrConfig | undefined {
  return entry?.config.architecture === "splitsr" ? entry.config : undefined;
}

/** Whether a model was trained with exactly these hyper-parameters. */
export function hasConfig(entry: ModelEntry | undefined, config: SplitSrConfig): boolean {
  const other = configOf(entry);
  return other !== undefined && differing(other, config).length === 0;
}

/** The model that was trained for these hyper-parameters alone. */
export function trainedWith(config: SplitSrConfig, entries: readonly ModelEntry[]): ModelEntry | undefined {
  return entries.find((entry) => !entry.elastic && hasConfig(entry, config));
}

/**
 * The model with weights for these hyper-parameters: an elastic one where no other is, since a
 * model that was trained for one network alone is better at it.
 */
export function modelWith(config: SplitSrConfig, entries: readonly ModelEntry[]): ModelEntry | undefined {
  return trainedWith(config, entries) ?? entries.find((entry) => holds(entry, config));
}

/**
 * The same, but `entry` if it has weights for them too: several models may have the same
 * hyper-parameters, and the chosen one stays.
 */
export function modelKeeping(
  entry: ModelEntry | undefined,
  config: SplitSrConfig,
  entries: readonly ModelEntry[],
): ModelEntry | undefined {
  return hasConfig(entry, config) || holds(entry, config) ? entry : modelWith(config, entries);
}

/** Whether an elastic model holds the network. */
export function holds(entry: ModelEntry | undefined, config: SplitSrConfig): boolean {
  const own = entry?.elastic ? configOf(entry) : undefined;
  return own !== undefined && differing(own, config).every((key) => sliced.includes(key));
}

/** The settings that differ between the networks of an elastic model. */
const sliced: readonly string[] = ["split_ratio", "hybrid_index", "hybrid_mode"];

/** The settings that make a network of an elastic model. */
export function sliceOf({ split_ratio, hybrid_index, hybrid_mode }: SplitSrConfig): Required<Slice> {
  return { splitRatio: split_ratio, hybridIndex: hybrid_index, hybridMode: hybrid_mode };
}

/** The elastic model for networks of this kind. */
export function elasticFor(config: SplitSrConfig, entries: readonly ModelEntry[]): ModelEntry | undefined {
  return entries.find((entry) => holds(entry, { ...config, replacement: "features", block: "split" }));
}

/** The model of the same scale with the fewest and smallest differences in its hyper-parameters. */
export function nearestTo(config: SplitSrConfig, entries: readonly ModelEntry[]): ModelEntry | undefined {
  const distance = (other: SplitSrConfig) =>
    differing(other, config).length +
    Math.abs(other.split_ratio - config.split_ratio) / 2 +
    Math.abs(other.hybrid_index - config.hybrid_index) / (2 * config.groups);
  const candidates = entries.flatMap((entry) => {
    const other = configOf(entry);
    return other?.scale === config.scale && !entry.elastic ? [{ entry, distance: distance(other) }] : [];
  });
  return candidates.toSorted((a, b) => a.distance - b.distance)[0]?.entry;
}

function differing(a: SplitSrConfig, b: SplitSrConfig): string[] {
  const keys = Object.keys(b) as (keyof SplitSrConfig)[];
  return keys.filter((key) => a[key] !== b[key]);
}
