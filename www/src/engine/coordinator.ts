/**
 * The coordinator worker: reads, plans, hands out tiles, assembles, resizes, encodes and hashes, in its own wasm
 * instance. Nothing that takes long is left for the page's thread.
 */
import type { ModelFacts, Progress, Report } from "../module/api.ts";
import { Job, Model, Picture, sha256 } from "../wasm/simd128/splitsr.js";
import { FatalError, move, serve } from "./bridge.ts";
import { canvasIsExact, writePng } from "./canvas.ts";
import { canvasPixels, encode } from "./codecs.ts";
import { readSource } from "./decode.ts";
import { Devices, phrase, type Place } from "./devices.ts";
import { checkResult } from "./limits.ts";
import type { CoordinatorMethods, UpscaleReply, UpscaleRequest } from "./protocol.ts";
import { MOST_BROWSER_PIXELS } from "./sniff.ts";
import { buildUrls, compile, fastestBuild, instantiate } from "./wasm.ts";

let engine: Engine | undefined;

serve<CoordinatorMethods>({
  async boot({ model: bytes, ...settings }) {
    const module = await compile(buildUrls[fastestBuild]);
    instantiate(module);
    const model = Model.load(new Uint8Array(bytes));
    const about: ModelFacts = { name: model.name, scale: model.scale, sha256: model.sha256 };
    const devices = new Devices(bytes, settings, module);
    engine = new Engine(about, model.facts, devices);
    model.free();
    if (settings.backend === "gpu") await devices.choose("auto");
    return about;
  },

  async inspect(source, { signal }) {
    engine?.warm();
    const picture = await readSource(source);
    try {
      signal.throwIfAborted();
      const { width, height, hasAlpha, notes } = picture;
      const pixels = buffer(await canvasPixels(picture));
      const packed = new Blob([buffer(picture.pack())]);
      return move({ width, height, hasAlpha, notes, pixels, packed }, [pixels]);
    } finally {
      picture.free();
    }
  },

  async upscale(request, { emit, signal }) {
    if (!engine) throw new Error("the coordinator has no model");
    return engine.upscale(request, emit, signal);
  },

  async encode({ packed, type, quality }) {
    const bytes = new Uint8Array(await packed.arrayBuffer());
    const picture = Picture.unpack(bytes);
    try {
      const { width, height, isPlain } = picture;
      // JPEG the browser would write with half the colours' resolution, WebP with loss.
      const byBrowser = type === "image/png" && isPlain && canvasIsExact && width * height <= MOST_BROWSER_PIXELS;
      if (byBrowser) return await writePng(picture.rgba8(), width, height);
    } finally {
      picture.free();
    }
    return new Blob([buffer(await encode(bytes, type, quality))], { type });
  },
});

/** The parts of the progress bar for the time before and after the network's work. */
const READ = 0.02;
const ENLARGED = 0.96;

/** A model and the devices that run it. */
class Engine {
  readonly #model: ModelFacts;
  /** What planning needs to know of the model. */
  readonly #facts: string;
  readonly #devices: Devices;

  constructor(model: ModelFacts, facts: string, devices: Devices) {
    this.#model = model;
    this.#facts = facts;
    this.#devices = devices;
  }

  /** Gets the device ready that a picture will probably want soon. */
  warm(): void {
    // A failure is told by the picture that finds it.
    this.#devices.choose("auto").catch(() => undefined);
  }

  async upscale(
    { source, size, tile }: UpscaleRequest,
    emit: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<UpscaleReply> {
    const start = performance.now();
    emit({ phase: "decode", fraction: 0 });
    const choice = this.#devices.choose(tile);
    choice.catch(() => undefined); // awaited below, after the picture
    const picture = await readSource(source);
    let place: Place;
    try {
      place = await orAborted(choice, signal);
    } catch (error) {
      picture.free();
      throw error;
    }
    const options = { ...size, tile, workers: place.pool.size, gpu: place.backend === "gpu" };
    const { job, notes } = plan(picture, this.#facts, options);
    const onTile = () => emit({ phase: "enlarge", fraction: READ + (ENLARGED - READ) * job.fraction });
    let tiles = 0;
    let workers = 1;
    try {
      while (job.pass < job.passCount) {
        tiles += job.tileCount;
        const done = await this.#runPass(job, place, tile, onTile, signal);
        place = done.place;
        workers = Math.max(workers, done.workers);
      }
    } catch (error) {
      job.free();
      throw error;
    }
    emit({ phase: "finish", fraction: ENLARGED });
    const result = job.finish();
    try {
      const { width, height } = result;
      const rgba = await canvasPixels(result);
      const packed = new Blob([buffer(result.pack())]);
      const outputSha256 = await hash(rgba);
      const instructionSet = await place.pool.instructionSet();
      const pixels = buffer(rgba);
      const { backend, reason } = place;
      const adapter = place.adapter ?? `WebAssembly ${instructionSet}, ${workers} worker${workers === 1 ? "" : "s"}`;
      const { name: model, sha256: modelSha256 } = this.#model;
      const milliseconds = performance.now() - start;
      const did = { milliseconds, tiles, workers, instructionSet, outputSha256, notes };
      const report: Report = { backend, reason, adapter, model, modelSha256, ...did };
      return move({ picture: { width, height, pixels, packed }, report }, [pixels]);
    } finally {
      result.free();
    }
  }

  /** Runs the tiles of a pass. If the GPU is lost, which its one fresh worker could not help, the CPU runs the rest. */
  async #runPass(
    job: Job,
    place: Place,
    tile: UpscaleRequest["tile"],
    onTile: () => void,
    signal: AbortSignal,
  ): Promise<{ place: Place; workers: number }> {
    const left = new Set(Array.from({ length: job.tileCount }, (_, index) => index));
    const run = ({ pool }: Place) => {
      const indices = [...left];
      const queue = {
        count: indices.length,
        input: (at: number) => buffer(job.tileInput(indices[at] ?? 0)),
        accept(at: number, output: ArrayBuffer) {
          const index = indices[at] ?? 0;
          job.accept(index, new Uint8Array(output));
          left.delete(index);
          onTile();
        },
      };
      return pool.run(queue, signal);
    };
    try {
      return { place, workers: await run(place) };
    } catch (error) {
      const isLoss = place.backend === "gpu" && error instanceof FatalError && !signal.aborted;
      if (!isLoss) throw error;
      const replacement = this.#devices.replace(place, tile, phrase(error));
      return { place: replacement, workers: await run(replacement) };
    }
  }
}

/** `promise`, or the signal's reason as soon as it aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([promise, aborted]);
}

/** SHA-256 in hexadecimal; by the browser's own code, which only secure contexts have, or by ours. */
async function hash(bytes: Uint8Array): Promise<string> {
  if (!isSecureContext) return sha256(bytes);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Plans, and gives the source's memory back: the job has its own copy. */
function plan(
  picture: Picture,
  facts: string,
  options: UpscaleRequest["size"] & { tile: string; workers: number; gpu: boolean },
): { job: Job; notes: string[] } {
  try {
    checkResult(picture, resultSize(picture, options));
    return { job: new Job(picture, facts, JSON.stringify(options)), notes: picture.notes };
  } finally {
    picture.free();
  }
}

function resultSize(picture: Picture, size: UpscaleRequest["size"]): { width: number; height: number } {
  if ("width" in size) return size;
  const side = (pixels: number) => Math.max(1, Math.round(pixels * size.scale));
  return { width: side(picture.width), height: side(picture.height) };
}

/** The buffer of an array that wasm-bindgen made: it is the array's own, of its length. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}
