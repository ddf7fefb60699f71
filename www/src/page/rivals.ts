/** What a result can be compared with, by name. */
import type { ModelEntry, Resizer } from "../module/splitsr.ts";

/** The picture itself, as the browser enlarges it. */
export const ORIGINAL = "original";

/** Each takes its time whenever there is a new result. */
export const MOST_RIVALS = 4;

export const resizers: readonly (readonly [Resizer, string])[] = [
  ["nearest", "Nearest pixel"],
  ["bilinear", "Bilinear"],
  ["bicubic", "Bicubic"],
  ["lanczos3", "Lanczos"],
];

/** Whether it is "original", a resizer or one of the models. */
export function isRival(name: string, models: readonly ModelEntry[]): boolean {
  return name === ORIGINAL || resizerNamed(name) !== undefined || models.some((model) => model.name === name);
}

export function resizerNamed(name: string): Resizer | undefined {
  return resizers.find(([resizer]) => resizer === name)?.[0];
}

export function rivalLabel(name: string): string {
  return resizers.find(([resizer]) => resizer === name)?.[1] ?? name;
}
