/** Texts for sizes, times and other numbers. */

import type { ScheduleReport } from "../../module/core.ts";
import { fixed, languageTag, t, whole } from "./words.ts";

export function sizeText({ width, height }: { width: number; height: number }): string {
  return t`${width} × ${height} pixels`;
}

export function timeText(milliseconds: number): string {
  return milliseconds < 100 ? t`${Math.round(milliseconds)} ms` : t`${fixed(milliseconds / 1000, 1)} s`;
}

/** The size of a file, in the units of file managers. */
export function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${fixed(bytes / 1e6, 1)} MB`;
}

/** A file's name without its ending. */
export function withoutEnding(name: string): string {
  return name.replace(/\.[^.]*$/, "") || "picture";
}

/** A difference in dB. */
export function gainText(gain: number): string {
  return `${gain < 0 ? "−" : "+"}${fixed(Math.abs(gain), Math.abs(gain) < 0.1 ? 2 : 1)} dB`;
}

/** An estimate, with as many digits as it is worth. */
export function estimateText(milliseconds: number): string {
  if (milliseconds >= 950) return durationText(milliseconds / 1000);
  return t`about ${fixed(Math.max(1, Math.round(milliseconds / 100)) / 10, 1)} s`;
}

/** A rough time. */
export function durationText(seconds: number): string {
  if (seconds < 90) return t`about ${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? t`about ${Math.round(seconds / 60)} min` : t`about ${fixed(seconds / 3600, 1)} h`;
}

/** A zoom for file names. It has many digits if it was chosen as a size in pixels. */
export function roundZoom(zoom: number): number {
  return Number(zoom.toFixed(2));
}

/** A zoom as a text. */
export const zoomText = (zoom: number): string => roundZoom(zoom).toLocaleString(languageTag());

export const missingPart = (): string =>
  t("A part of this page could not be loaded. Check the connection and try again.");

/** A part of the page that the visitor asked for. */
export const needed = <Part>(loading: Promise<Part>): Promise<Part> =>
  loading.catch(() => {
    throw new Error(missingPart());
  });

/** Remarks on a picture, phrases like "the first of 4 frames", as a sentence. */
export function noteText(notes: string[]): string {
  return notes.length > 0 ? t`Note: ${notes.join("; ")}.` : "";
}

/** A schedule's work. */
export function scheduleText({ cells, work }: ScheduleReport): string {
  const percent = Math.round(100 * work);
  return t`Parts enlarged by the network: ${whole(cells.whole)}, by the smaller one: ${whole(cells.cheap)}, by bicubic: ${whole(cells.bicubic)}. That took ${percent} % of the full work.`;
}
