/**
 * Our own image codecs and the comparison of pictures: a separate bundle, loaded when it is first
 * needed. Pictures are packed to get from one bundle to the other.
 */
import type * as Codecs from "../wasm/codecs/splitsr.js";
import codecsUrl from "../wasm/codecs/splitsr_bg.wasm?url";
import { Picture } from "../wasm/simd128/splitsr.js";
import type { Distance, Resizer } from "../api/index.ts";
import { MAX_SOURCE_MEGAPIXELS } from "./limits.ts";
import type { PlainPixels } from "./protocol.ts";
import { buffer, compile } from "./wasm.ts";

let loading: Promise<typeof Codecs> | undefined;

function codecs(): Promise<typeof Codecs> {
  loading ??= load().catch((error: unknown) => {
    // The next picture tries to load them again.
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

/** Pixels that are converted at once: an instance's memory never shrinks. */
const PIECE = 1 << 20;

/** Reads a file of any format that our codecs know. */
export async function decode(bytes: Uint8Array): Promise<Picture> {
  return handedOver((await codecs()).decode(bytes, MAX_SOURCE_MEGAPIXELS));
}

/** Notes on what a file lost that the browser decoded because our codecs cannot. */
export async function browserNotes(bytes: Uint8Array): Promise<string[]> {
  return (await codecs()).browserNotes(bytes);
}

/** Adds the same notes, and the file's colours, to a picture that the browser left as stored. */
export async function nameColours(picture: Picture, bytes: Uint8Array): Promise<Picture> {
  const { Picture, nameColours } = await codecs();
  const packed = picture.pack();
  picture.free();
  return handedOver(nameColours(Picture.unpack(packed), bytes));
}

/** A picture of the codecs as one of the engine's. */
function handedOver(picture: Codecs.Picture): Picture {
  try {
    return Picture.unpack(picture.pack());
  } finally {
    picture.free();
  }
}

/** Encodes a packed picture, with the EXIF metadata of the file `original` if there is one. */
export async function encode(
  packed: Uint8Array,
  type: string,
  quality: number | undefined,
  original: Uint8Array | undefined,
): Promise<{ bytes: Uint8Array; notes: string[] }> {
  const { Picture, encode } = await codecs();
  const picture = Picture.unpack(packed);
  try {
    const encoded = encode(picture, type, quality, original);
    const { bytes, notes } = encoded;
    encoded.free();
    return { bytes, notes };
  } finally {
    picture.free();
  }
}

/**
 * RGBA8 in sRGB, for the screen and for comparisons; only a colour profile needs the codecs. Files
 * are written from the packed picture, in its full depth and in the colours of its profile.
 */
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

/** Converts opaque RGBA8 pixels in the colours of a profile to sRGB, in place and in pieces. */
export async function intoSrgb(rgba: Uint8Array, profile: Uint8Array): Promise<void> {
  const { intoSrgb } = await codecs();
  for (let at = 0; at < rgba.length; at += 4 * PIECE) {
    intoSrgb(rgba.subarray(at, at + 4 * PIECE), profile);
  }
}

/** Resizes a packed picture without a network, in sRGB and with its alpha. */
export async function resize(
  packed: Uint8Array,
  width: number,
  height: number,
  resizer: Resizer,
): Promise<PlainPixels> {
  const by = (source: PlainPixels) =>
    withPictures([source], ({ resize }, picture) => plain(resize(picture, width, height, resizer)));
  const source = await inSrgb(packed);
  if (isOpaque(source)) return by(source);
  // Colours are weighted by their alpha, so that hidden ones stay hidden.
  const colours = await by(onGround(source, 0));
  const alphas = new Uint8ClampedArray((await by(alphaAsGrey(source))).pixels);
  const pixels = new Uint8ClampedArray(colours.pixels);
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = alphas[at] ?? 0;
    for (let index = at; index < at + 3; index++) pixels[index] = alpha && ((pixels[index] ?? 0) * 255) / alpha;
    pixels[at + 3] = alpha;
  }
  return colours;
}

/**
 * Makes the evaluation protocol's small version of a packed picture. Also returns the part that it
 * was made from.
 */
export async function shrink(packed: Uint8Array, scale: number): Promise<{ small: PlainPixels; sharp: PlainPixels }> {
  return withPictures([onWhite(await inSrgb(packed))], ({ shrink }, picture) => {
    const small = plain(shrink(picture, scale));
    return { small, sharp: plain(picture.crop(0, 0, small.width * scale, small.height * scale)) };
  });
}

export function distance(a: PlainPixels, b: PlainPixels, border: number): Promise<Distance> {
  return withPictures([onWhite(a), onWhite(b)], ({ distance }, a, b) => {
    const [psnrY = NaN, ssimY = NaN, largest = 0, mean = 0] = distance(a, b, border);
    const known = (value: number) => (Number.isNaN(value) ? null : value);
    return { psnrY: known(psnrY), ssimY: known(ssimY), largest, mean };
  });
}

export function heatMap(a: PlainPixels, b: PlainPixels): Promise<PlainPixels> {
  return withPictures([onWhite(a), onWhite(b)], ({ heatMap }, a, b) => plain(heatMap(a, b)));
}

function inSrgb(packed: Uint8Array): Promise<PlainPixels> {
  return withPictures([packed], ({ srgbRgba8 }, picture) => {
    const { width, height } = picture;
    return { width, height, pixels: buffer(srgbRgba8(picture)) };
  });
}

export function isOpaque({ pixels }: Pick<PlainPixels, "pixels">): boolean {
  const values = new Uint8Array(pixels);
  for (let at = 3; at < values.length; at += 4) if (values[at] !== 255) return false;
  return true;
}

/** As the eye sees it: colours of transparent pixels may be anything, and would be compared too. */
function onWhite(source: PlainPixels): PlainPixels {
  return isOpaque(source) ? source : onGround(source, 255);
}

/** Makes a picture opaque, on a grey background. */
function onGround({ pixels, width, height }: PlainPixels, ground: number): PlainPixels {
  const blended = new Uint8ClampedArray(pixels.slice(0));
  for (let at = 0; at < blended.length; at += 4) {
    const alpha = (blended[at + 3] ?? 0) / 255;
    for (let index = at; index < at + 3; index++) blended[index] = ground + ((blended[index] ?? 0) - ground) * alpha;
    blended[at + 3] = 255;
  }
  return { pixels: blended.buffer, width, height };
}

function alphaAsGrey({ pixels, width, height }: PlainPixels): PlainPixels {
  const grey = new Uint8Array(pixels.slice(0));
  for (let at = 0; at < grey.length; at += 4) {
    grey.fill(grey[at + 3] ?? 0, at, at + 3);
    grey[at + 3] = 255;
  }
  return { pixels: grey.buffer, width, height };
}

type Pictures<S> = { [K in keyof S]: Codecs.Picture };

/**
 * Loads the codecs, makes their pictures from packed ones or from pixels, and frees these at the
 * end.
 */
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
          : Picture.fromImageData(new ImageData(new Uint8ClampedArray(source.pixels), source.width, source.height)),
      );
    }
    return use(loaded, ...(made as Pictures<S>));
  } finally {
    for (const picture of made) picture.free();
  }
}

/** Frees the picture. */
function plain(picture: Codecs.Picture): PlainPixels {
  try {
    const { width, height } = picture;
    return { width, height, pixels: buffer(picture.rgba8()) };
  } finally {
    picture.free();
  }
}

/** Plans a pass of a schedule over a packed picture; the other arguments are those in Rust. */
export async function planSchedule(
  packed: Uint8Array,
  tiles: Uint32Array,
  halo: number | undefined,
  errors: Float32Array,
  score: string,
  effort: number,
  cheapCost: number,
): Promise<Codecs.SchedulePlan> {
  const { Picture, planSchedule } = await codecs();
  const picture = Picture.unpack(packed);
  try {
    return planSchedule(picture, tiles, halo, errors, score, effort, cheapCost);
  } finally {
    picture.free();
  }
}
