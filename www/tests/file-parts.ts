/** Reads the parts of files that a visitor saves: chunks, segments, metadata, samples. */
import { crc32, inflateSync } from "node:zlib";
import { expect } from "@playwright/test";

type Chunks = Map<string, Buffer>;

export function riffChunks(file: Buffer): Chunks {
  const chunks: Chunks = new Map();
  expect(file.toString("latin1", 0, 4)).toBe("RIFF");
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  for (let at = 12; at < file.length;) {
    const length = file.readUInt32LE(at + 4);
    chunks.set(file.toString("latin1", at, at + 4), file.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  return chunks;
}

/** Those of the same name are put together. */
export function pngChunks(file: Buffer): Chunks {
  const chunks: Chunks = new Map();
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const name = file.toString("latin1", at + 4, at + 8);
    const content = file.subarray(at + 8, at + 8 + length);
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.alloc(0), content]));
    at += 12 + length;
  }
  return chunks;
}

/** The content of a JPEG's segments of one kind that begin with `head`, joined without that. */
export function jpegSegments(file: Buffer, marker: number, head: string, skip = head.length): Buffer {
  const found: Buffer[] = [];
  for (let at = 2; file[at + 1] !== 0xda; at += 2 + file.readUInt16BE(at + 2)) {
    const content = file.subarray(at + 4, at + 2 + file.readUInt16BE(at + 2));
    if (file[at + 1] === marker && content.toString("latin1", 0, head.length) === head)
      found.push(content.subarray(skip));
  }
  return Buffer.concat(found);
}

export const jpegProfile = (file: Buffer) => jpegSegments(file, 0xe2, "ICC_PROFILE\0", 14);

export function pngProfile(file: Buffer): Buffer {
  const chunk = pngChunks(file).get("iCCP") ?? Buffer.alloc(0);
  return inflateSync(chunk.subarray(chunk.indexOf(0) + 2));
}

/** The orientation that EXIF metadata tell: 1 is upright, as is none. */
export function orientation(exif: Buffer | undefined): number | undefined {
  if (!exif) throw new Error("there are no metadata");
  const big = exif.toString("latin1", 0, 2) === "MM";
  const read16 = (at: number) => (big ? exif.readUInt16BE(at) : exif.readUInt16LE(at));
  const read32 = (at: number) => (big ? exif.readUInt32BE(at) : exif.readUInt32LE(at));
  const start = read32(4);
  for (let entry = 0; entry < read16(start); entry++) {
    const at = start + 2 + 12 * entry;
    if (read16(at) === 0x112) return read16(at + 8);
  }
  return undefined;
}

export function pngChunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** The samples of a PNG with that many bytes a pixel. */
export function pngSamples(file: Buffer, pixelBytes: number): Buffer {
  const chunks = pngChunks(file);
  const width = chunks.get("IHDR")?.readUInt32BE(0) ?? 0;
  const data = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
  const row = width * pixelBytes;
  const samples = Buffer.alloc((data.length / (row + 1)) * row);
  for (let at = 0; at < samples.length; at++) {
    const [x, y] = [at % row, Math.floor(at / row)];
    const left = x >= pixelBytes ? (samples[at - pixelBytes] ?? 0) : 0;
    const above = y > 0 ? (samples[at - row] ?? 0) : 0;
    const corner = x >= pixelBytes && y > 0 ? (samples[at - row - pixelBytes] ?? 0) : 0;
    const nearest = [left, above, corner].reduce((best, value) => {
      const distance = (candidate: number) => Math.abs(left + above - corner - candidate);
      return distance(value) < distance(best) ? value : best;
    });
    const filter = data[y * (row + 1)] ?? 0;
    const predicted = [0, left, above, (left + above) >> 1, nearest][filter] ?? 0;
    samples[at] = (data[y * (row + 1) + 1 + x] ?? 0) + predicted;
  }
  return samples;
}
