/**
 * A small picture as text in a link: a file of any format in base64url, after `png:`, since older
 * links hold PNG alone. Browsers send no server the fragment of an address.
 */
import { fromBase64Url, toBase64Url } from "../shared/base64.ts";

/** Longer addresses do not survive everywhere that links are pasted. */
const MAX_CHARACTERS = 48_000;

/** The first bytes of every PNG file. */
const PNG = "iVBORw0KGgo";

/** The largest file that fits into a link: four characters hold three bytes. */
export const MAX_BYTES = (MAX_CHARACTERS * 3) / 4;

/** Undefined if the file is too large. */
export function packBytes(bytes: Uint8Array): string | undefined {
  return bytes.length <= MAX_BYTES ? toBase64Url(bytes) : undefined;
}

/**
 * Undefined for text that `packBytes` did not make. Whether it is a picture turns out when it is
 * read.
 */
export function unpackPicture(text: string): Blob | undefined {
  if (text.length > MAX_CHARACTERS || !/^[\w-]+$/.test(text)) return undefined;
  try {
    return new Blob([fromBase64Url(text)], isPng(text) ? { type: "image/png" } : {});
  } catch {
    return undefined;
  }
}

/** Whether the packed file is a PNG, which all browsers read alike. */
export const isPng = (text: string): boolean => text.startsWith(PNG);
