/**
 * Our own image codecs, and what compares pictures: a bundle of their own, loaded when it is first needed. From one bundle
 * to the other a picture travels packed.
 */
import type * as Codecs from "../wasm/codecs/splitsr.js";
import codecsUrl from "../wasm/codecs/splitsr_bg.wasm?url";
import { Picture } from "../wasm/simd128/splitsr.js";
import type { Distance, Resizer } from "../module/api.ts";
import { MAX_SOURCE_MEGAPIXELS } from "./limits.ts";
import type { PlainPixels } from "./protocol.ts";
import { buffer, compile } from "./wasm.ts";

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

/** A packed picture as a file, with the EXIF metadata of the file `original`, if that is given. */
export async function encode(
  packed: Uint8Array,
  type: string,
  quality: number | undefined,
  original: Uint8Array | undefined,
): Promise<Uint8Array> {
  const { Picture, encode } = await codecs();
  const picture = Picture.unpack(packed);
  try {
    return encode(picture, type, quality, original);
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

/** A packed picture at another size, without a network. */
export function resize(packed: Uint8Array, width: number, height: number, resizer: Resizer): Promise<PlainPixels> {
  return withPictures([packed], ({ resize }, picture) => plain(resize(picture, width, height, resizer)));
}

/** The evaluation protocol's small version of a packed picture, and the part of the picture that was shrunk. */
export function shrink(packed: Uint8Array, scale: number): Promise<{ small: PlainPixels; sharp: PlainPixels }> {
  return withPictures([packed], ({ shrink }, picture) => {
    const small = plain(shrink(picture, scale));
    return { small, sharp: plain(picture.crop(0, 0, small.width * scale, small.height * scale)) };
  });
}

export function distance(a: PlainPixels, b: PlainPixels, border: number): Promise<Distance> {
  return withPictures([a, b], ({ distance }, a, b) => {
    const [psnrY = NaN, ssimY = NaN, largest = 0, mean = 0] = distance(a, b, border);
    const known = (value: number) => (Number.isNaN(value) ? null : value);
    return { psnrY: known(psnrY), ssimY: known(ssimY), largest, mean };
  });
}

export function heatMap(a: PlainPixels, b: PlainPixels): Promise<PlainPixels> {
  return withPictures([a, b], ({ heatMap }, a, b) => plain(heatMap(a, b)));
}

type Pictures<S> = { [K in keyof S]: Codecs.Picture };

/** Loads the codecs, makes their pictures, packed or of pixels, and gives these back at the end. */
async function withPictures<S extends readonly (Uint8Array | PlainPixels)[], T>(
  sources: readonly [...S],
  use: (codecs: typeof Codecs, ...pictures: Pictures<S>) => T,
): Promise<T> {
  const loaded = await codecs();
  const made: Codecs.Picture[] = [];
  try {
    for (const source of sources) {
      const { Picture } = loaded;
      const isPacked = source instanceof Uint8Array;
      made.push(
        isPacked
          ? Picture.unpack(source)
          : Picture.fromRgba8(new Uint8Array(source.pixels), source.width, source.height),
      );
    }
    return use(loaded, ...(made as Pictures<S>));
  } finally {
    for (const picture of made) picture.free();
  }
}

/** The pixels of a picture of the codecs, which is given back. */
function plain(picture: Codecs.Picture): PlainPixels {
  try {
    const { width, height } = picture;
    return { width, height, pixels: buffer(picture.rgba8()) };
  } finally {
    picture.free();
  }
}
