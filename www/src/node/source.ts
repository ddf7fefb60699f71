/** Stands in for `../module/source.ts`: also reads files. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UpscaleError } from "../api/index.ts";
import { toPortable as withoutFiles } from "../module/source.ts";
import { absolute } from "./address.ts";
import { reason } from "./reason.ts";

export const toPortable: typeof withoutFiles = async (source) => {
  if (typeof source !== "string" && !(source instanceof URL)) return withoutFiles(source);
  const url = absolute(source);
  return withoutFiles(url.protocol === "file:" ? await read(url) : url);
};

async function read(url: URL): Promise<Uint8Array> {
  try {
    return await readFile(url);
  } catch (error) {
    throw new UpscaleError("network", `${fileURLToPath(url)} could not be read: ${reason(error)}.`, { cause: error });
  }
}
