/**
 * The page's side of fine-tuning, a thin client of the leading worker, which it restarts if that
 * dies.
 */
import {
  defaultSettings,
  MAX_PICTURES,
  settingRanges,
  UpscaleError,
  type Backend,
  type Degradation,
  type ModelEntry,
  type TuneInfo,
  type TuneOptions,
  type TuneResult,
  type TuneSettings,
  type Tuning,
} from "../api/index.ts";
import { FatalError, WorkerClient } from "../engine/bridge.ts";
import { phrase, refusal } from "../engine/devices.ts";
import { probe } from "../engine/probe.ts";
import type { PlainPixels } from "../engine/protocol.ts";
import { spawn } from "../engine/spawn.ts";
import type { TuneEvent, TuneMethods, TuneRequest } from "../engine/tune-protocol.ts";
import tuneWorkerUrl from "../engine/tune-worker.ts?worker&url";
import { loadReplayRow, loadModel } from "./models.ts";
import { toPortable } from "./source.ts";
import { checkDevice } from "./upscaler.ts";

/** The state is fetched from the worker this often, so that no more is lost if it dies. */
const CHECKPOINT_INTERVAL_MS = 15_000;

/** The largest weights file that the engine reads. */
const MAX_MODEL_BYTES = 256 * 1024 * 1024;

/** More workers would wait for each other. */
const MAX_WORKERS = 8;

/** See `lazy-tuner.ts`. */
export async function fineTune(options: TuneOptions): Promise<Tuning> {
  const { name, pictures, backend = "auto", workers = navigator.hardwareConcurrency, signal } = options;
  checkDevice(backend, workers);
  if (pictures.length < 1 || pictures.length > MAX_PICTURES) {
    throw new UpscaleError("usage", `Give 1 to ${MAX_PICTURES} pictures, not ${pictures.length}.`);
  }
  if (!/^[\w.-]{1,60}$/.test(name)) {
    throw new UpscaleError("usage", "A model's name can have up to 60 letters, digits, dots, hyphens and underscores.");
  }
  const settings = checkSettings(options.settings);
  const [model, replayRow] = await Promise.all([loadModel(options.model), loadReplayRow()]);
  const checkpoint = await options.checkpoint?.arrayBuffer();
  // The command reads a folder by name too, so that the same seed draws the same patches.
  const named = (source: unknown) => (source instanceof File ? source.name : "");
  const sorted = [...pictures].sort((a, b) => (named(a) < named(b) ? -1 : named(a) > named(b) ? 1 : 0));
  const request = async (gpu: boolean, checkpoint: ArrayBuffer | undefined): Promise<[TuneRequest, Transferable[]]> => {
    const sources = await Promise.all(sorted.map(toPortable));
    return [
      {
        model,
        name,
        pictures: sources.map(({ portable }) => portable),
        replayRow: { kind: "blob", blob: replayRow },
        settings,
        workers: Math.min(workers, MAX_WORKERS),
        gpu,
        checkpoint,
      },
      sources.flatMap(({ transfer = [] }) => transfer),
    ];
  };
  signal?.throwIfAborted();
  const tuner = new Tuner(options, request, checkpoint);
  signal?.addEventListener("abort", () => tuner.end(signal.reason as Error), { once: true });
  await tuner.start(backend);
  return tuner;
}

/** See `lazy-tuner.ts`. */
export async function readModel(file: Blob): Promise<ModelEntry> {
  if (file.size > MAX_MODEL_BYTES) {
    const size = Math.round(file.size / 2 ** 20).toLocaleString("en");
    throw new UpscaleError("model", `The file is ${size} MB, but a model is at most 256 MB. Choose a weights file.`);
  }
  const worker = new WorkerClient<TuneMethods>(spawn(tuneWorkerUrl));
  try {
    return await worker.call("describe", await file.arrayBuffer());
  } finally {
    worker.end(new UpscaleError("destroyed", "The model was read."));
  }
}

