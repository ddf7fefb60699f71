/** Pictures in `data:` addresses. The page's policy does not let the browser load them. */
import { toBytes } from "./base64.ts";
import { t } from "./words.ts";

/** The beginning of a `data:` address, up to its content. */
const head = /^data:[^,]{0,200},/i;

export const isDataAddress = (text: string): boolean => head.test(text);

/**
 * The bytes in a `data:` address.
 *
 * @throws an error for the reader, if they are incomplete.
 */
export function readDataAddress(text: string): Uint8Array<ArrayBuffer> {
  const [start = ""] = head.exec(text) ?? [];
  const content = text
    .slice(start.length)
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  if (!/;\s*base64\s*,$/i.test(start)) return toBytes(content);
  try {
    return toBytes(atob(content));
  } catch {
    throw new Error(
      t("The data: address is damaged or cut short. Copy all of it, or save the picture and open the file."),
    );
  }
}
