/**
 * The coordinator worker: reads, plans, hands out tiles, assembles, resizes, encodes and hashes, in its own wasm
 * instance. Nothing that takes long is left for the page's thread.
 */
import type { ModelFacts, Progress } from "../module/api.ts";
import { Job, Model, Picture, sha256 } from "../wasm/simd128/splitsr.js";
import { move, serve } from "./bridge.ts";
import { canvasIsExact, writePng } from "./canvas.ts";
import { canvasPixels, encode } from "./codecs.ts";
import { readSource } from "./decode.ts";
import { checkResult } from "./limits.ts";
import { Pool } from "./pool.ts";
import type { CoordinatorMethods, UpscaleReply, UpscaleRequest } from "./protocol.ts";
import { MOST_BROWSER_PIXELS } from "./sniff.ts";
import { buildUrls, compile, fastestBuild, instantiate, type Build } from "./wasm.ts";

let engine: Engine | undefined;

serve<CoordinatorMethods>({
  async boot({ model: bytes, workers }) {
    const module = await compile(buildUrls[fastestBuild]);
    instantiate(module);
    const model = Model.load(new Uint8Array(bytes));
    const about: ModelFacts = { name: model.name, scale: model.scale, sha256: model.sha256 };
    engine = new Engine(bytes, model.facts, workers, module);
    model.free();
    return about;
  },

  async inspect(source, { signal }) {
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

/** A model and the workers that run it. */
class Engine {
  readonly #model: ArrayBuffer;
  /** What planning needs to know of the model. */
  readonly #facts: string;
  readonly #workers: number;
  /** The build that this worker runs, ready for the pool. */
  readonly #module: WebAssembly.Module;
  #current: { build: Build; pool: Pool } | undefined;

  constructor(model: ArrayBuffer, facts: string, workers: number, module: WebAssembly.Module) {
    this.#model = model;
    this.#facts = facts;
    this.#workers = workers;
    this.#module = module;
  }

  /** The workers for a build: one pool at a time, since each worker has its memory. */
  #pool(build: Build): Pool {
    if (this.#current?.build !== build) {
      this.#current?.pool.end();
      const module = build === fastestBuild ? Promise.resolve(this.#module) : compile(buildUrls[build]);
      this.#current = { build, pool: new Pool(module, this.#model, this.#workers) };
    }
    return this.#current.pool;
  }

  async upscale(
    { source, size, tile }: UpscaleRequest,
    emit: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<UpscaleReply> {
    const start = performance.now();
    emit({ phase: "decode", fraction: 0 });
    // Exact results are the same on every machine, which fused multiplications and additions are not.
    const pool = this.#pool(tile === "exact" ? "simd128" : fastestBuild);
    // The workers start while the picture is read.
    pool.warm();
    const { job, notes } = plan(await readSource(source), this.#facts, { ...size, tile, workers: pool.size });
    let tiles = 0;
    let workers = 1;
    try {
      while (job.pass < job.passCount) {
        const count = job.tileCount;
        const queue = {
          count,
          input: (index: number) => buffer(job.tileInput(index)),
          accept(index: number, output: ArrayBuffer) {
            job.accept(index, new Uint8Array(output));
            emit({ phase: "enlarge", fraction: READ + (ENLARGED - READ) * job.fraction });
          },
        };
        workers = Math.max(workers, await pool.run(queue, signal));
        tiles += count;
      }
    } catch (error) {
      job.free();
      throw error;
    }
    emit({ phase: "finish", fraction: ENLARGED });
    const picture = job.finish();
    try {
      const { width, height } = picture;
      const rgba = await canvasPixels(picture);
      const packed = new Blob([buffer(picture.pack())]);
      const outputSha256 = await hash(rgba);
      const instructionSet = await pool.instructionSet();
      const pixels = buffer(rgba);
      const milliseconds = performance.now() - start;
      const result = { width, height, pixels, packed };
      return move({ picture: result, notes, milliseconds, tiles, workers, instructionSet, outputSha256 }, [pixels]);
    } finally {
      picture.free();
    }
  }
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
  options: UpscaleRequest["size"] & { tile: string; workers: number },
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
