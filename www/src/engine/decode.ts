/** From a source to a decoded picture: our decoder first, then the browser's for formats that ours does not know. */
import { UpscaleError } from "../module/api.ts";
import { Picture, decode } from "../wasm/simd128/splitsr.js";
import { MAX_SOURCE_MEGAPIXELS } from "./limits.ts";
import type { PortableSource } from "./protocol.ts";

export async function readSource(source: PortableSource): Promise<Picture> {
  switch (source.kind) {
    case "pixels":
      return Picture.fromRgba8(new Uint8Array(source.data.buffer), source.width, source.height);
    case "bitmap":
      return fromBitmap(source.bitmap);
    case "packed":
      return Picture.unpack(new Uint8Array(await source.packed.arrayBuffer()));
    case "url":
      return fromBlob(await download(source.url));
    case "blob":
      return fromBlob(source.blob);
  }
}

async function download(url: string): Promise<Blob> {
  let why: string;
  try {
    const response = await fetch(url);
    if (response.ok) return await response.blob();
    why = `the server answered ${response.status}`;
  } catch {
    why = "no connection, or that site does not allow it";
  }
  throw new UpscaleError("network", `The picture at ${url} could not be loaded: ${why}. Save it and open the file.`);
}

async function fromBlob(blob: Blob): Promise<Picture> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    const advice = "It may have been moved or changed since it was chosen: choose it again.";
    throw new UpscaleError("damaged", `The file could not be read. ${advice}`, { cause: error });
  }
  try {
    return decode(bytes, MAX_SOURCE_MEGAPIXELS);
  } catch (error) {
    if (!(error instanceof Error && error.name === "UnsupportedFormat")) throw error;
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: "none" }).catch(() => undefined);
    // What the browser cannot read either is told in our decoder's words, which name the format.
    if (!bitmap) throw error;
    return fromBitmap(bitmap);
  }
}

function fromBitmap(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  try {
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context)
      throw new UpscaleError("engine", "The browser gave no canvas to read the picture from. Reload the page.");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return Picture.fromRgba8(new Uint8Array(data.buffer), width, height);
  } finally {
    bitmap.close();
  }
}
