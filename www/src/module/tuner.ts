/** The page's side of fine-tuning: a thin client of the leading worker, which it starts anew should it die. */
import { FatalError, Remote } from "../engine/bridge.ts";
import { phrase } from "../engine/devices.ts";
import { probe } from "../engine/probe.ts";
import type { PlainPixels } from "../engine/protocol.ts";
import { spawn } from "../engine/spawn.ts";
import type { TuneEvent, TuneMethods, TuneRequest } from "../engine/tune-protocol.ts";
import tuneWorkerUrl from "../engine/tune-worker.ts?worker&url";
import { UpscaleError, type Backend, type ModelEntry } from "./api.ts";
import { genericPictures, loadModel } from "./models.ts";
import { travel } from "./source.ts";
import {
  defaultSettings,
  MOST_PICTURES,
  type Degradation,
  type TuneFacts,
  type TuneOptions,
  type TuneResult,
  type TuneSettings,
  type Tuning,
} from "./tuning.ts";

/** How often the state is fetched from the worker, in milliseconds: no more is lost should it die. */
const KEEP_EVERY = 15_000;

/** A file that is larger is no model of ours: the largest that the engine reads. */
const MOST_BYTES = 256 * 1024 * 1024;

/** More workers than this wait for each other. */
const MOST_WORKERS = 8;

/** See `later.ts`. */
export async function fineTune(options: TuneOptions): Promise<Tuning> {
  const { name, pictures, backend = "auto", workers = navigator.hardwareConcurrency, signal } = options;
  if (pictures.length < 1 || pictures.length > MOST_PICTURES) {
    throw new UpscaleError("usage", `Give 1 to ${MOST_PICTURES} pictures, not ${pictures.length}.`);
  }
  if (!/^[\w.-]{1,60}$/.test(name)) {
    throw new UpscaleError("usage", "A model's name is of up to 60 letters, digits, dots, dashes and underscores.");
  }
  const settings = checkSettings(options.settings);
  const [model, generic] = await Promise.all([loadModel(options.model), genericPictures()]);
  const checkpoint = await options.checkpoint?.arrayBuffer();
  // By name, as the command reads a folder, so that the same seed draws the same patches.
  const named = (source: unknown) => (source instanceof File ? source.name : "");
  const sorted = [...pictures].sort((a, b) => (named(a) < named(b) ? -1 : named(a) > named(b) ? 1 : 0));
  const request = async (gpu: boolean, checkpoint: ArrayBuffer | undefined): Promise<[TuneRequest, Transferable[]]> => {
    const sources = await Promise.all(sorted.map(travel));
    return [
      {
        model,
        name,
        pictures: sources.map(({ portable }) => portable),
        generic: { kind: "blob", blob: generic },
        settings,
        workers: Math.min(Math.max(1, workers), MOST_WORKERS),
        gpu,
        checkpoint,
      },
      sources.flatMap(({ transfer }) => transfer),
    ];
  };
  signal?.throwIfAborted();
  const tuner = new Tuner(options, request, checkpoint);
  signal?.addEventListener("abort", () => tuner.end(signal.reason as Error), { once: true });
  await tuner.start(backend);
  return tuner;
}

/** See `later.ts`. */
export async function readModel(file: Blob): Promise<ModelEntry> {
  if (file.size > MOST_BYTES) {
    const size = Math.round(file.size / 2 ** 20).toLocaleString("en");
    throw new UpscaleError("model", `The file has ${size} MB: that is no model, of which 256 MB are the most.`);
  }
  const worker = new Remote<TuneMethods>(spawn(tuneWorkerUrl));
  try {
    return await worker.call("describe", await file.arrayBuffer());
  } finally {
    worker.end(new UpscaleError("destroyed", "The model was read."));
  }
}

function checkSettings(given: TuneOptions["settings"] = {}): TuneSettings {
  const degradation: Degradation = { ...defaultSettings.degradation, ...given.degradation };
  const settings: TuneSettings = { ...defaultSettings, ...given, degradation };
  const { steps, batch, patch, learningRate, replay, forget, seed } = settings;
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  const checks: [boolean, string][] = [
    [whole(steps, 1, 100_000), "The steps are a whole number from 1 to 100,000."],
    [whole(batch, 1, 64), "The patches of a step are a whole number from 1 to 64."],
    [whole(patch, 16, 128), "A patch is 16 to 128 pixels wide."],
    [learningRate > 0 && learningRate <= 0.01, "The learning rate is above 0 and at most 0.01."],
    [replay >= 0 && replay <= 0.75, "The part of generic patches is from 0 to 0.75."],
    [forget >= 0, "What generic pictures may lose is 0 dB or more."],
    [whole(seed, 0, 2 ** 32 - 1), "The seed is a whole number from 0 to 4,294,967,295."],
    [degradation.blur >= 0 && degradation.blur <= 4, "The blur is from 0 to 4 pixels."],
    [degradation.noise >= 0 && degradation.noise <= 50, "The noise is from 0 to 50 levels."],
    [degradation.jpeg === null || whole(degradation.jpeg, 1, 100), "The JPEG quality is from 1 to 100."],
  ];
  const wrong = checks.find(([holds]) => !holds);
  if (wrong) throw new UpscaleError("usage", wrong[1]);
  return settings;
}

type Leader = Remote<TuneMethods>;

class Tuner implements Tuning {
  facts!: TuneFacts;
  step = 0;
  readonly done: Promise<TuneResult>;

