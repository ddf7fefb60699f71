import { t } from "../shared/words.ts";

/** A rough time, from the minimum to the maximum in seconds: "2 to 5 min". */
export function spanText(min: number, max: number): string {
  const unit = max < 90 ? 1 : max < 5400 ? 60 : 3600;
  const inUnits = (seconds: number) => Math.max(1, Math.round(seconds / unit));
  const [from, to] = [inUnits(min), inUnits(max)];
  if (from === to) return unit === 1 ? t`about ${to} s` : unit === 60 ? t`about ${to} min` : t`about ${to} h`;
  return unit === 1 ? t`${from} to ${to} s` : unit === 60 ? t`${from} to ${to} min` : t`${from} to ${to} h`;
}
