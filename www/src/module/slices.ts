/** The networks of an elastic model. */
import type { HybridMode, ModelEntry, Slice } from "../api/index.ts";

/** A network of an elastic model. */
export interface SliceInfo extends Required<Slice> {
  params: number;
  /** Multiply-adds for a result of 1280 × 720. */
  macs720p: number;
  /** Mean PSNR in dB on luma for the project's validation pictures; undefined if not measured. */
  psnrY: number | undefined;
}

/**
 * The work of a network beside its multiply-adds takes as long as this many of them. Measured on a
 * CPU from the largest network to the smallest: times are within 12 % of this.
 */
const OVERHEAD_MACS = 4.6e9;

/** About how many times as long one network takes as another, by multiply-adds for 1280 × 720. */
export function timeRatio(macs: number, otherMacs: number): number {
  return (macs + OVERHEAD_MACS) / (otherMacs + OVERHEAD_MACS);
}

/** The one of `slices` with these settings. The ratio is rounded to whole channels. */
export function findSlice(
  slices: readonly SliceInfo[],
  { splitRatio, hybridIndex }: { splitRatio: number; hybridIndex: number },
): SliceInfo | undefined {
  const channels = Math.max(...slices.map((slice) => Math.round(1 / slice.splitRatio)));
  const split = (ratio: number) => Math.max(1, Math.round(ratio * channels));
  return slices.find(
    (slice) =>
      // Without lightweight groups there is just one network.
      slice.hybridIndex === hybridIndex && (hybridIndex === 0 || split(slice.splitRatio) === split(splitRatio)),
  );
}

/**
 * The network with the best score of those that are expected to take at most `budget` milliseconds;
 * the cheapest one if none is; undefined if no score is known. `reference` is a network whose time
 * is known.
 */
export function bestWithin(
  budget: number,
  slices: readonly SliceInfo[],
  reference: { macs720p: number; milliseconds: number },
): (SliceInfo & { milliseconds: number }) | undefined {
  const timed = slices
    .filter(({ psnrY }) => psnrY !== undefined)
    .map((slice) => ({
      ...slice,
      milliseconds: reference.milliseconds * timeRatio(slice.macs720p, reference.macs720p),
    }))
    .toSorted((a, b) => a.macs720p - b.macs720p);
  const quality = ({ psnrY = 0 }: SliceInfo) => psnrY;
  const [best] = timed.filter(({ milliseconds }) => milliseconds <= budget).toSorted((a, b) => quality(b) - quality(a));
  return best ?? timed[0];
}

/** Low-resolution pixels times scale squared. */
const PIXELS_720P = 1280 * 720;

/**
 * The networks of an elastic model that have this hybrid mode; none for another model. Without
 * lightweight groups the split ratio makes no difference, and only the one with ratio 1 is given.
 */
export function slicesOf(model: ModelEntry, hybridMode: HybridMode): SliceInfo[] {
  const { config, elastic, scale, scores } = model;
  if (!elastic || config.architecture !== "splitsr") return [];
  const { channels, groups, blocks } = config;
  // A standard block has two convolutions of all channels.
  const saved = (ratio: number) => {
    const split = Math.max(1, Math.round(ratio * channels));
    return { weights: 9 * (2 * channels ** 2 - split ** 2), biases: 2 * channels - split };
  };
  const counts = (sign: number, ratio: number, index: number) => {
    const { weights, biases } = saved(ratio);
    const times = sign * index * blocks;
    return { params: times * (weights + biases), macs720p: (times * weights * PIXELS_720P) / scale ** 2 };
  };
  const own = counts(1, config.split_ratio, config.hybrid_index);
  const slices: SliceInfo[] = [];
  for (let split = 1; split <= channels; split++) {
    for (let hybridIndex = split < channels ? 1 : 0; hybridIndex <= groups; hybridIndex++) {
      const splitRatio = split / channels;
      const less = counts(-1, splitRatio, hybridIndex);
      slices.push({
        splitRatio,
        hybridIndex,
        hybridMode,
        params: model.params + own.params + less.params,
        macs720p: model.macs_720p + own.macs720p + less.macs720p,
        psnrY: scores?.slices?.[hybridMode]?.[split - 1]?.[hybridIndex],
      });
    }
  }
  return slices;
}
