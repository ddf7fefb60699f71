/**
 * Our own image codecs: a bundle of their own, loaded when a picture first needs it. From one bundle to the other a
 * picture travels packed.
 */
import type * as Codecs from "../wasm/codecs/splitsr.js";
import codecsUrl from "../wasm/codecs/splitsr_bg.wasm?url";
import { Picture } from "../wasm/simd128/splitsr.js";
import { MAX_SOURCE_MEGAPIXELS } from "./limits.ts";
import { compile } from "./wasm.ts";

let loading: Promise<typeof Codecs> | undefined;

function codecs(): Promise<typeof Codecs> {
  loading ??= load().catch((error: unknown) => {
    // The next picture tries again.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<typeof Codecs> {
  const [glue, module] = await Promise.all([import("../wasm/codecs/splitsr.js"), compile(codecsUrl)]);
  glue.initSync({ module });
  return glue;
}

/** Reads a file of any format that ours know. */
export async function decode(bytes: Uint8Array): Promise<Picture> {
  const picture = (await codecs()).decode(bytes, MAX_SOURCE_MEGAPIXELS);
  try {
    return Picture.unpack(picture.pack());
  } finally {
    picture.free();
  }
}

/** A packed picture as a file. */
export async function encode(packed: Uint8Array, type: string, quality: number | undefined): Promise<Uint8Array> {
  const { Picture, encode } = await codecs();
  const picture = Picture.unpack(packed);
  try {
    return encode(picture, type, quality);
  } finally {
    picture.free();
  }
}

/** RGBA8 in sRGB, what a canvas shows: only for a colour profile the codecs are needed. */
export async function canvasPixels(picture: Picture): Promise<Uint8Array> {
  if (!picture.hasProfile) return picture.rgba8();
  const { Picture, srgbRgba8 } = await codecs();
  const same = Picture.unpack(picture.pack());
  try {
    return srgbRgba8(same);
  } finally {
    same.free();
  }
}