  readonly #options: TuneOptions;
  readonly #request: (gpu: boolean, checkpoint: ArrayBuffer | undefined) => Promise<[TuneRequest, Transferable[]]>;
  #leader: Leader | undefined;
  /** The last state that was fetched. */
  #kept: ArrayBuffer | undefined;
  #keptAt = 0;
  /** Of the run at hand; aborted to pause. */
  #run: { pausing: AbortController; over: Promise<void> } | undefined;
  #settle!: { resolve: (result: TuneResult) => void; reject: (reason: unknown) => void };
  #ended: Error | undefined;

  constructor(
    options: TuneOptions,
    request: (gpu: boolean, checkpoint: ArrayBuffer | undefined) => Promise<[TuneRequest, Transferable[]]>,
    checkpoint: ArrayBuffer | undefined,
  ) {
    this.#options = options;
    this.#request = request;
    this.#kept = checkpoint;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Who does not wait for it has other ways to hear of a failure.
    this.done.catch(() => undefined);
  }

  async start(backend: Backend): Promise<void> {
    const { adapter, why } = await chooseDevice(backend);
    if (adapter !== undefined) {
      const reason = backend === "gpu" ? "as asked for" : "its self-check agreed with the processor";
      try {
        await this.#boot(true, adapter, reason);
        this.resume();
        return;
      } catch (error) {
        if (backend === "gpu" || !(error instanceof FatalError)) throw this.#fail(error);
        await this.#bootOnCpu(`${adapter}: ${phrase(error)}`);
      }
    } else {
      await this.#bootOnCpu(why);
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
    const leader: Leader = new Remote(spawn(tuneWorkerUrl));
    this.#leader = leader;
    try {
      // A copy: another worker may need it.
      const [request, transfer] = await this.#request(gpu, this.#kept?.slice(0));
      const { step, workers, ...facts } = await leader.call("start", request, { transfer });
      const [truth, bicubic, before] = [facts.truth, facts.bicubic, facts.before].map(toImageData) as Images;
      const device = gpu ? adapter : `${adapter}, ${workers} worker${workers === 1 ? "" : "s"}`;
      this.facts = { ...facts, truth, bicubic, before, backend: gpu ? "gpu" : "cpu", adapter: device, reason };
      this.step = step;
    } catch (error) {
      leader.end(error as Error);
      throw error;
    }
  }

  resume(): void {
    if (this.#run || this.#ended) return;
    const pausing = new AbortController();
    this.#run = { pausing, over: this.#work(pausing) };
  }

  async pause(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.pausing.abort();
    await run.over;
  }

  /** Takes steps until all are taken, or a pause. A worker that dies is replaced once, by one that goes on from the last state. */
  async #work(pausing: AbortController): Promise<void> {
    try {
      for (let attempt = 1, furthest = this.step; ; attempt++) {
        const leader = this.#alive();
        try {
          const onEvent = (event: TuneEvent) => this.#hear(event, leader);
          const isDone = await leader.call("run", undefined, { onEvent, signal: pausing.signal });
          if (isDone) this.#settle.resolve(await this.best());
          return;
        } catch (error) {
          if (pausing.signal.aborted && error === pausing.signal.reason) return;
          // Who came further than ever may try again.
          if (this.step > furthest) attempt = 1;
          furthest = Math.max(furthest, this.step);
          if (!(error instanceof FatalError) || this.#ended || attempt > 1) throw error;
          await this.#replace(leader, error);
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#run = undefined;
    }
  }

  /** Starts a worker in the place of one that died, from the last state, on the processor. */
  async #replace(leader: Leader, error: FatalError): Promise<void> {
    leader.end(error);
    const { backend, adapter, reason } = this.facts;
    const lost = `${adapter} was lost (${phrase(error)}), and the processor goes on`;
    await this.#boot(false, "WebAssembly simd128", backend === "gpu" ? lost : reason);
  }

  #hear(event: TuneEvent, leader: Leader): void {
    if ("score" in event) {
      const { after, ...score } = event.score;
      this.#options.onScore?.({ ...score, after: toImageData(after) });
      return;
    }
    this.step = event.step.step;
    this.#options.onStep?.(event.step);
    if (performance.now() - this.#keptAt < KEEP_EVERY) return;
    this.#keptAt = performance.now();
    // If the worker dies before it answers, the state before it is still there.
    this.#keep(leader).catch(() => undefined);
  }

  async #keep(leader: Leader): Promise<ArrayBuffer> {
    this.#kept = await leader.call("checkpoint", undefined);
    this.#keptAt = performance.now();
    return this.#kept;
  }

  async stop(): Promise<TuneResult> {
    await this.pause();
    const leader = this.#alive();
    try {
      const result = await this.best().catch(async (error: unknown) => {
        // It died while nothing ran.
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
    return new Blob([await this.#keep(this.#alive())]);
  }

  async best(): Promise<TuneResult> {
    const { model: bytes, step, psnrY, sha256 } = await this.#alive().call("best", undefined);
    const facts = { name: this.#options.name, scale: this.facts.start.scale, sha256 };
    return { model: new Blob([bytes]), facts, step, psnrY };
  }

  destroy(): void {
    this.end(new UpscaleError("destroyed", "The fine-tuning was ended."));
  }

  end(reason: Error): void {
    this.#ended ??= reason;
    this.#leader?.end(reason);
    this.#settle.reject(reason);
  }

  #alive(): Leader {
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

/** The adapter to train on, or why it is the processor. */
async function chooseDevice(backend: Backend): Promise<{ adapter?: string; why: string }> {
  if (backend === "cpu") return { why: "as asked for" };
  const adapter = await probe();
  if (typeof adapter === "string") {
    if (backend === "auto") return { why: adapter };
    throw new UpscaleError("gpu", `The GPU cannot be used (${adapter}). Choose the backend "auto" or "cpu".`);
  }
  const { name, software } = adapter;
  if (software && backend === "auto") return { why: `${name} is a software adapter` };
  return { adapter: name, why: "" };
}
