/** A small picture as text, so that a link can hold it: a PNG file in base64url. The fragment of an address is not sent to any server. */

/** What addresses still carry everywhere that links are pasted. */
const MOST_CHARACTERS = 48_000;

/** @throws an error for the reader where it is too large. */
export async function packPicture(png: Blob): Promise<string> {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const characters = Math.ceil((bytes.length * 4) / 3);
  if (characters > MOST_CHARACTERS) {
    const kilobytes = (size: number) => `${Math.ceil(size / 1000)} KB`;
    throw new Error(
      `This would take ${kilobytes(characters)} in the link, and ${kilobytes(MOST_CHARACTERS)} fit: mark a smaller part of it first.`,
    );
  }
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined for what is no text of `packPicture`; whether it is a picture is found out when it is read. */
export function unpackPicture(text: string): Blob | undefined {
  if (text.length > MOST_CHARACTERS || !/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new Blob([Uint8Array.from(binary, (character) => character.charCodeAt(0))], { type: "image/png" });
  } catch {
    return undefined;
  }
}
