/**
 * A small picture as text in a link: a file of any format in base64url, after `png:`, since older
 * links hold PNG alone. Browsers send no server the fragment of an address.
 */
import { fromBase64Url, toBase64Url } from "../shared/base64.ts";
import { t } from "../shared/words.ts";

/** Longer addresses do not survive everywhere that links are pasted. */
const MAX_CHARACTERS = 48_000;

/** The first bytes of every PNG file. */
const PNG = "iVBORw0KGgo";

const charactersOf = (bytes: number): number => Math.ceil((bytes * 4) / 3);

/** Whether a file of this many bytes fits into a link. */
export const fits = (bytes: number): boolean => charactersOf(bytes) <= MAX_CHARACTERS;

/** @throws an error for the reader if the file is too large. */
export async function packPicture(file: Blob): Promise<string> {
  if (!fits(file.size)) {
    const kilobytes = (size: number) => `${Math.ceil(size / 1000)} KB`;
    throw new Error(
      t`The picture needs ${kilobytes(charactersOf(file.size))} in the link, but only ${kilobytes(MAX_CHARACTERS)} fit. Choose a smaller part with “Select area”.`,
    );
  }
  return toBase64Url(new Uint8Array(await file.arrayBuffer()));
}

/** A file that someone else packed: undefined if it is too large. */
export function packBytes(bytes: Uint8Array): string | undefined {
  return fits(bytes.length) ? toBase64Url(bytes) : undefined;
}

/**
 * Undefined for text that `packPicture` did not make. Whether it is a picture turns out when it is
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
