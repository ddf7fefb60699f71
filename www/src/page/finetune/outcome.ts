/** The outcome of a fine-tuning, in numbers and words. */
import type { TuneResult, Tuning } from "../../module/core.ts";
import { modelLabel } from "../shared/model-names.ts";
import { gainText } from "../shared/text.ts";
import { fixed, t, whole } from "../shared/words.ts";

/** A smaller gain in dB is neither visible nor certain. */
const MIN_GAIN = 0.05;

/** The gain in dB over the model that the training started from. */
export function gainOf({ info }: Tuning, { psnrY }: TuneResult): number {
  return psnrY - info.startPsnrY;
}

/** One or two sentences for the visitor. */
export function outcome(tuning: Tuning, result: TuneResult): string {
  const { start, bicubicPsnrY, settings } = tuning.info;
  const gain = gainOf(tuning, result);
  const from = modelLabel(start.name);
  const gains = t`${gainText(gain)} against ${from}, ${gainText(result.psnrY - bicubicPsnrY)} against bicubic`;
  const all = t`${fixed(result.psnrY, 1)} dB on what was kept out of the training (${gains}).`;
  if (gain >= MIN_GAIN || (settings.network && result.step > 0)) return t`Best at step ${whole(result.step)}: ${all}`;
  if (result.step > 0) return t`The validation score improved little or not at all: ${all}`;
  if (settings.network) return t`No step improved the validation score: ${all}`;
  return t`The validation score did not improve, so the best model is still ${from}. More pictures of the same kind may help.`;
}
