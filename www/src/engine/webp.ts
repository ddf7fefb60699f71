/**
 * Writes WebP with loss, which our codecs cannot: the browser encodes the pixels, and the colour
 * profile and the metadata are added to its file.
 */
import { UpscaleError } from "../api/index.ts";
import type { Picture } from "../wasm/simd128/splitsr.js";
import { canvasIsExact, writeFile } from "./canvas.ts";
import { canvasPixels, encode } from "./codecs.ts";
import { buffer } from "./wasm.ts";

const TYPE = "image/webp";

/** The format's limit. */
const MAX_WEBP_SIDE = 16383;

/** `quality` is from 1 to 99; `original` is a file whose EXIF metadata is carried over. */
export async function writeLossyWebp(
  picture: Picture,
  quality: number,
  original: Uint8Array | undefined,
): Promise<Blob> {
  const { width, height, hasAlpha, hasProfile } = picture;
  if (Math.max(width, height) > MAX_WEBP_SIDE) {
    throw new UpscaleError("encode", `WebP can have at most ${MAX_WEBP_SIDE} pixels per side. Choose PNG or JPEG.`);
  }
  const extra = hasProfile || original ? await extraChunks(picture, original) : new Map<string, Chunk>();
  const profile = extra.get("ICCP");
  // The browser takes the values for sRGB and writes them as they are; the profile gives them their
  // meaning back.
  const pixels = profile ? picture.rgba8() : await canvasPixels(picture);
  const write = () => writeFile(pixels, { width, height, hasAlpha, type: TYPE, quality });
  const file = canvasIsExact ? await write().catch(() => undefined) : undefined;
  // Safari gives a PNG.
  if (file?.type !== TYPE) {
    throw new UpscaleError("encode", "This browser cannot write lossy WebP. Choose lossless WebP or JPEG.");
  }
  const exif = extra.get("EXIF");
  // Chromium adds a profile of its own, for sRGB.
  const data = chunksOf(new Uint8Array(await file.arrayBuffer())).filter(({ name }) => pixelChunks.has(name));
  const header = { name: "VP8X", bytes: extendedHeader(picture, profile !== undefined, exif !== undefined) };
  const isSimple = !profile && !exif && data.length === 1;
  const chunks = [isSimple ? undefined : header, profile, ...data, exif].flatMap((chunk) => chunk?.bytes ?? []);
  return new Blob([riffHeader(chunks), ...chunks], { type: TYPE });
}

/** A chunk of the container, with its own header and padding. */
interface Chunk {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The chunks with pixels: transparency, a lossy and a lossless picture. */
const pixelChunks = new Set(["ALPH", "VP8 ", "VP8L"]);

/** Gets the chunks of the profile and the metadata: our codecs write them for a single pixel. */
async function extraChunks(picture: Picture, original: Uint8Array | undefined): Promise<Map<string, Chunk>> {
  const pixel = picture.crop(0, 0, 1, 1);
  try {
    const { bytes } = await encode(pixel.pack(), TYPE, undefined, original);
    const file = new Uint8Array(buffer(bytes));
    return new Map(
      chunksOf(file)
        .filter(isUsable)
        .map((chunk) => [chunk.name, chunk]),
    );
  } finally {
    pixel.free();
  }
}

/** A lossy file always has colours, which a profile for grey does not describe. */
function isUsable({ name, bytes }: Chunk): boolean {
  const COLOUR_SPACE = 8 + 16;
  return name !== "ICCP" || text(bytes, COLOUR_SPACE) === "RGB ";
}

function chunksOf(file: Uint8Array<ArrayBuffer>): Chunk[] {
  const view = new DataView(file.buffer);
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= file.length;) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    chunks.push({ name: text(file, at), bytes: file.subarray(at, end) });
    at = end;
  }
  return chunks;
}

/** The first chunk of an extended file: which other chunks it has, and the picture's size. */
function extendedHeader(
  { width, height, hasAlpha }: Picture,
  hasProfile: boolean,
  hasExif: boolean,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(18);
  const view = new DataView(header.buffer);
  header.set(bytesOf("VP8X"));
  view.setUint32(4, 10, true);
  view.setUint8(8, (hasProfile ? 0x20 : 0) | (hasAlpha ? 0x10 : 0) | (hasExif ? 0x08 : 0));
  // Both fields have 24 bits; the limit above needs 16.
  view.setUint16(12, width - 1, true);
  view.setUint16(15, height - 1, true);
  return header;
}

function riffHeader(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(12);
  header.set(bytesOf("RIFF"));
  new DataView(header.buffer).setUint32(4, 4 + chunks.reduce((sum, { length }) => sum + length, 0), true);
  header.set(bytesOf("WEBP"), 8);
  return header;
}

const bytesOf = (name: string): Uint8Array => Uint8Array.from(name, (char) => char.charCodeAt(0));

const text = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
