/**
 * Decodes sources. The browser reads what it can read without loss, our codecs read the rest, and
 * the browser reads the formats that ours do not know.
 */
import { UpscaleError, type CompressionInfo } from "../api/index.ts";
import { compressionOf, damageOf, Picture } from "../wasm/simd128/splitsr.js";
import { canvasIsExact, readFile } from "./canvas.ts";
import { browserNotes, decode, nameColours } from "./codecs.ts";
import { convertsColours } from "./colours.ts";
import { parse } from "./json.ts";
import type { PortableSource } from "./protocol.ts";
import { isPlain } from "./sniff.ts";

/** An abort ends a download. */
export async function readSource(source: PortableSource, signal?: AbortSignal): Promise<Picture> {
  return (await read(source, signal)).picture;
}

/** Reads a source and finds out how strongly it was compressed. */
export async function readCompressed(
  source: PortableSource,
  signal: AbortSignal,
): Promise<{ picture: Picture; compression: CompressionInfo | null }> {
  const { picture, file } = await read(source, signal);
  if (source.kind === "packed") return { picture, compression: source.compression };
  try {
    const found = compressionOf(picture, file);
    return { picture, compression: found === undefined ? null : parse(found) };
  } catch (error) {
    picture.free();
    throw error;
  }
}

/** The picture, and the file that it is from; empty where there is none. */
async function read(
  source: PortableSource,
  signal: AbortSignal | undefined,
): Promise<{ picture: Picture; file: Uint8Array }> {
  const alone = (picture: Picture) => ({ picture, file: new Uint8Array() });
  switch (source.kind) {
    case "pixels":
      return alone(Picture.fromImageData(new ImageData(source.data, source.width, source.height)));
    case "bitmap":
      return alone(Picture.fromBitmap(source.bitmap));
    case "packed":
      return alone(Picture.unpack(new Uint8Array(await source.packed.arrayBuffer())));
    case "url":
      return fromBlob(await download(source.url, signal));
    case "blob":
      return fromBlob(source.blob, source.own);
  }
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Blob> {
  let why: string;
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (response.ok) return await response.blob();
    why = `the server answered ${response.status}`;
  } catch {
    signal?.throwIfAborted();
    why = "there is no connection, or the site does not allow it";
  }
  throw new UpscaleError("network", `The picture at ${url} could not be loaded: ${why}. Save it and open the file.`);
}

async function fromBlob(blob: Blob, own = false): Promise<{ picture: Picture; file: Uint8Array }> {
  let file: Uint8Array;
  try {
    file = new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    const advice = "It may have been moved or changed since you chose it. Choose it again.";
    throw new UpscaleError("damaged", `The file could not be read. ${advice}`, { cause: error });
  }
  if (!own && canvasIsExact && isPlain(file)) {
    const bitmap = await readFile(blob, "none");
    if (bitmap) {
      const picture = Picture.fromBitmap(bitmap);
      const damage = damageOf(file);
      if (damage !== undefined) picture.addNote(damage);
      return { picture, file };
    }
    // The codecs will say what is wrong with the file.
  }
  try {
    return { picture: await decode(file), file };
  } catch (error) {
    if (!(error instanceof Error && error.name === "UnsupportedFormat")) throw error;
    const bitmap = await readFile(blob, "default");
    // If the browser cannot read it either, our decoder's message names the format.
    if (!bitmap) throw error;
    const picture = Picture.fromBitmap(bitmap);
    if (!(await convertsColours())) return { picture: await nameColours(picture, file), file };
    for (const note of await browserNotes(file)) picture.addNote(note);
    return { picture, file };
  }
}