function checkSettings(given: TuneOptions["settings"] = {}): TuneSettings {
  const degradation: Degradation = { ...defaultSettings.degradation, ...given.degradation };
  const settings: TuneSettings = { ...defaultSettings, ...given, degradation };
  const values: Record<keyof typeof settingRanges, number | null> = { ...settings, ...degradation };
  for (const [field, { label, min, max, isWhole }] of Object.entries(settingRanges)) {
    const value = values[field as keyof typeof settingRanges];
    if (value === null || (value >= min && value <= max && (!isWhole || Number.isInteger(value)))) continue;
    const [from, to] = [min, max].map((end) => end.toLocaleString("en", { maximumFractionDigits: 6 }));
    throw new UpscaleError("usage", `The ${label} must be ${isWhole ? "a whole number " : ""}from ${from} to ${to}.`);
  }
  return settings;
}

type Leader = WorkerClient<TuneMethods>;

class Tuner implements Tuning {
  info!: TuneInfo;
  step = 0;
  readonly done: Promise<TuneResult>;

  readonly #options: TuneOptions;
  readonly #request: (gpu: boolean, checkpoint: ArrayBuffer | undefined) => Promise<[TuneRequest, Transferable[]]>;
  #leader: Leader | undefined;
  /** The last checkpoint that was fetched. */
  #checkpoint: ArrayBuffer | undefined;
  #checkpointTime = 0;
  /** The current run; aborted to pause. It `resumes` if that was asked for before it was over. */
  #run: { pausing: AbortController; over: Promise<void>; resumes: boolean } | undefined;
  #settle!: { resolve: (result: TuneResult) => void; reject: (reason: unknown) => void };
  #ended: Error | undefined;

  constructor(
    options: TuneOptions,
    request: (gpu: boolean, checkpoint: ArrayBuffer | undefined) => Promise<[TuneRequest, Transferable[]]>,
    checkpoint: ArrayBuffer | undefined,
  ) {
    this.#options = options;
    this.#request = request;
    this.#checkpoint = checkpoint;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Callers that do not await this get the failure from the next method.
    this.done.catch(() => undefined);
  }

  async start(backend: Backend): Promise<void> {
    const adapter = backend === "cpu" ? "as requested" : await probe(backend);
    if (typeof adapter === "string") {
      if (backend === "gpu") throw refusal(adapter);
      await this.#bootOnCpu(adapter);
    } else {
      const { name, reason } = adapter;
      try {
        await this.#boot(true, name, reason);
      } catch (error) {
        if (backend === "gpu" || !(error instanceof FatalError)) throw this.#fail(error);
        await this.#bootOnCpu(`${name}: ${phrase(error)}`);
      }
    }
    this.resume();
  }

