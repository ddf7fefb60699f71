/**
 * Zip files of files that are compressed already: these are stored as they are, and stay blobs, so that they need not be
 * in memory together.
 */

/** What is read at once, for its checksum: a few milliseconds' worth, on a phone too. */
const SLICE = 1 << 18;

/** The format's limit for sizes and positions. */
const MOST_BYTES = 0xffffffff;

/** For each byte, what it does to a CRC-32. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Reads slice by slice: the page breathes while it waits for each. */
async function crc32(file: Blob, signal: AbortSignal): Promise<number> {
  let crc = ~0;
  for (let at = 0; at < file.size; at += SLICE) {
    const bytes = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
    signal.throwIfAborted();
    for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** A zip file of these, by their names, which must differ. */
export async function zip(files: ReadonlyMap<string, Blob>, signal: AbortSignal): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let directorySize = 0;
  const now = dosTime(new Date());
  for (const [name, file] of files) {
    const encoded = new TextEncoder().encode(name);
    const UTF8 = 0x800;
    const VERSION = 20;
    const about = [
      [VERSION, 2],
      [UTF8, 2],
      [0, 2], // stored
      [now, 4],
      [await crc32(file, signal), 4],
      [file.size, 4],
      [file.size, 4],
      [encoded.length, 2],
      [0, 2], // nothing extra
    ] as const;
    const local = fields([0x04034b50, 4], ...about);
    // No comment, the first disk, no attributes.
    const central = fields([0x02014b50, 4], [VERSION, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
    parts.push(local, encoded, file);
    directory.push(central, encoded);
    offset += local.length + encoded.length + file.size;
    directorySize += central.length + encoded.length;
  }
  if (offset + directorySize > MOST_BYTES || files.size > 0xffff) {
    throw new Error("The pictures are more than a zip file holds, 4 GB: take fewer at once, or a smaller zoom.");
  }
  const count = [files.size, 2] as const;
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], count, count, [directorySize, 4], [offset, 4], [0, 2]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/** Little-endian numbers, each with its length in bytes, 2 or 4. */
function fields(...values: readonly (readonly [value: number, length: 2 | 4])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.reduce((sum, [, length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, length] of values) {
    if (length === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}

/** The time in the low 16 bits and the date in the high ones. */
function dosTime(date: Date): number {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return ((day << 16) | time) >>> 0;
}
