/** The outcome of a fine-tuning, in numbers and words. */
import type { TuneResult, Tuning } from "../../module/splitsr.ts";
import { gainText } from "../shared/text.ts";

/** A smaller gain in dB is neither visible nor certain. */
const MIN_GAIN = 0.05;

/** The gain in dB over the model that the training started from. */
export function gainOf({ facts }: Tuning, { psnrY }: TuneResult): number {
  return psnrY - facts.startPsnrY;
}

/** One or two sentences for the visitor. */
export function outcome(tuning: Tuning, result: TuneResult): string {
  const { start, bicubicPsnrY, settings } = tuning.facts;
  const gain = gainOf(tuning, result);
  const reached = `${result.psnrY.toFixed(1)} dB, ${gainText(gain)} against ${start.name}`;
  const all = `${reached}, ${gainText(result.psnrY - bicubicPsnrY)} against bicubic.`;
  if (gain >= MIN_GAIN || (settings.network && result.step > 0))
    return `Best at step ${result.step.toLocaleString("en")}: ${all}`;
  if (result.step > 0) return `It did not get better, or hardly, at what it was not trained with: ${all}`;
  if (settings.network) return `No step made it better at what it was not trained with: ${all}`;
  return `It did not get better at what it was not trained with: the best is ${start.name} as it was. More pictures of one kind may help.`;
}
