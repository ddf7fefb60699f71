/** Enlarging with a model: plans, hands out tiles, assembles, resizes and hashes. */
import type { JobOptions } from "../api/generated/types.ts";
import type { Estimate, ModelFacts, Report } from "../api/index.ts";
import { Job, Picture, sha256 } from "../wasm/simd128/splitsr.js";
import { orAborted } from "./abort.ts";
import { FatalError, move } from "./bridge.ts";
import { canvasPixels } from "./codecs.ts";
import { readSource } from "./decode.ts";
import { phrase, type ChosenDevice, type Devices } from "./devices.ts";
import { parse, stringify } from "./json.ts";
import { checkResult, memoryOf } from "./limits.ts";
import type { EstimateRequest, PlainPart, ResultSize, UpscaleEvent, UpscaleReply, UpscaleRequest } from "./protocol.ts";
import { buffer } from "./wasm.ts";

/** The fractions of the progress bar at which the network starts and ends. */
const READ = 0.02;
const ENLARGED = 0.96;

/** Side of the tile that first measures a device's speed, in low-resolution pixels. */
const PROBE_SIDE = 96;

/** A model and the devices that run it. */
export class Engine {
  readonly #model: ModelFacts;
  /** The model's properties for the planner, in Rust's own form. */
  readonly #info: string;
  readonly #devices: Devices;
  /**
   * Milliseconds that a worker takes for a low-resolution pixel while all of them work, as last
   * measured.
   */
  readonly #pace = new Map<ChosenDevice["backend"], number>();

  constructor(model: ModelFacts, info: string, devices: Devices) {
    this.#model = model;
    this.#info = info;
    this.#devices = devices;
  }

  /** Prepares the device that the next picture will probably use. */
  warm(): void {
    // The next picture reports the failure, if there is one.
    this.#devices.choose("auto").catch(() => undefined);
  }

