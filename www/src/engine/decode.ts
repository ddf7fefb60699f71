/**
 * Decodes sources. The browser reads what it can read without loss, our codecs read the rest, and
 * the browser reads the formats that ours do not know.
 */
import { UpscaleError } from "../api/index.ts";
import { Picture } from "../wasm/simd128/splitsr.js";
import { canvasIsExact, readFile } from "./canvas.ts";
import { browserNotes, decode, nameColours } from "./codecs.ts";
import { convertsColours } from "./colours.ts";
import type { PortableSource } from "./protocol.ts";
import { isPlain } from "./sniff.ts";

export async function readSource(source: PortableSource): Promise<Picture> {
  switch (source.kind) {
    case "pixels":
      return Picture.fromImageData(new ImageData(source.data, source.width, source.height));
    case "bitmap":
      return Picture.fromBitmap(source.bitmap);
    case "packed":
      return Picture.unpack(new Uint8Array(await source.packed.arrayBuffer()));
    case "url":
      return fromBlob(await download(source.url));
    case "blob":
      return fromBlob(source.blob, source.own);
  }
}

async function download(url: string): Promise<Blob> {
  let why: string;
  try {
    const response = await fetch(url);
    if (response.ok) return await response.blob();
    why = `the server answered ${response.status}`;
  } catch {
    why = "there is no connection, or the site does not allow it";
  }
  throw new UpscaleError("network", `The picture at ${url} could not be loaded: ${why}. Save it and open the file.`);
}

async function fromBlob(blob: Blob, own = false): Promise<Picture> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    const advice = "It may have been moved or changed since you chose it. Choose it again.";
    throw new UpscaleError("damaged", `The file could not be read. ${advice}`, { cause: error });
  }
  if (!own && canvasIsExact && isPlain(bytes)) {
    const bitmap = await readFile(blob, "none");
    if (bitmap) return Picture.fromBitmap(bitmap);
    // The codecs will say what is wrong with the file.
  }
  try {
    return await decode(bytes);
  } catch (error) {
    if (!(error instanceof Error && error.name === "UnsupportedFormat")) throw error;
    const bitmap = await readFile(blob, "default");
    // If the browser cannot read it either, our decoder's message names the format.
    if (!bitmap) throw error;
    const picture = Picture.fromBitmap(bitmap);
    if (!(await convertsColours())) return nameColours(picture, bytes);
    for (const note of await browserNotes(bytes)) picture.addNote(note);
    return picture;
  }
}
