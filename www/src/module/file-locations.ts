/** Finds the files of the npm package, whose entries offer them. */
import type { Files } from "../engine/files.ts";
import { UpscaleError } from "../api/index.ts";
import { absolute } from "./address.ts";

/** Functions, since a server that imports the package may know no addresses. */
const offered: Record<string, () => URL> = {};

export function offer(files: Readonly<Record<string, () => URL>>): void {
  Object.assign(offered, files);
}

/**
 * The addresses of the package's files, in the folder `assets` if it is given; none on the site.
 *
 * @throws {UpscaleError} `usage` in a bundle that has no address, and knows none of its files.
 */
export function filesAt(assets: string | URL | undefined): Files {
  if (!import.meta.env.PACKAGE) return {};
  try {
    const addresses = Object.entries(offered).map(([name, address]) => {
      // Turbopack makes a URL object whose address is relative.
      const url = assets === undefined ? absolute(address().href) : new URL(name, folderAt(assets));
      return [name, url.href] as const;
    });
    return Object.fromEntries(addresses);
  } catch (error) {
    const why = assets === undefined ? "This bundle does not say where SplitSR's files are" : `"assets" is no address`;
    const how = 'Give createUpscaler the address of a copy of the folder "lib/files" of the package as "assets".';
    throw new UpscaleError("usage", `${why}. ${how}`, { cause: error });
  }
}

/** A folder's address, of which the slash at the end may be missing. */
export function folderAt(address: string | URL): URL {
  const url = absolute(address);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
