/** Bytes as text. */

/** Base64 for addresses: without characters that would have to be escaped. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws {DOMException} for text that is not base64. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return toBytes(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
}

/** The bytes of a string whose characters are bytes. */
export function toBytes(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
