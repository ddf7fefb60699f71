/** The names of what a result can be compared with. */
import type { ModelEntry, Resizer } from "../../module/core.ts";
import { modelLabel } from "./model-names.ts";
import { t, type Phrase } from "./words.ts";

/** The picture itself, enlarged by the browser. */
export const ORIGINAL = "original";

/** Each of them takes time for every new result. */
export const MAX_BASELINES = 4;

/** Each with its name by itself and within a sentence. */
export const resizers: readonly (readonly [Resizer, Phrase, Phrase])[] = [
  ["nearest", "Nearest pixel", "nearest pixel"],
  ["bilinear", "Bilinear", "bilinear"],
  ["bicubic", "Bicubic", "bicubic"],
  ["lanczos3", "Lanczos", "Lanczos"],
];

/** Whether a name is "original", a resizer or one of the models. */
export function isBaseline(name: string, models: readonly ModelEntry[]): boolean {
  return name === ORIGINAL || resizerNamed(name) !== undefined || models.some((model) => model.name === name);
}

export function resizerNamed(name: string): Resizer | undefined {
  return resizers.find(([resizer]) => resizer === name)?.[0];
}

export function baselineLabel(name: string): string {
  const label = resizers.find(([resizer]) => resizer === name)?.[1];
  return label ? t(label) : modelLabel(name);
}

/** The label within a sentence, where it does not come first. */
export function baselineInSentence(name: string): string {
  const label = resizers.find(([resizer]) => resizer === name)?.[2];
  return label ? t(label) : modelLabel(name);
}
