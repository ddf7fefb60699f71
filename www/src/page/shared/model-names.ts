/** The names of the models on the page. Their files have short names. */
import { t, type Phrase } from "./words.ts";

/** The models that most people choose among, in the order of the list. */
export const usualModels = new Map<string, Phrase>([
  ["splitsr-x2", "SplitSR ×2 (best)"],
  ["splitsr-x2-hi5", "SplitSR ×2 (balanced)"],
  ["splitsr-tiny-x2", "SplitSR ×2 (fast)"],
  ["splitsr-x3", "SplitSR ×3 (best)"],
  ["splitsr-x4", "SplitSR ×4 (best)"],
  ["splitsr-tiny-x4", "SplitSR ×4 (fast)"],
]);

/** The page's models have descriptive names; others keep their own. */
export function modelLabel(name: string): string {
  const label = usualModels.get(name);
  if (label) return t(label);
  const [, scale, index] = /^splitsr-x(\d)-hi(\d)$/.exec(name) ?? [];
  const [, elasticScale] = /^splitsr-elastic-x(\d)$/.exec(name) ?? [];
  if (elasticScale) return t`Elastic ×${elasticScale} (choose the speed)`;
  const [, architecture, otherScale] = /^(srcnn|edsr|rcan|san)(?:-small)?-x(\d)$/.exec(name) ?? [];
  if (architecture) return `${architecture.toUpperCase()} ×${otherScale}`;
  return scale && index ? t`SplitSR ×${scale}, hybrid index ${index}` : name;
}
