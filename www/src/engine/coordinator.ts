/**
 * The coordinator worker: reads, plans, hands out tiles, assembles, resizes, encodes and hashes, in
 * its own wasm instance. The page's thread does no slow work.
 */
import { UpscaleError, type CompressionInfo, type ModelInfo } from "../api/index.ts";
import { describeNetwork, Model, Picture } from "../wasm/simd128/splitsr.js";
import { move, serve } from "./bridge.ts";
import { canvasIsExact, writeFile } from "./canvas.ts";
import * as codecs from "./codecs.ts";
import { canvasPixels, encode } from "./codecs.ts";
import { readCompressed, readSource } from "./decode.ts";
import { Devices } from "./devices.ts";
import { Engine } from "./engine.ts";
import { parse } from "./json.ts";
import { checkSource } from "./limits.ts";
import type { CoordinatorMethods, InspectReply, PortableSource } from "./protocol.ts";
import { MAX_BROWSER_PIXELS } from "./sniff.ts";
import { buffer, buildUrls, compile, fastestBuild, instantiate } from "./wasm.ts";
import { writeLossyWebp } from "./webp.ts";

let loading: Promise<WebAssembly.Module> | undefined;
let engine: Engine | undefined;

serve<CoordinatorMethods>({
  prepare() {
    loading = compile(buildUrls[fastestBuild]);
    loading.catch(() => undefined); // `boot` reports it
    return undefined;
  },

  async boot({ model: bytes, ...settings }) {
    if (!loading) throw new Error("the coordinator is not prepared");
    const module = await loading;
    instantiate(module);
    const model = Model.load(new Uint8Array(bytes));
    const info: ModelInfo = { name: model.name, scale: model.scale, sha256: model.sha256 };
    const devices = new Devices(bytes, settings, module);
    engine = new Engine(info, bytes, model.info, devices);
    model.free();
    if (settings.backend === "gpu") await devices.choose("auto");
    return info;
  },

  describe(network) {
    return Promise.resolve(parse(describeNetwork(network)));
  },

  async inspect(source, { signal }) {
    engine?.warm();
    const { picture, compression } = await readCompressed(source, signal);
    try {
      checkSource(picture);
    } catch (error) {
      picture.free();
      throw error;
    }
    return toReply(picture, compression, signal);
  },

  async crop({ source, area: { left, top, width, height } }, { signal }) {
    const { picture, compression } = await readCompressed(source, signal);
    try {
      return await toReply(picture.crop(left, top, width, height), compression, signal);
    } finally {
      picture.free();
    }
  },

  async estimate(request) {
    if (!engine) throw new Error("the coordinator has no model");
    return engine.estimate(request);
  },

  async upscale(request, { emit, signal }) {
    if (!engine) throw new Error("the coordinator has no model");
    return engine.upscale(request, emit, signal);
  },

  async resize({ source, width, height, resizer }) {
    const resized = await codecs.resize(await readPacked(source), width, height, resizer);
    return move(resized, [resized.pixels]);
  },

  async shrink({ source, scale }) {
    const { small, sharp } = await codecs.shrink(await readPacked(source), scale);
    return move({ small, sharp }, [small.pixels, sharp.pixels]);
  },

  distance({ a, b, border }) {
    return codecs.distance(a, b, border);
  },

  async heatMap({ a, b }) {
    const map = await codecs.heatMap(a, b);
    return move(map, [map.pixels]);
  },

  async encode({ packed, type, quality, original }) {
    if (quality !== undefined && !(quality >= 1 && quality <= 100)) {
      throw new UpscaleError("usage", `The quality must be a number from 1 to 100, not ${quality}.`);
    }
    const bytes = new Uint8Array(await packed.arrayBuffer());
    const metadata = original && new Uint8Array(await original.arrayBuffer());
    const picture = Picture.unpack(bytes);
    try {
      const { width, height, isPlain } = picture;
      const isLossyWebp = type === "image/webp" && quality !== undefined && quality < 100;
      if (isLossyWebp) return { blob: await writeLossyWebp(picture, quality, metadata), notes: [] };
      // A browser's JPEG would have half the colours' resolution.
      const canBrowser = type === "image/png" && isPlain && canvasIsExact && width * height <= MAX_BROWSER_PIXELS;
      const byBrowser = canBrowser && !original;
      if (byBrowser) {
        const blob = await writeFile(picture.rgba8(), { width, height, hasAlpha: false, type });
        return { blob, notes: [] };
      }
    } finally {
      picture.free();
    }
    const encoded = await encode(bytes, type, quality, metadata);
    return { blob: new Blob([buffer(encoded.bytes)], { type }), notes: encoded.notes };
  },
});

/** Frees the picture. */
async function toReply(
  picture: Picture,
  compression: CompressionInfo | null,
  signal: AbortSignal,
): Promise<InspectReply> {
  try {
    signal.throwIfAborted();
    const { width, height, notes } = picture;
    const pixels = buffer(await canvasPixels(picture));
    // Many files have an alpha channel in which everything is opaque.
    const hasAlpha = picture.hasAlpha && !codecs.isOpaque({ pixels });
    const packed = new Blob([buffer(picture.pack())]);
    return move({ width, height, hasAlpha, notes, compression, pixels, packed }, [pixels]);
  } finally {
    picture.free();
  }
}

/** Packed, since the bundles share no memory. */
async function readPacked(source: PortableSource): Promise<Uint8Array> {
  const picture = await readSource(source);
  try {
    return picture.pack();
  } finally {
    picture.free();
  }
}