  async estimate({ source, size, tile }: EstimateRequest): Promise<Estimate> {
    checkResult(source, resultSize(source, size));
    const device = await this.#devices.choose(tile);
    const options = stringify(jobOptions(size, tile, device));
    const plan = parse(Job.plan(source.width, source.height, this.#info, options));
    if (plan.pixels > 0 && !this.#pace.has(device.backend)) await this.#measurePace(device);
    const workers = Math.max(1, Math.min(device.pool.size, plan.tiles));
    const milliseconds = (plan.pixels * (this.#pace.get(device.backend) ?? 0)) / workers;
    const { width, height, tiles } = plan;
    return { width, height, tiles, milliseconds, bytes: memoryOf(source, plan) + workers * plan.tileBytes };
  }

  /**
   * Has every worker compute a small tile twice: the first round includes the compilation of its
   * code.
   */
  async #measurePace(device: ChosenDevice): Promise<void> {
    const picture = Picture.fromImageData(new ImageData(PROBE_SIDE, PROBE_SIDE));
    const size = { scale: this.#model.scale };
    const { job } = plan(picture, this.#info, size, jobOptions(size, "auto", device));
    try {
      for (let round = 0; round < 2; round++) {
        const start = performance.now();
        const queue = {
          count: device.pool.size,
          input: () => buffer(job.tileInput(0)),
          accept: () => undefined,
        };
        await device.pool.run(queue, new AbortController().signal);
        this.#pace.set(device.backend, (performance.now() - start) / PROBE_SIDE ** 2);
      }
    } finally {
      job.free();
    }
  }

  async upscale(
    { source, size, tile, parts }: UpscaleRequest,
    emit: (event: UpscaleEvent) => void,
    signal: AbortSignal,
  ): Promise<UpscaleReply> {
    const start = performance.now();
    emit({ progress: { phase: "decode", fraction: 0 } });
    const choice = this.#devices.choose(tile);
    choice.catch(() => undefined); // awaited below, after the picture
    const picture = await readSource(source);
    let device: ChosenDevice;
    try {
      device = await orAborted(choice, signal);
    } catch (error) {
      picture.free();
      throw error;
    }
    // The parts of a picture with a colour profile would show other colours than the result.
    const wantsParts = parts && !picture.hasProfile;
    const { job, notes } = plan(picture, this.#info, size, jobOptions(size, tile, device));
    const onTile = (part: PlainPart | undefined) => {
      emit({ progress: { phase: "enlarge", fraction: READ + (ENLARGED - READ) * job.fraction } });
      if (part) emit(move({ part }, [part.pixels]));
    };
    let tiles = 0;
    let workers = 1;
    try {
      while (job.pass < job.passCount) {
        tiles += job.tileCount;
        const done = await this.#runPass(job, device, { tile, parts: wantsParts }, onTile, signal);
        device = done.device;
        workers = Math.max(workers, done.workers);
      }
    } catch (error) {
      job.free();
      throw error;
    }
    emit({ progress: { phase: "finish", fraction: ENLARGED } });
    const result = job.finish();
    try {
      const { width, height } = result;
      const rgba = await canvasPixels(result);
      const packed = new Blob([buffer(result.pack())]);
      const outputSha256 = await hash(rgba);
      const instructionSet = await device.pool.instructionSet();
      const pixels = buffer(rgba);
      const { backend, reason } = device;
      const adapter = device.adapter ?? `WebAssembly ${instructionSet}, ${workers} worker${workers === 1 ? "" : "s"}`;
      const { name: model, sha256: modelSha256 } = this.#model;
      const milliseconds = performance.now() - start;
      const did = { milliseconds, tiles, workers, instructionSet, outputSha256, notes };
      const report: Report = { backend, reason, adapter, model, modelSha256, ...did };
      return move({ picture: { width, height, pixels, packed }, report }, [pixels]);
    } finally {
      result.free();
    }
  }

  /**
   * Runs the tiles of a pass. If the GPU is lost, and a fresh worker for it fails too, the CPU runs
   * the rest.
   */
  async #runPass(
    job: Job,
    device: ChosenDevice,
    { tile, parts }: Pick<UpscaleRequest, "tile" | "parts">,
    onTile: (part: PlainPart | undefined) => void,
    signal: AbortSignal,
  ): Promise<{ device: ChosenDevice; workers: number }> {
    const left = new Set(Array.from({ length: job.tileCount }, (_, index) => index));
    const isLast = job.pass === job.passCount - 1;
    const run = async ({ pool, backend }: ChosenDevice) => {
      const indices = [...left];
      let pixels = 0;
      const queue = {
        count: indices.length,
        input(at: number) {
          const input = job.tileInput(indices[at] ?? 0);
          pixels += input.length / (3 * Float32Array.BYTES_PER_ELEMENT);
          return buffer(input);
        },
        accept(at: number, output: ArrayBuffer) {
          const index = indices[at] ?? 0;
          const part = isLast && parts ? toPart(job.tileArea(index), output) : undefined;
          job.accept(index, new Uint8Array(output));
          left.delete(index);
          onTile(part);
        },
      };
      const start = performance.now();
      const workers = await pool.run(queue, signal);
      this.#pace.set(backend, ((performance.now() - start) * workers) / pixels);
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
}

function jobOptions(size: ResultSize, tile: string, { pool, backend }: ChosenDevice): JobOptions {
  return { ...size, tile, workers: pool.size, gpu: backend === "gpu" };
}

/** Converts a tile's output, three planes of 32-bit floats, to opaque RGBA8. */
function toPart(area: Uint32Array, output: ArrayBuffer): PlainPart {
  const [left = 0, top = 0, width = 0, height = 0] = area;
  const planes = new Float32Array(output);
  const count = width * height;
  const pixels = new Uint8ClampedArray(4 * count).fill(255);
  for (let channel = 0; channel < 3; channel++) {
    const plane = planes.subarray(channel * count, (channel + 1) * count);
    // The array rounds and clamps.
    for (let at = 0; at < count; at++) pixels[4 * at + channel] = (plane[at] ?? 0) * 255;
  }
  return { left, top, width, pixels: pixels.buffer };
}

/** SHA-256 in hexadecimal. Only secure contexts have the browser's faster code. */
async function hash(bytes: Uint8Array): Promise<string> {
  if (!isSecureContext) return sha256(bytes);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Plans, and frees the picture: the job has its own copy. */
function plan(picture: Picture, info: string, size: ResultSize, options: JobOptions): { job: Job; notes: string[] } {
  try {
    checkResult(picture, resultSize(picture, size));
    return { job: new Job(picture, info, stringify(options)), notes: picture.notes };
  } finally {
    picture.free();
  }
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
