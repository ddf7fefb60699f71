/** Enlarging with a model: plans, hands out tiles, assembles, resizes and hashes. */
import type { JobOptions, Slice } from "../api/generated/types.ts";
import type { CleanUp, Estimate, ModelInfo, Report } from "../api/index.ts";
import { cleanUpFor, Job, mixWeights, Model, Picture, sliceWeights } from "../wasm/simd128/splitsr.js";
import { orAborted } from "./abort.ts";
import { FatalError, move } from "./bridge.ts";
import { canvasPixels, intoSrgb } from "./codecs.ts";
import { readCompressed, readSource } from "./decode.ts";
import { phrase, type ChosenDevice, type Devices } from "./devices.ts";
import { parse, stringify } from "./json.ts";
import { checkResult, memoryOf } from "./limits.ts";
import { hash, packOpaque, copyTile } from "./pixels.ts";
import type {
  EstimateRequest,
  FinishedPicture,
  PlainPart,
  PortableSource,
  ResultSize,
  TileOutput,
  UpscaleEvent,
  UpscaleReply,
  UpscaleRequest,
} from "./protocol.ts";
import { Line, type Pool, type TileQueue } from "./pool.ts";
import { Ladder, type Schedule } from "./schedule.ts";
import { buffer } from "./wasm.ts";

/** The fractions of the progress bar at which the network starts and ends. */
const READ = 0.02;
const ENLARGED = 0.96;

/** After a larger result (16 megapixels), the time to start the workers again is not noticeable. */
const LARGE_RESULT_BYTES = 64 << 20;

/** Side of the tile that first measures a device's speed, in low-resolution pixels. */
const PROBE_SIDE = 96;

/** A model and the devices that run it. */
export class Engine {
  readonly #model: ModelInfo;
  readonly #plain: Weights;
  /** The last mixture with a twin, or slice of an elastic model: the next picture often uses it. */
  #derived: Weights | undefined;
  /** From the first schedule on. */
  #ladder: Ladder | undefined;
  readonly #devices: Devices;
  /**
   * Milliseconds that a worker takes for a low-resolution pixel while all of them work, as last
   * measured, by device, network and kind of tiles.
   */
  readonly #pace = new Map<string, number>();

  constructor(model: ModelInfo, bytes: ArrayBuffer, info: string, devices: Devices) {
    this.#model = model;
    this.#plain = { network: "{}", strength: 0, bytes, info };
    this.#devices = devices;
  }

  /** See {@link Devices.warm}. */
  warm(): void {
    // The next picture reports the failure, if there is one.
    this.#devices.warm().catch(() => undefined);
  }

