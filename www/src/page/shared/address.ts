/** Addresses of pictures on other sites. */

/** Longer addresses do not survive as links everywhere. */
const MAX_CHARACTERS = 2000;

/** An address that a picture may be loaded from; undefined for anything else. */
export function readAddress(text: string): URL | undefined {
  if (text.length > MAX_CHARACTERS || /\s/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Browsers do not fetch addresses that contain a password.
  const isPlain = /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  return isPlain ? url : undefined;
}

/** The name of the file at an address. */
export function nameIn({ pathname }: URL): string {
  const last = pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
