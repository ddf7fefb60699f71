/** Which of two is closer to the original, in words. */
import { baselineLabel } from "../shared/baselines.ts";
import { fixed, t } from "../shared/words.ts";
import type { Test } from "./comparison.ts";

/** Smaller gains in dB mean nothing; some are slight, others large. */
const NO_GAIN = 0.05;
const SMALL_GAIN = 0.5;
const LARGE_GAIN = 2;

export function closerText({ result, baseline }: Test, model: string, rival: string): string {
  const gain = result === baseline ? 0 : Math.abs((result ?? Infinity) - (baseline ?? Infinity));
  const names = [baselineLabel(model), baselineLabel(rival)] as const;
  const [first, second] = isAhead({ result, baseline }) ? names : names.toReversed();
  if (!first || !second || gain < NO_GAIN)
    return t`Neither is closer to the original: ${names[0]} and ${names[1]} differ too little to mean anything.`;
  const by = `${fixed(gain, 2)} dB`;
  if (gain < SMALL_GAIN) return t`${first} is slightly closer to the original than ${second}, by ${by}.`;
  if (gain < LARGE_GAIN) return t`${first} is closer to the original than ${second}, by ${by}.`;
  return t`${first} is much closer to the original than ${second}, by ${by}.`;
}

/** The numbers behind that, the better one first. */
export function scoresText({ result, baseline }: Test): string {
  const dB = (psnrY: number | null) => (psnrY === null ? t("exact") : `${fixed(psnrY, 2)} dB`);
  const [high, low] = isAhead({ result, baseline }) ? [result, baseline] : [baseline, result];
  return t`PSNR ${dB(high)} against ${dB(low)}.`;
}

/** A score of null is exact. */
const isAhead = ({ result, baseline }: Test): boolean => (result ?? Infinity) > (baseline ?? Infinity);
