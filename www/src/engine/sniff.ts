/**
 * Finds the files that the browser reads as well as our codecs do: complete, with one frame of
 * opaque 8-bit RGB and no colour profile. With other files, the browser would lose something
 * (alpha, depth, profile, grey) or report less (frames, damage, gamma).
 */
import { MAX_SIDE_PIXELS } from "./limits.ts";

/** The codecs read larger pictures: pixels from the browser are copied twice. */
export const MAX_BROWSER_PIXELS = 32e6;

/** Decides by the file's header and structure whether the browser may decode it. */
export function isPlain(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = pngSize(view) ?? jpegSize(view) ?? webpSize(view);
    if (!size || Math.max(size.width, size.height) > MAX_SIDE_PIXELS) return false;
    return size.width * size.height <= MAX_BROWSER_PIXELS;
  } catch (error) {
    // A read beyond the end: the file is cut short.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

interface Size {
  width: number;
  height: number;
}

/** Four characters as a big-endian number. */
function tag(name: string): number {
  return Array.from(name).reduce((number, char) => number * 256 + char.charCodeAt(0), 0);
}

/** PNG chunks that mean more than opaque sRGB pixels, or that the codecs report. */
const notPlain = new Set(["tRNS", "gAMA", "cHRM", "iCCP", "cICP", "acTL", "eXIf"].map(tag));

function pngSize(view: DataView): Size | undefined {
  const IHDR = 8;
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(IHDR + 4) !== tag("IHDR")) return undefined;
  const depth = view.getUint8(IHDR + 16);
  const colours = view.getUint8(IHDR + 17);
  const RGB = 2;
  if (depth !== 8 || colours !== RGB) return undefined;
  for (let at = IHDR; ;) {
    const length = view.getUint32(at);
    const name = view.getUint32(at + 4);
    if (notPlain.has(name)) return undefined;
    // Firefox and Safari show a damaged picture and say nothing.
    const sum = view.getUint32(at + 8 + length);
    if (sum !== crc32(new Uint8Array(view.buffer, view.byteOffset + at + 4, length + 4))) return undefined;
    if (name === tag("IEND")) return { width: view.getUint32(IHDR + 8), height: view.getUint32(IHDR + 12) };
    at += length + 12;
  }
}

const crcOfByte = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcOfByte[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}

function jpegSize(view: DataView): Size | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let size: Size | undefined;
  for (let at = 2; ;) {
    const lead = view.getUint8(at);
    const marker = view.getUint8(at + 1);
    // Between segments there is entropy-coded data, where FF 00 is a stuffed FF, FF D0 to D7 are
    // restarts and FF FF is padding.
    if (lead !== 0xff || marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7) || marker === 0xff) {
      at++;
      continue;
    }
    const END = 0xd9;
    if (marker === END) return size;
    const PROFILE = 0xe2;
    if (marker === PROFILE && view.getUint32(at + 4) === tag("ICC_")) return undefined;
    // SOF0 to SOF2: Huffman-coded, sequential or progressive. Other frames are rare, and have other
    // markers.
    if (marker >= 0xc0 && marker <= 0xc2) {
      const depth = view.getUint8(at + 4);
      const components = view.getUint8(at + 9);
      if (depth !== 8 || components !== 3) return undefined;
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + view.getUint16(at + 2);
  }
}

/** Lossy WebP without the extensions that alpha, profiles and animations need. */
function webpSize(view: DataView): Size | undefined {
  if (view.getUint32(0) !== tag("RIFF") || view.getUint32(8) !== tag("WEBP")) return undefined;
  if (view.getUint32(12) !== tag("VP8 ") || view.getUint32(4, true) + 8 > view.byteLength) return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}
