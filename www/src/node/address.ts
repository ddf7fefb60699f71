/** Stands in for `../module/address.ts`: what has no scheme is a path. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Browser from "../module/address.ts";

/** A scheme, as in "https://…" or "data:…". One letter and a colon are a drive of Windows. */
const scheme = /^[a-z][a-z0-9+.-]+:/i;

export const absolute: typeof Browser.absolute = (address) => {
  if (address instanceof URL) return address;
  if (scheme.test(address)) return new URL(address);
  const url = pathToFileURL(resolve(address));
  // `resolve` removes the slash at the end of a folder's path.
  if (/[/\\]$/.test(address)) url.pathname += "/";
  return url;
};
