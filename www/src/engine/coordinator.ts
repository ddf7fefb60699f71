/**
 * The coordinator worker: reads, plans, hands out bands, assembles, resizes, encodes and hashes, in its own wasm
 * instance. Nothing that takes long is left for the page's thread. It is ended, with the band workers that it started,
 * to cancel.
 */
import type { ModelFacts, Progress } from "../module/api.ts";
import { Job, Model, Picture, sha256 } from "../wasm/splitsr.js";
import { move, serve } from "./bridge.ts";
import { readSource } from "./decode.ts";
import { checkResult } from "./limits.ts";
import { Pool } from "./pool.ts";
import type { CoordinatorMethods, UpscaleReply, UpscaleRequest } from "./protocol.ts";
import { compile, instantiate } from "./wasm.ts";

interface Engine {
  pool: Pool;
  /** What planning needs to know of the model. */
  facts: string;
}

let engine: Engine | undefined;

serve<CoordinatorMethods>({
  async boot({ model: bytes, workers }) {
    const module = await compile();
    instantiate(module);
    const model = Model.load(new Uint8Array(bytes));
    const about: ModelFacts = { name: model.name, scale: model.scale, sha256: model.sha256 };
    engine = { pool: new Pool(module, bytes, workers), facts: model.facts };
    model.free();
    return about;
  },

  async inspect(source) {
    const picture = await readSource(source);
    try {
      const { width, height, hasAlpha, notes } = picture;
      const pixels = buffer(picture.rgba8());
      return move({ width, height, hasAlpha, notes, pixels }, [pixels]);
    } finally {
      picture.free();
    }
  },

  async upscale(request, emit) {
    if (!engine) throw new Error("the coordinator has no model");
    return upscale(engine, request, emit);
  },

  async encode({ packed, type, quality }) {
    const picture = Picture.unpack(new Uint8Array(await packed.arrayBuffer()));
    try {
      const bytes = buffer(picture.encode(type, quality));
      return move(bytes, [bytes]);
    } finally {
      picture.free();
    }
  },
});

/** The parts of the progress bar for the time before and after the network's work. */
const READ = 0.02;
const ENLARGED = 0.96;

async function upscale(
  { pool, facts }: Engine,
  { source, size, tile }: UpscaleRequest,
  emit: (progress: Progress) => void,
): Promise<UpscaleReply> {
  const start = performance.now();
  emit({ phase: "decode", fraction: 0 });
  const { job, notes } = plan(await readSource(source), facts, { ...size, tile, workers: pool.size });
  let tiles = 0;
  let workers = 1;
  try {
    while (job.pass < job.passCount) {
      const count = job.tileCount;
      const taken = await pool.run({
        count,
        input: (index) => buffer(job.tileInput(index)),
        accept(index, output) {
          job.accept(index, new Uint8Array(output));
          emit({ phase: "enlarge", fraction: READ + (ENLARGED - READ) * job.fraction });
        },
      });
      workers = Math.max(workers, taken);
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
    const rgba = picture.rgba8();
    const outputSha256 = sha256(rgba);
    const pixels = buffer(rgba);
    const packed = new Blob([buffer(picture.pack())]);
    const milliseconds = performance.now() - start;
    const reply = { picture: { width, height, pixels, packed }, notes, milliseconds, tiles, workers, outputSha256 };
    return move(reply, [pixels]);
  } finally {
    picture.free();
  }
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
