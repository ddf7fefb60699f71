/**
 * Makes what the page and the encoders need of a plain result's pixels, piece by piece: a large
 * picture is in memory only once.
 */
import { Sha256 } from "../wasm/simd128/splitsr.js";
import { buffer } from "./wasm.ts";

/** Pixels of a piece. */
const PIECE = 1 << 22;

/** SHA-256 in hexadecimal. Only secure contexts have the browser's faster code, which copies. */
export async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!isSecureContext || bytes.length > 4 * PIECE) return sha256(bytes);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function sha256(bytes: Uint8Array): string {
  const hash = new Sha256();
  for (let at = 0; at < bytes.length; at += 4 * PIECE) hash.update(bytes.subarray(at, at + 4 * PIECE));
  return hash.finish();
}

/** `Picture.pack()` of a picture with these opaque RGBA8 pixels, after its header. */
export async function packOpaque(header: Uint8Array, rgba: Uint8Array): Promise<Blob> {
  const count = rgba.length / 4;
  const pieces: BlobPart[] = [buffer(header)];
  const rgb = new Uint8Array(3 * Math.min(PIECE, count));
  for (let start = 0; start < count; start += PIECE) {
    const length = Math.min(PIECE, count - start);
    for (let from = 4 * start, to = 0; to < 3 * length; from += 4, to += 3) {
      rgb[to] = rgba[from] ?? 0;
      rgb[to + 1] = rgba[from + 1] ?? 0;
      rgb[to + 2] = rgba[from + 2] ?? 0;
    }
    if (count <= PIECE) return new Blob([...pieces, rgb]);
    const piece = new Blob([rgb.subarray(0, 3 * length)]);
    pieces.push(piece);
    // Until the browser has taken a blob over, this process holds it.
    await piece.slice(0, 1).arrayBuffer();
  }
  return new Blob(pieces);
}

/** Copies a tile's RGBA8 pixels into a picture that is `width` pixels wide. */
export function copyTile(
  rgba: Uint8Array,
  width: number,
  { left, top, width: columns, pixels }: { left: number; top: number; width: number; pixels: Uint8Array },
): void {
  for (let from = 0, to = 4 * (top * width + left); from < pixels.length; from += 4 * columns, to += 4 * width) {
    rgba.set(pixels.subarray(from, from + 4 * columns), to);
  }
}