  async estimate({ source, size, tile, slice, scheduled }: EstimateRequest): Promise<Estimate> {
    checkResult(source, resultSize(source, size));
    const device = await this.#devices.choose(tile);
    const options = jobOptions(size, tile, device);
    const weights = this.#weights(slice, 0, undefined);
    const plan = parse(Job.plan(source.width, source.height, weights.info, stringify(options)));
    const key = paceKey(device, weights, tile);
    if (plan.pixels > 0 && !this.#pace.has(key)) await this.#measurePace(device, weights, tile);
    const { width, height, tiles } = plan;
    const work = scheduled ? await this.#scheduledWork(scheduled, slice, weights.info, options) : 1;
    const milliseconds = (work * plan.pixels * (this.#pace.get(key) ?? 0)) / plan.workers;
    return { width, height, tiles, milliseconds, bytes: memoryOf(source, plan) + plan.bytes };
  }

  /**
   * The work under a schedule, as a share of what the whole network would do: that of the first
   * pass, since no other's picture is known.
   */
  async #scheduledWork(
    { schedule, packed }: NonNullable<EstimateRequest["scheduled"]>,
    slice: Slice,
    info: string,
    options: JobOptions,
  ): Promise<number> {
    const scheduled = this.#ladderOf().schedule(slice, schedule);
    if (!scheduled.divides) return 1;
    const picture = Picture.unpack(new Uint8Array(await packed.arrayBuffer()));
    const job = new Job(picture, info, stringify({ ...options, scheduled: true }));
    try {
      await scheduled.begin(job);
      return scheduled.report.work;
    } finally {
      job.free();
    }
  }

  #ladderOf(): Ladder {
    return (this.#ladder ??= new Ladder(new Uint8Array(this.#plain.bytes)));
  }

  /**
   * Has every worker compute a small tile twice: the first round includes the compilation of its
   * code.
   */
  async #measurePace(device: ChosenDevice, weights: Weights, tile: EstimateRequest["tile"]): Promise<void> {
    const picture = Picture.fromImageData(new ImageData(PROBE_SIDE, PROBE_SIDE));
    const size = { scale: this.#model.scale };
    const { bytes: model, info } = weights;
    const job = plan(picture, info, size, jobOptions(size, tile, device));
    try {
      for (let round = 0; round < 2; round++) {
        const start = performance.now();
        const queue = {
          weights: { model },
          line: new Line(device.pool.size),
          end: "front" as const,
          maxConcurrent: device.pool.size,
          tileBytes: job.tileBytes,
          allBytes: job.allBytes,
          wantsPixels: job.streams,
          input: () => buffer(job.tileInput(0)),
          accept: () => undefined,
        };
        await device.pool.run(queue, new AbortController().signal);
        this.#pace.set(paceKey(device, weights, tile), (performance.now() - start) / job.tileWork(0));
      }
    } finally {
      job.free();
    }
  }

  /** The weights of a slice, or those that clean up by `strength` %: a slice has no twin. */
  #weights(slice: Slice, strength: number, twin: ArrayBuffer | undefined): Weights {
    const network = stringify(slice);
    const plain = new Uint8Array(this.#plain.bytes);
    if (network !== this.#plain.network) return this.#derive(network, 0, () => sliceWeights(plain, network));
    if (strength === 0 || !twin) return this.#plain;
    return this.#derive(network, strength, () => mixWeights(plain, new Uint8Array(twin), strength));
  }

  #derive(network: string, strength: number, make: () => Uint8Array): Weights {
    if (this.#derived?.network !== network || this.#derived.strength !== strength) {
      const bytes = make();
      const model = Model.load(bytes);
      this.#derived = { network, strength, bytes: buffer(bytes), info: model.info };
      model.free();
    }
    return this.#derived;
  }

  async upscale(
    { source, size, tile, parts, focus, clean, twin, slice, schedule }: UpscaleRequest,
    emit: (event: UpscaleEvent) => void,
    signal: AbortSignal,
  ): Promise<UpscaleReply> {
    const start = performance.now();
    emit({ progress: { phase: "decode", fraction: 0 } });
    const choice = this.#devices.choose(tile, schedule !== undefined);
    choice.catch(() => undefined); // awaited below, after the picture
    const { picture: read, strength } = await readToClean(source, clean, twin, signal);
    let device: ChosenDevice;
    let scheduled: Schedule | undefined;
    let weights: Weights;
    try {
      device = await orAborted(choice, signal);
      scheduled = schedule && this.#ladderOf().schedule(slice, schedule);
      weights = this.#weights(slice, strength, twin);
    } catch (error) {
      read.free();
      throw error;
    }
    // The parts of a picture with a colour profile would show other colours than the result.
    const wantsParts = parts && !read.hasProfile;
    const options = jobOptions(size, tile, device);
    const job = plan(read, weights.info, size, { ...options, scheduled: scheduled?.divides ?? false });
    const streamed = job.streams ? new Uint8Array(4 * job.width * job.height) : undefined;
    const onTile = (part: PlainPart | undefined) => {
      emit({ progress: { phase: "enlarge", fraction: READ + (ENLARGED - READ) * job.fraction } });
      if (part) emit(move({ part }, [part.pixels]));
    };
    let tiles = 0;
    let workers = 1;
    try {
      while (job.pass < job.passCount) {
        tiles += job.tileCount;
        await scheduled?.begin(job);
        const options = { tile, parts: wantsParts, focus, streamed, weights, scheduled };
        const done = await this.#runPass(job, device, options, onTile, signal);
        device = done.device;
        workers = Math.max(workers, done.workers);
      }
    } catch (error) {
      job.free();
      throw error;
    }
    emit({ progress: { phase: "finish", fraction: ENLARGED } });
    const instructionSet = await device.pool.instructionSet();
    // They hold memory that WebAssembly never gives back. The next picture starts others.
    if (device.backend === "cpu" && 4 * job.width * job.height > LARGE_RESULT_BYTES) device.pool.end();
    const { notes } = job;
    const picture = streamed ? await finishStreamed(job, streamed) : await finishHeld(job);
    const outputSha256 = await hash(new Uint8Array(picture.pixels));
    const { backend, reason } = device;
    const adapter = device.adapter ?? `WebAssembly ${instructionSet}, ${workers} worker${workers === 1 ? "" : "s"}`;
    const { name: model, sha256: modelSha256 } = this.#model;
    const milliseconds = performance.now() - start;
    const measured = { milliseconds, tiles, workers, instructionSet, outputSha256, notes };
    const report: Report = { backend, reason, adapter, model, modelSha256, clean: strength, ...measured };
    if (scheduled) report.schedule = scheduled.report;
    return move({ picture, report, rungs: scheduled?.map }, [picture.pixels]);
  }

  /**
   * Runs the tiles of a pass. If the GPU is lost, and a fresh worker for it fails too, the CPU runs
   * the rest.
   */
  async #runPass(
    job: Job,
    device: ChosenDevice,
    { tile, parts, focus, streamed, weights, scheduled }: RunOptions,
    onTile: (part: PlainPart | undefined) => void,
    signal: AbortSignal,
  ): Promise<{ device: ChosenDevice; workers: number }> {
    const waiting = new Set(Array.from({ length: job.tileCount }, (_, index) => index));
    const isLast = job.pass === job.passCount - 1;
    const target = isLast ? streamed : undefined;
    const run = async (device: ChosenDevice) => {
      const { pool, beside } = device;
      const { run } = job;
      let indices = [...waiting];
      if (beside) indices = hardestFirst(indices, scheduled?.tileWork ?? []);
      else if (focus && isLast && run === 1) indices = nearestFirst(job, indices, focus);
      const computed = indices.reduce((sum, index) => sum + job.tileWork(index), 0);
      const queue = {
        weights: { model: weights.bytes, cheap: scheduled && this.#ladder?.cheap },
        line: new Line(indices.length, run),
        end: "front" as const,
        maxConcurrent: job.atOnce(pool.size),
        tileBytes: job.tileBytes,
        allBytes: job.allBytes,
        wantsPixels: target !== undefined,
        input: (at: number) => buffer(job.tileInput(indices[at] ?? 0)),
        accept(at: number, { values, recomputed }: TileOutput) {
          const index = indices[at] ?? 0;
          waiting.delete(index);
          const [left = 0, top = 0, width = 0] = job.tileArea(index);
          let pixels: Uint8Array | undefined;
          if (target) {
            pixels = new Uint8Array(values);
            job.book(index, recomputed);
            copyTile(target, job.width, { left, top, width, pixels });
          } else if (isLast && parts) {
            pixels = job.acceptPixels(index, new Float32Array(values), recomputed);
          } else {
            job.accept(index, new Float32Array(values), recomputed);
          }
          onTile(parts && pixels ? { left, top, width, pixels: buffer(pixels) } : undefined);
        },
      };
      const start = performance.now();
      const workers = beside
        ? await this.#runBoth(job, pool, beside, queue, scheduled, signal)
        : await pool.run(queue, signal);
      // Under a schedule a pixel takes less.
      const milliseconds = performance.now() - start;
      if (!scheduled) this.#pace.set(paceKey(device, weights, tile), (milliseconds * workers) / computed);
      return workers;
    };
    try {
      return { device, workers: await run(device) };
    } catch (error) {
      const isLoss = device.backend === "gpu" && error instanceof FatalError && !signal.aborted;
      if (!isLoss) throw error;
      const replacement = this.#devices.replace(device, tile, phrase(error));
      return { device: replacement, workers: await run(replacement) };
    }
  }

  /**
   * Runs the hard tiles on a GPU, and the easy ones on the CPU, until they meet. Returns how many
   * workers took part. If the GPU fails, the CPU first computes what is left in the line.
   */
  async #runBoth(
    job: Job,
    gpu: Pool,
    cpu: Pool,
    queue: TileQueue,
    scheduled: Schedule | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    const onGpu = {
      ...queue,
      accept(at: number, output: TileOutput) {
        queue.accept(at, output);
        if (scheduled) scheduled.gpuTiles++;
      },
    };
    const maxConcurrent = Math.max(1, job.atOnce(gpu.size + cpu.size) - gpu.size);
    const onCpu = { ...queue, end: "back" as const, maxConcurrent };
    const [ofCpu, ofGpu] = await Promise.allSettled([cpu.run(onCpu, signal), gpu.run(onGpu, signal)]);
    if (ofCpu.status === "rejected") throw ofCpu.reason;
    if (ofGpu.status === "rejected") throw ofGpu.reason;
    return ofCpu.value + ofGpu.value;
  }
}

/** Weights, and their properties for the planner in Rust's own form. */
interface Weights {
  /** The slice, as JSON; "{}" for the model's own network. */
  network: string;
  /** The strength of the clean-up, in %. */
  strength: number;
  bytes: ArrayBuffer;
  info: string;
}

interface RunOptions extends Pick<UpscaleRequest, "tile" | "parts" | "focus"> {
  /** The result's pixels, if they are assembled here. */
  streamed: Uint8Array | undefined;
  weights: Weights;
  scheduled: Schedule | undefined;
}

/** The tiles by their work, the most first. */
function hardestFirst(tiles: number[], work: ArrayLike<number>): number[] {
  return tiles.toSorted((one, other) => (work[other] ?? 0) - (work[one] ?? 0));
}

/** The tiles by the distance of their middles from a point of the picture, from 0 to 1. */
function nearestFirst(job: Job, tiles: number[], { x, y }: { x: number; y: number }): number[] {
  const distances = tiles.map((index) => {
    const [left = 0, top = 0, width = 0, height = 0] = job.tileArea(index);
    return { index, distance: Math.hypot(left + width / 2 - x * job.width, top + height / 2 - y * job.height) };
  });
  return distances.sort((one, other) => one.distance - other.distance).map(({ index }) => index);
}

/** Without the strength: a mixture takes as long. */
function paceKey({ backend }: ChosenDevice, { network }: Weights, tile: EstimateRequest["tile"]): string {
  return `${backend} ${network} ${tile}`;
}

/**
 * Reads a source and decides on the strength of the clean-up. The picture's notes say how it was
 * chosen.
 */
async function readToClean(
  source: PortableSource,
  clean: CleanUp,
  twin: ArrayBuffer | undefined,
  signal: AbortSignal,
): Promise<{ picture: Picture; strength: number }> {
  if (clean !== "auto") return { picture: await readSource(source, signal), strength: clean };
  const { picture, compression } = await readCompressed(source, signal);
  if (!compression) return { picture, strength: 0 };
  try {
    const { strength, note } = parse(cleanUpFor(twin && new Uint8Array(twin), stringify(compression)));
    picture.addNote(note);
    return { picture, strength };
  } catch (error) {
    picture.free();
    throw error;
  }
}

/** A GPU takes a tile of the CPU's workers, but not the other way round. */
function jobOptions(size: ResultSize, tile: string, { pool, backend, beside }: ChosenDevice): JobOptions {
  return { ...size, tile, workers: pool.size + (beside?.size ?? 0), gpu: backend === "gpu" && !beside };
}

/** The finished picture of a job that handed out its pixels. Frees the job. */
async function finishStreamed(job: Job, rgba: Uint8Array<ArrayBuffer>): Promise<FinishedPicture> {
  const { width, height, profile } = job;
  const header = job.packHeader();
  job.free();
  const packed = await packOpaque(header, rgba);
  if (profile) await intoSrgb(rgba, profile);
  return { width, height, pixels: rgba.buffer, packed };
}

/** The finished picture of a job that holds its result. Frees the job. */
async function finishHeld(job: Job): Promise<FinishedPicture> {
  const result = job.finish();
  try {
    const { width, height } = result;
    const pixels = buffer(await canvasPixels(result));
    return { width, height, pixels, packed: new Blob([buffer(result.pack())]) };
  } finally {
    result.free();
  }
}

/** Plans. The job takes the picture over, which is freed. */
function plan(picture: Picture, info: string, size: ResultSize, options: JobOptions): Job {
  try {
    checkResult(picture, resultSize(picture, size));
  } catch (error) {
    picture.free();
    throw error;
  }
  return new Job(picture, info, stringify(options));
}

interface Size {
  width: number;
  height: number;
}

function resultSize(picture: Size, size: ResultSize): Size {
  if ("width" in size) return size;
  const side = (pixels: number) => Math.max(1, Math.round(pixels * size.scale));
  return { width: side(picture.width), height: side(picture.height) };
}
