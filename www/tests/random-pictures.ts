/** Pictures of random size, format and kind, for the soak: the same for the same seed. */
import { crc32, deflateSync } from "node:zlib";

/** A generator of its own (mulberry32), so that a run can be repeated. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.below(1e6) < probability * 1e6;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** From 1 to `max`, small ones as often as large ones. */
  side(max: number): number {
    return Math.max(1, Math.round(max ** (this.below(1e6) / 1e6)));
  }
}

export interface MadePicture {
  /** The kind, as in "PNG, RGB, 16 bits". */
  kind: string;
  extension: "png" | "bmp" | "tif";
  bytes: Buffer;
  /** Upright, in pixels. */
  width: number;
  height: number;
  hasAlpha: boolean;
}

/** Smooth shapes with some noise, in 0 to 1: neither flat nor all noise, as pictures are. */
function sample(random: Random): (x: number, y: number, channel: number) => number {
  const [a, b, c] = [1 + random.below(40), 1 + random.below(40), random.below(7)];
  return (x, y, channel) => {
    const smooth = Math.sin(x / a + channel) * Math.cos(y / b + c) * 0.4 + 0.5;
    return Math.min(1, Math.max(0, smooth + random.below(17) / 160 - 0.05));
  };
}

/** Rows of samples, most significant bit first, each row padded to whole bytes. */
function rows(
  random: Random,
  { width, height, channels, depth }: { width: number; height: number; channels: number; depth: number },
  littleEndian = false,
): Buffer[] {
  const value = sample(random);
  const max = 2 ** depth - 1;
  return Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(Math.ceil((width * channels * depth) / 8));
    for (let index = 0; index < width * channels; index++) {
      const level = Math.round(value(Math.floor(index / channels), y, index % channels) * max);
      const bit = index * depth;
      const at = bit >> 3;
      if (depth === 16 && littleEndian) row.writeUInt16LE(level, at);
      else if (depth === 16) row.writeUInt16BE(level, at);
      else row[at] = (row[at] ?? 0) | (level << (8 - depth - (bit % 8)));
    }
    return row;
  });
}

function pngChunk(name: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(name, 4, "latin1");
  content.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), content.length + 8);
  return chunk;
}

/** EXIF with nothing but an orientation. */
function exif(orientation: number): Buffer {
  const bytes = Buffer.from("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0", "latin1");
  bytes.writeUInt16BE(orientation, 18);
  return bytes;
}

const pngKinds = [
  { name: "grey", colour: 0, channels: 1, depths: [1, 2, 4, 8, 16] },
  { name: "RGB", colour: 2, channels: 3, depths: [8, 8, 16] },
  { name: "palette", colour: 3, channels: 1, depths: [1, 2, 4, 8] },
  { name: "grey with alpha", colour: 4, channels: 2, depths: [8, 16] },
  { name: "RGB with alpha", colour: 6, channels: 4, depths: [8, 16] },
];

function png(random: Random, width: number, height: number, orientation: number): MadePicture {
  const { name, colour, channels, depths } = random.pick(pngKinds);
  const depth = random.pick(depths);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, 0], 8);
  const chunks = [pngChunk("IHDR", header)];
  const isPalette = name === "palette";
  const isTransparent = isPalette && random.chance(0.3);
  if (isPalette) {
    const colours = Buffer.from(Array.from({ length: 3 * 2 ** depth }, () => random.below(256)));
    chunks.push(pngChunk("PLTE", colours));
    if (isTransparent) chunks.push(pngChunk("tRNS", Buffer.alloc(2 ** depth, 128)));
  }
  if (orientation !== 1) chunks.push(pngChunk("eXIf", exif(orientation)));
  const pixels = rows(random, { width, height, channels, depth }).flatMap((row) => [Buffer.of(0), row]);
  chunks.push(pngChunk("IDAT", deflateSync(Buffer.concat(pixels))), pngChunk("IEND", Buffer.alloc(0)));
  const bytes = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]);
  const hasAlpha = channels % 2 === 0 || isTransparent;
  return { kind: `PNG, ${name}, ${depth} bits`, extension: "png", bytes, width, height, hasAlpha };
}

function bmp(random: Random, width: number, height: number): MadePicture {
  const header = Buffer.alloc(54);
  const pixels = rows(random, { width, height, channels: 3, depth: 8 }).flatMap((row) => [
    row,
    Buffer.alloc(-row.length & 3),
  ]);
  const bytes = Buffer.concat([header, ...pixels]);
  bytes.write("BM", 0, "latin1");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  // Negative: from top to bottom.
  bytes.writeInt32LE(random.chance(0.5) ? height : -height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return { kind: "BMP, RGB, 8 bits", extension: "bmp", bytes, width, height, hasAlpha: false };
}

function tiff(random: Random, width: number, height: number, orientation: number): MadePicture {
  const channels = random.pick([1, 3, 3, 4]);
  const depth = random.pick([8, 16]);
  const isLittle = random.chance(0.5);
  const data = Buffer.concat(rows(random, { width, height, channels, depth }, isLittle));
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, channels, depth],
    [259, 3, 1, 1],
    [262, 3, 1, channels === 1 ? 1 : 2],
    [273, 4, 1, 0],
    [274, 3, 1, orientation],
    [277, 3, 1, channels],
    [278, 4, 1, height],
    [279, 4, 1, data.length],
  ];
  // Alpha that the colours are not multiplied by.
  if (channels === 4) entries.push([338, 3, 1, 2]);
  const depthsAt = 8 + 2 + 12 * entries.length + 4;
  const start = depthsAt + 8;
  const bytes = Buffer.alloc(start + data.length);
  const short = (value: number, at: number) =>
    isLittle ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    isLittle ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  bytes.write(isLittle ? "II" : "MM", 0, "latin1");
  short(42, 2);
  long(8, 4);
  short(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + 12 * index;
    short(tag, at);
    short(type, at + 2);
    long(count, at + 4);
    if (tag === 273) long(start, at + 8);
    else if (tag === 258 && count > 2) long(depthsAt, at + 8);
    else if (type === 3) short(value, at + 8);
    else long(value, at + 8);
  }
  for (let channel = 0; channel < 4; channel++) short(depth, depthsAt + 2 * channel);
  data.copy(bytes, start);
  const name = { 1: "grey", 3: "RGB", 4: "RGB with alpha" }[channels] ?? "";
  return {
    kind: `TIFF, ${name}, ${depth} bits`,
    extension: "tif",
    bytes,
    width,
    height,
    hasAlpha: channels === 4,
  };
}

/** A picture whose sides are at most `max` pixels; one in five lies on its side, by its EXIF. */
export function makePicture(random: Random, max: number): MadePicture {
  const [width, height] = [random.side(max), random.side(max)];
  const orientation = random.chance(0.2) ? 1 + random.below(8) : 1;
  const made = random.pick([
    () => png(random, width, height, orientation),
    () => png(random, width, height, orientation),
    () => bmp(random, width, height),
    () => tiff(random, width, height, orientation),
  ])();
  // The orientations from 5 to 8 exchange the sides.
  const isTurned = orientation > 4 && made.extension !== "bmp";
  return isTurned ? { ...made, kind: `${made.kind}, on its side`, width: height, height: width } : made;
}
