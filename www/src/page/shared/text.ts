/** Texts for sizes, times and other numbers. */

export function sizeText({ width, height }: { width: number; height: number }): string {
  return `${width} × ${height} pixels`;
}

export function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The size of a file, in the units of file managers. */
export function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A file's name without its ending. */
export function withoutEnding(name: string): string {
  return name.replace(/\.[^.]*$/, "") || "picture";
}

/** A difference in dB. */
export function gainText(gain: number): string {
  return `${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(Math.abs(gain) < 0.1 ? 2 : 1)} dB`;
}

/** A number of things: "1 step", "1,200 steps". */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
}

/** A rough time. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min` : `about ${(seconds / 3600).toFixed(1)} h`;
}

/** A zoom for texts and file names. It has many digits if it was chosen as a size in pixels. */
export function roundZoom(zoom: number): number {
  return Number(zoom.toFixed(2));
}

export const MISSING_PART = "A part of this page could not be loaded. Check the connection and try again.";

/** Remarks on a picture, phrases like "the first of 4 frames", as a sentence. */
export function noteText(notes: string[]): string {
  return notes.length > 0 ? `Note: ${notes.join("; ")}.` : "";
}
