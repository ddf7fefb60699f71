/** Chooses among the devices that a model can run on. */
import { UpscaleError } from "../api/index.ts";
import gpuUrl from "../wasm/gpu/splitsr_bg.wasm?url";
import tileWorkerUrl from "./tile-worker.ts?worker&url";
import gpuWorkerUrl from "./gpu-worker.ts?worker&url";
import { Pool } from "./pool.ts";
import { probe } from "./probe.ts";
import type { EngineOptions } from "./protocol.ts";
import { buildUrls, compile, fastestBuild, type Build } from "./wasm.ts";

/** Where a picture is enlarged, and why. */
export interface ChosenDevice {
  backend: "cpu" | "gpu";
  pool: Pool;
  /** A graphics adapter's name. */
  adapter?: string;
  /** As part of a sentence. */
  reason: string;
  /** Beside a GPU, for a schedule: workers on the CPU, which take the easy tiles. */
  beside?: Pool;
}

type Settings = Omit<EngineOptions, "model">;

/** After this many losses of the GPU, no other picture is tried on it. */
const MAX_GPU_LOSSES = 2;

export class Devices {
  readonly #model: ArrayBuffer;
  readonly #settings: Settings;
  /** The engine's build that this worker runs, compiled; the pool's workers reuse it. */
  readonly #module: WebAssembly.Module;
  #cpu: { build: Build; pool: Pool } | undefined;
  /** The checked GPU, or why it is not used. Undefined before the first check. */
  #gpu: Promise<ChosenDevice | string> | undefined;
  #losses = 0;

  constructor(model: ArrayBuffer, settings: Settings, module: WebAssembly.Module) {
    this.#model = model;
    this.#settings = settings;
    this.#module = module;
  }

  /**
   * Prepares the device that the next picture will probably use. The workers of a picture that has
   * begun meanwhile stay.
   */
  async warm(): Promise<void> {
    if (this.#settings.backend !== "cpu") this.#gpu ??= this.#openGpu();
    if (typeof (await this.#gpu) === "object") return;
    if (this.#cpu) this.#cpu.pool.warm();
    else this.#onCpu("auto", "");
  }

  /**
   * Chooses a device for tiles of this kind. The first call for a GPU loads its engine and checks
   * it.
   *
   * @throws {UpscaleError} if a GPU is demanded that cannot be used.
   */
  async choose(tile: "exact" | "auto", isScheduled = false): Promise<ChosenDevice> {
    const { backend } = this.#settings;
    if (backend === "cpu") return this.#onCpu(tile, "as requested");
    // Exact results are the same on every machine; those of GPUs are not.
    if (backend === "auto" && tile === "exact") return this.#onCpu(tile, "exact results are computed on the processor");
    this.#gpu ??= this.#openGpu();
    const gpu = await this.#gpu;
    if (typeof gpu !== "string") return isScheduled ? { ...gpu, beside: this.#onCpu(tile, "").pool } : gpu;
    if (backend === "auto") return this.#onCpu(tile, gpu);
    // The GPU may be free again for another picture.
    this.#gpu = undefined;
    throw refusal(gpu);
  }

  /**
   * Chooses a device for the rest of a picture, after the GPU was lost and a restart did not help.
   */
  replace({ pool, adapter }: ChosenDevice, tile: "exact" | "auto", why: string): ChosenDevice {
    pool.end();
    this.#losses++;
    const reason = `${adapter} was lost (${why})`;
    this.#gpu = this.#losses < MAX_GPU_LOSSES ? undefined : Promise.resolve(reason);
    return this.#onCpu(tile, `${reason}, and the processor finished the picture`);
  }

  /** There is one pool at a time, since each worker has its own memory. */
  #onCpu(tile: "exact" | "auto", reason: string): ChosenDevice {
    // Fused multiply-adds give different bits on different machines.
    const build = tile === "exact" ? "simd128" : fastestBuild;
    if (this.#cpu?.build !== build) {
      this.#cpu?.pool.end();
      const module = build === fastestBuild ? Promise.resolve(this.#module) : compile(buildUrls[build]);
      this.#cpu = { build, pool: new Pool(tileWorkerUrl, { module, model: this.#model }, this.#settings.workers) };
    }
    const { pool } = this.#cpu;
    // The workers start while the picture is being read.
    pool.warm();
    return { backend: "cpu", pool, reason };
  }

  async #openGpu(): Promise<ChosenDevice | string> {
    const { backend, half } = this.#settings;
    const adapter = await probe(backend);
    if (typeof adapter === "string") return adapter;
    const { name, reason } = adapter;
    const pool = new Pool(gpuWorkerUrl, { module: compile(gpuUrl), model: this.#model, half }, 1);
    try {
      await pool.start();
    } catch (error) {
      pool.end();
      return `${name}: ${phrase(error)}`;
    }
    return { backend: "gpu", pool, adapter: name, reason };
  }
}

/** The error where a GPU is demanded. `why` is part of a sentence. */
export function refusal(why: string): UpscaleError {
  return new UpscaleError("gpu", `The GPU cannot be used (${why}). Choose the backend "auto" or "cpu".`);
}

/**
 * An error's message as part of a sentence. Its first line: a runtime's errors list their causes
 * below.
 */
export function phrase(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.replace(/\.$/, "");
}
