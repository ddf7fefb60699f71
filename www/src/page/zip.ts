/** Zip files of files that are compressed already: these are stored as they are. */
import { Zip, ZipPassThrough } from "fflate";

/** What is read at once: a few milliseconds' worth, on a phone too. The page breathes while it waits for the next. */
const SLICE = 1 << 18;

/** The format's limit for sizes and positions. */
const MOST_BYTES = 0xffffffff;

/** A zip file of these, by their names, which must differ. */
export async function zip(files: ReadonlyMap<string, Blob>, signal: AbortSignal): Promise<Blob> {
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  // The names and the directory take little more.
  if (bytes > 0.999 * MOST_BYTES) {
    throw new Error("The pictures are more than a zip file holds, 4 GB: take fewer at once, or a smaller zoom.");
  }
  // As blobs, so that the browser need not hold them in memory together.
  const parts: Blob[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(new Blob([chunk]));
  });
  for (const [name, file] of files) {
    const entry = new ZipPassThrough(name);
    archive.add(entry);
    for (let at = 0; at < file.size; at += SLICE) {
      const slice = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
      signal.throwIfAborted();
      entry.push(slice, at + SLICE >= file.size);
    }
  }
  archive.end();
  return new Blob(parts, { type: "application/zip" });
}
