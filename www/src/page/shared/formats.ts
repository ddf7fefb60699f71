/** The files that results are saved as: format, quality, metadata and name. */
import type { UpscaleResult } from "../../module/core.ts";
import { roundZoom } from "./text.ts";
import { type Phrase } from "./words.ts";

export interface Format {
  /** Its name in the list. */
  label: Phrase;
  /** Its name in a link. */
  link: string;
  type: string;
  ending: string;
  /** Whether it has a quality. */
  isLossy: boolean;
}

export const png: Format = { label: "PNG", link: "png", type: "image/png", ending: "png", isLossy: false };

export const jpeg: Format = { label: "JPEG", link: "jpg", type: "image/jpeg", ending: "jpg", isLossy: true };

export const lossyWebp: Format = { label: "WebP", link: "webp", type: "image/webp", ending: "webp", isLossy: true };

export const formats: readonly Format[] = [
  png,
  jpeg,
  lossyWebp,
  { ...lossyWebp, label: "WebP, lossless", link: "webp-lossless", isLossy: false },
];

export interface FileSettings {
  format: Format;
  /** From 1 to 100, for lossy formats. */
  quality: number;
  /** Whether the file gets the original's EXIF metadata. */
  keepsMetadata: boolean;
}

/**
 * Writes a result to a file, and notes what that cannot hold. `original` is the file that the
 * picture came from.
 */
export async function write(
  result: UpscaleResult,
  { format, quality, keepsMetadata }: FileSettings,
  original: Blob | undefined,
): Promise<{ file: Blob; notes: string[] }> {
  const notes: string[] = [];
  const options = { metadataOf: keepsMetadata ? original : undefined, onNote: (note: string) => notes.push(note) };
  const file = await result.blob(format.type, format.isLossy ? quality : undefined, options);
  return { file, notes };
}

/** File names have at most 255 bytes; the zoom, a number and the ending are added later. */
const MAX_NAME_BYTES = 200;

/** A name for a file or a folder that is valid on every system. */
export function safeName(name: string): string {
  // Replaces what Windows forbids, such as separators of folders, and removes dots that would hide
  // the file.
  const safe = name.replace(/[\p{Cc}<>:"/\\|?*]/gu, "_").replace(/^[. ]+/, "");
  // Cut by characters, so that none is split.
  const characters = Array.from(safe);
  const bytes = () => new TextEncoder().encode(characters.join("")).length;
  while (bytes() > MAX_NAME_BYTES) characters.pop();
  // Windows removes dots and blanks at the end, and keeps some names for devices.
  const trimmed = characters.join("").replace(/[. ]+$/, "");
  return trimmed.replace(/^(?=(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))/i, "_") || "picture";
}

/** A file name, without its ending, for a result. It is valid on every system. */
export function resultName(name: string, zoom: number): string {
  return `${safeName(name)}-${roundZoom(zoom)}x`;
}
