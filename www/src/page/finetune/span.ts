/** A rough time, from the least to the most seconds: "2 to 5 min". */
export function spanText(least: number, most: number): string {
  const [unit, name] = most < 90 ? [1, "s"] : most < 5400 ? [60, "min"] : [3600, "h"];
  const [from, to] = [least, most].map((seconds) => Math.max(1, Math.round(seconds / unit)));
  return from === to ? `about ${to} ${name}` : `${from} to ${to} ${name}`;
}
