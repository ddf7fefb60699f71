/** Which of two is better, in words, by a test: which one restores the shrunk picture better. */
import { baselineInSentence } from "../shared/baselines.ts";
import { fixed, t } from "../shared/words.ts";
import type { Test } from "./comparison.ts";

/** Smaller gains in dB mean nothing; some are slight, others large. */
const NO_GAIN = 0.05;
const SMALL_GAIN = 0.5;
const LARGE_GAIN = 2;

/** The verdict, and how far it goes for a compressed picture. */
export function closerText(test: Test, model: string, rival: string, isCompressed: boolean): string {
  const verdict = verdictText(test, model, rival, isCompressed);
  if (!isCompressed) return verdict;
  return `${verdict} ${t("This picture is itself compressed, and keeping its compression counts as good here. So look at both pictures, too.")}`;
}

function verdictText({ result, baseline }: Test, model: string, rival: string, isCompressed: boolean): string {
  const gain = result === baseline ? 0 : Math.abs((result ?? Infinity) - (baseline ?? Infinity));
  if (gain < NO_GAIN)
    return t`In a test with this picture, neither is better: ${baselineInSentence(model)} and ${baselineInSentence(rival)} differ too little to mean anything.`;
  const [closer, other] = isAhead({ result, baseline }) ? [model, rival] : [rival, model];
  const [first, second] = [baselineInSentence(closer), baselineInSentence(other)];
  const by = `${fixed(gain, 2)} dB`;
  // How much that is can be said of an original without artefacts alone.
  if (isCompressed || (gain >= SMALL_GAIN && gain < LARGE_GAIN))
    return t`In a test with this picture, ${first} is better than ${second}, by ${by}.`;
  if (gain < SMALL_GAIN) return t`In a test with this picture, ${first} is slightly better than ${second}, by ${by}.`;
  return t`In a test with this picture, ${first} is much better than ${second}, by ${by}.`;
}

/** The numbers behind that, the better one first. */
export function scoresText({ result, baseline }: Test): string {
  const dB = (psnrY: number | null) => (psnrY === null ? t("exact") : `${fixed(psnrY, 2)} dB`);
  const [high, low] = isAhead({ result, baseline }) ? [result, baseline] : [baseline, result];
  return t`PSNR ${dB(high)} against ${dB(low)}.`;
}

/** A score of null is exact. */
const isAhead = ({ result, baseline }: Test): boolean => (result ?? Infinity) > (baseline ?? Infinity);
