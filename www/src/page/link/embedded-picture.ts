/**
 * A small picture as text in a link: a PNG file in base64url. Browsers send no server the fragment
 * of an address.
 */

/** Longer addresses do not survive everywhere that links are pasted. */
const MAX_CHARACTERS = 48_000;

/** @throws an error for the reader if the picture is too large. */
export async function packPicture(png: Blob): Promise<string> {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const characters = Math.ceil((bytes.length * 4) / 3);
  if (characters > MAX_CHARACTERS) {
    const kilobytes = (size: number) => `${Math.ceil(size / 1000)} KB`;
    throw new Error(
      `The picture needs ${kilobytes(characters)} in the link, but only ${kilobytes(MAX_CHARACTERS)} fit. Mark a smaller part of it first.`,
    );
  }
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Undefined for text that `packPicture` did not make. Whether it is a picture turns out when it is
 * read.
 */
export function unpackPicture(text: string): Blob | undefined {
  if (text.length > MAX_CHARACTERS || !/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new Blob([Uint8Array.from(binary, (character) => character.charCodeAt(0))], { type: "image/png" });
  } catch {
    return undefined;
  }
}