  async #bootOnCpu(reason: string): Promise<void> {
    try {
      await this.#boot(false, "WebAssembly simd128", reason);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #boot(gpu: boolean, adapter: string, reason: string): Promise<void> {
    if (this.#ended) throw this.#ended;
    const leader: Leader = new WorkerClient(spawn(tuneWorkerUrl));
    this.#leader = leader;
    try {
      // A copy, since another worker may need it.
      const [request, transfer] = await this.#request(gpu, this.#checkpoint?.slice(0));
      const { step, workers, ...info } = await leader.call("start", request, { transfer });
      const [original, bicubic, before] = [info.original, info.bicubic, info.before].map(toImageData) as Images;
      const device = gpu ? adapter : `${adapter}, ${workers} worker${workers === 1 ? "" : "s"}`;
      this.info = { ...info, original, bicubic, before, backend: gpu ? "gpu" : "cpu", adapter: device, reason };
      this.step = step;
    } catch (error) {
      leader.end(error as Error);
      throw error;
    }
  }

  resume(): void {
    if (this.#ended) return;
    if (this.#run) {
      this.#run.resumes = this.#run.pausing.signal.aborted;
      return;
    }
    const pausing = new AbortController();
    this.#run = { pausing, over: this.#work(pausing), resumes: false };
  }

  async pause(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.resumes = false;
    run.pausing.abort();
    await run.over;
  }

  /**
   * Runs until all steps are taken, or until a pause. A worker that dies is replaced by one that
   * resumes, once.
   */
  async #work(pausing: AbortController): Promise<void> {
    try {
      for (let attempt = 1, furthest = this.step; ; attempt++) {
        const leader = this.#livingLeader();
        try {
          const onEvent = (event: TuneEvent) => this.#onEvent(event, leader);
          const isDone = await leader.call("run", undefined, { onEvent, signal: pausing.signal });
          if (isDone) this.#settle.resolve(await this.best());
          return;
        } catch (error) {
          if (pausing.signal.aborted && error === pausing.signal.reason) return;
          // After progress, another worker may be tried.
          if (this.step > furthest) attempt = 1;
          furthest = Math.max(furthest, this.step);
          if (!(error instanceof FatalError) || this.#ended || attempt > 1) throw error;
          await this.#replace(leader, error);
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      const resumes = this.#run?.resumes;
      this.#run = undefined;
      if (resumes) this.resume();
    }
  }

  /** Replaces a dead worker by one on the processor, which resumes from the last checkpoint. */
  async #replace(leader: Leader, error: FatalError): Promise<void> {
    leader.end(error);
    const { backend, adapter, reason } = this.info;
    const lost = `${adapter} was lost (${phrase(error)}), and the processor continues`;
    await this.#boot(false, "WebAssembly simd128", backend === "gpu" ? lost : reason);
  }

  #onEvent(event: TuneEvent, leader: Leader): void {
    if ("score" in event) {
      const { after, ...score } = event.score;
      this.#options.onScore?.({ ...score, after: toImageData(after) });
      return;
    }
    this.step = event.step.step;
    this.#options.onStep?.(event.step);
    if (performance.now() - this.#checkpointTime < CHECKPOINT_INTERVAL_MS) return;
    this.#checkpointTime = performance.now();
    // If the worker dies before it answers, the checkpoint before is still there.
    this.#fetchCheckpoint(leader).catch(() => undefined);
  }

  async #fetchCheckpoint(leader: Leader): Promise<ArrayBuffer> {
    this.#checkpoint = await leader.call("checkpoint", undefined);
    this.#checkpointTime = performance.now();
    return this.#checkpoint;
  }

  async stop(): Promise<TuneResult> {
    await this.pause();
    const leader = this.#livingLeader();
    try {
      const result = await this.best().catch(async (error: unknown) => {
        // The worker died while it was idle.
        if (!(error instanceof FatalError)) throw error;
        await this.#replace(leader, error);
        return this.best();
      });
      this.#settle.resolve(result);
      return result;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async checkpoint(): Promise<Blob> {
    return new Blob([await this.#fetchCheckpoint(this.#livingLeader())]);
  }

  async best(): Promise<TuneResult> {
    const { model: bytes, step, psnrY, sha256 } = await this.#livingLeader().call("best", undefined);
    const info = { name: this.#options.name, scale: this.info.start.scale, sha256 };
    return { model: new Blob([bytes]), info, step, psnrY };
  }

  destroy(): void {
    this.end(new UpscaleError("destroyed", "The fine-tuning was ended."));
  }

  end(reason: Error): void {
    this.#ended ??= reason;
    this.#leader?.end(reason);
    this.#settle.reject(reason);
  }

  #livingLeader(): Leader {
    if (this.#ended || !this.#leader) throw this.#ended ?? new Error("fineTune starts the worker");
    return this.#leader;
  }

  #fail(error: unknown): Error {
    const reason = error as Error;
    this.end(reason);
    return reason;
  }
}

type Images = [ImageData, ImageData, ImageData];

function toImageData({ pixels, width, height }: PlainPixels): ImageData {
  return new ImageData(new Uint8ClampedArray(pixels), width, height);
}
