/** Zip files. Their contents are compressed already, so they are stored without compression. */
import { Zip, ZipPassThrough } from "fflate";
import { t } from "../shared/words.ts";

/**
 * Bytes that are read at once: a few milliseconds' worth on a phone. In between, the page stays
 * responsive.
 */
const SLICE_BYTES = 1 << 18;

/** The format's limit for sizes and positions. */
const MAX_BYTES = 0xffffffff;

/** `files` by their names. */
export async function zip(files: ReadonlyMap<string, Blob>, signal: AbortSignal): Promise<Blob> {
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  // Leaves room for the names and the directory.
  if (bytes > 0.999 * MAX_BYTES) {
    throw new Error(
      t("The results are larger than 4 GB, the limit of a zip file. Open fewer pictures, or choose a smaller factor."),
    );
  }
  // Blobs need not all be in memory.
  const parts: Blob[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(new Blob([chunk]));
  });
  for (const [name, file] of files) {
    const entry = new ZipPassThrough(name);
    archive.add(entry);
    for (let at = 0; at < file.size; at += SLICE_BYTES) {
      const slice = new Uint8Array(await file.slice(at, at + SLICE_BYTES).arrayBuffer());
      signal.throwIfAborted();
      entry.push(slice, at + SLICE_BYTES >= file.size);
    }
  }
  archive.end();
  return new Blob(parts, { type: "application/zip" });
}
