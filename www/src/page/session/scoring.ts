/**
 * The evaluation protocol: shrinks a picture, enlarges it again by models and resizers, and
 * compares what they make of it with the picture itself.
 */
import type { Distance } from "../../module/core.ts";
import { t } from "../shared/words.ts";
import { enlargeBy, type EnlargeTask } from "./enlarge-by.ts";

/** Larger pictures take too long and too much memory for a dozen models. */
const MAX_PIXELS = 4_000_000;

export const canScore = ({ width, height }: { width: number; height: number }): boolean => width * height <= MAX_PIXELS;

/** The picture, and the engine that shrinks and compares. */
export interface ScoringTask extends Omit<EnlargeTask, "size" | "onProgress" | "settings"> {
  scale: number;
}

/** PSNR and SSIM on luma, as in {@link Distance}. */
export interface Measured extends Pick<Distance, "psnrY" | "ssimY"> {
  milliseconds: number;
}

/** Scores a model or a resizer. */
export type Scorer = (
  name: string,
  onProgress: EnlargeTask["onProgress"],
  settings?: EnlargeTask["settings"],
) => Promise<Measured>;

/** Shrinks the picture once for all that are to be scored on it. */
export async function scorerFor({ scale, picture, ...task }: ScoringTask): Promise<Scorer> {
  const { upscaler, signal } = task;
  if (!canScore(picture)) {
    throw new Error(t("This picture is too large to score. Use one of at most 4 megapixels, or choose a part of it."));
  }
  const { small, sharp } = await upscaler.shrink(picture, scale);
  signal.throwIfAborted();
  const shrunk = await upscaler.inspect(small, { signal });
  const size = { width: sharp.width, height: sharp.height };
  return async (name, onProgress, settings) => {
    const { pixels, milliseconds } = await enlargeBy(name, { ...task, picture: shrunk, size, onProgress, settings });
    const { psnrY, ssimY } = await upscaler.distance(sharp, pixels, { border: scale });
    signal.throwIfAborted();
    return { psnrY, ssimY, milliseconds };
  };
}
