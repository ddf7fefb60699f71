/** How things are told. */

export function sizeText({ width, height }: { width: number; height: number }): string {
  return `${width} × ${height} pixels`;
}

export function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A file's name without its ending. */
export function withoutEnding(name: string): string {
  return name.replace(/\.[^.]*$/, "") || "picture";
}
