/** The page's side of the engine, a thin client of the coordinator worker. */
import { orAborted } from "../engine/abort.ts";
import { FatalError, WorkerClient } from "../engine/bridge.ts";
import { stringify } from "../engine/json.ts";
import coordinatorUrl from "../engine/coordinator.ts?worker&url";
import type {
  CoordinatorMethods,
  EngineOptions,
  InspectReply,
  PlainPart,
  PlainPixels,
  ResultSize,
  UpscaleEvent,
  UpscaleReply,
} from "../engine/protocol.ts";
import { requireWorkers, spawn } from "../engine/spawn.ts";
import {
  DEFAULT_EFFORT,
  MAX_ZOOM,
  UpscaleError,
  type Area,
  type Backend,
  type CleanUp,
  type Distance,
  type Estimate,
  type ModelEntry,
  type ModelInfo,
  type NetworkInfo,
  type Part,
  type FileLocations,
  type Resizer,
  type Schedule,
  type Score,
  type Slice,
  type Source,
  type SourcePicture,
  type SplitSrConfig,
  type Target,
  type UpscaleOptions,
  type UpscaleResult,
  type Upscaler,
  type UpscalerOptions,
} from "../api/index.ts";
import { listModels, loadModel, loadTwin } from "./models.ts";
import { filesAt } from "./file-locations.ts";
import { bestWithin, findSlice, slicesOf } from "./slices.ts";
import { toPortable } from "./source.ts";

/**
 * More workers gain little: tiles get small against their halo, and each worker has its own memory.
 */
const MAX_WORKERS = 8;

/**
 * Starts the engine with a model.
 *
 * @throws {UpscaleError} with a message for the reader, if a setting is wrong or the engine or the
 * model cannot be loaded.
 */
export async function createUpscaler(options: UpscalerOptions = {}): Promise<Upscaler> {
  requireWorkers();
  const { backend = "auto", half = false, workers = Math.min(navigator.hardwareConcurrency, MAX_WORKERS) } = options;
  checkDevice(backend, workers);
  const { assets, models } = options;
  const locations = { assets, models };
  const slice = sliceOf(options);
  const model = loadModel(options.model, locations);
  const engine = new Engine(model, { backend, workers, half }, slice, locations);
  await engine.start();
  return engine;
}

const backends: readonly Backend[] = ["auto", "cpu", "gpu"];

/** @throws {UpscaleError} if one of them is wrong. */
export function checkDevice(backend: Backend, workers: number): void {
  if (!backends.includes(backend)) {
    throw new UpscaleError("usage", `The backend must be "auto", "cpu" or "gpu", not "${backend as string}".`);
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new UpscaleError("usage", `The number of workers must be a whole number of at least 1, not ${workers}.`);
  }
}

type Coordinator = WorkerClient<CoordinatorMethods>;

class Engine implements Upscaler {
  readonly #weights: Promise<ArrayBuffer>;
  readonly #options: Omit<EngineOptions, "model">;
  /** The network of an elastic model, unless a call asks for another. */
  readonly #slice: Slice;
  readonly #locations: FileLocations;
  #running: { coordinator: Coordinator; booted: Promise<ModelInfo> } | undefined;
  #model: ModelInfo | undefined;
  /** The model's twin, from the first clean-up on. */
  #twin: Promise<ArrayBuffer | undefined> | undefined;
  /** The list of models, from the first budget on. */
  #models: Promise<ModelEntry[]> | undefined;
  /** Settles when the last call so far has ended: one call runs at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #destroyed = false;

  constructor(
    weights: Promise<ArrayBuffer>,
    options: Omit<EngineOptions, "model">,
    slice: Slice,
    locations: FileLocations,
  ) {
    this.#weights = weights;
    weights.catch(() => undefined); // `start` reports it
    this.#options = options;
    this.#slice = slice;
    this.#locations = locations;
  }

  get model(): ModelInfo {
    if (!this.#model) throw new Error("createUpscaler starts the engine before it returns it");
    return this.#model;
  }

  /** Starts the coordinator, unless it is running. One that died between two calls is replaced. */
  async start(): Promise<Coordinator> {
    if (this.#destroyed) throw new UpscaleError("destroyed", "This upscaler was destroyed. Create a new one.");
    if (!this.#running || this.#running.coordinator.isDead) {
      const coordinator: Coordinator = new WorkerClient(spawn(coordinatorUrl, filesAt(this.#locations.assets)));
      this.#running = { coordinator, booted: this.#boot(coordinator) };
    }
    const { coordinator, booted } = this.#running;
    try {
      this.#model = await booted;
    } catch (error) {
      this.#end(coordinator, error as Error);
      throw error;
    }
    return coordinator;
  }

  async #boot(coordinator: Coordinator): Promise<ModelInfo> {
    const prepared = coordinator.call("prepare", undefined);
    // If both fail, the model's failure is the one that is reported.
    prepared.catch(() => undefined);
    const model = await this.#weights;
    await prepared;
    return coordinator.call("boot", { model, ...this.#options });
  }

  describe(network: Partial<SplitSrConfig>): Promise<NetworkInfo> {
    const hyperparameters = stringify({ ...network, architecture: undefined });
    // It takes no time, so it does not wait for a picture.
    return this.#runNow(undefined, (coordinator) => coordinator.call("describe", hyperparameters));
  }

  async inspect(
    source: Source,
    { signal, decoder }: { signal?: AbortSignal; decoder?: "auto" | "own" } = {},
  ): Promise<SourcePicture> {
    const read = await this.#inTurn(signal, async (coordinator) => {
      const { portable, transfer } = await toPortable(source);
      if (portable.kind === "blob") portable.own = decoder === "own";
      return coordinator.call("inspect", portable, { transfer, signal });
    });
    return toSourcePicture(read);
  }

  async crop(source: Source, area: Area, { signal }: { signal?: AbortSignal } = {}): Promise<SourcePicture> {
    const part = await this.#inTurn(signal, async (coordinator) => {
      const { portable, transfer } = await toPortable(source);
      return coordinator.call("crop", { source: portable, area }, { transfer, signal });
    });
    return toSourcePicture(part);
  }

  async estimate(
    picture: { width: number; height: number } | SourcePicture,
    options: Target & Slice & Schedule & { tile?: "exact" | "auto" },
  ): Promise<Estimate> {
    const { width, height } = picture;
    const { tile = "auto" } = options;
    const schedule = scheduleOf(options);
    const scheduled = schedule && "packed" in picture ? { schedule, packed: picture.packed } : undefined;
    const slice = { ...this.#slice, ...sliceOf(options) };
    const request = { source: { width, height }, size: checkSize(options), tile, slice, scheduled };
    return this.#inTurn(undefined, (coordinator) => coordinator.call("estimate", request));
  }

  async upscale(source: Source, options = {} as UpscaleOptions): Promise<UpscaleResult> {
    const size = checkSize(options);
    const { tile = "auto", clean = 0, budget, signal, onProgress, onPart, focus } = options;
    checkCleanUp(clean);
    checkBudget(budget);
    const schedule = scheduleOf(options);
    let slice = { ...this.#slice, ...sliceOf(options) };
    let note: string | undefined;
    if (budget !== undefined) {
      if (!isInspected(source)) source = await this.inspect(source, signal ? { signal } : {});
      const asked = slice;
      const choice = this.estimate(source, options).then((estimate) => this.#sliceWithin(budget, asked, estimate));
      // An abort does not wait for another picture.
      ({ slice, note } = await (signal ? orAborted(choice, signal) : choice));
    }
    const onEvent = (event: UpscaleEvent) => {
      if ("progress" in event) onProgress?.(event.progress);
      else onPart?.(toPart(event.part));
    };
    const reply = await this.#inTurn(signal, async (coordinator) => {
      const { portable, transfer } = await toPortable(source);
      const twin = await this.#twinFor(clean, source);
      const parts = onPart !== undefined;
      const request = { source: portable, size, tile, parts, focus, clean, twin, slice, schedule };
      return coordinator.call("upscale", request, { transfer, signal, onEvent });
    });
    if (note) reply.report.notes.push(note);
    return this.#result(reply);
  }

  /**
   * The best network for a budget. `estimate` is that of the network `slice`.
   *
   * @throws {UpscaleError} if the model is not elastic.
   */
  async #sliceWithin(
    budget: number,
    slice: Slice,
    { milliseconds }: Estimate,
  ): Promise<{ slice: Slice; note: string }> {
    this.#models ??= listModels(this.#locations);
    const models = await this.#models.catch((error: unknown) => {
      // The next picture tries to load it again.
      this.#models = undefined;
      throw error;
    });
    const entry = models.find(({ sha256 }) => sha256 === this.model.sha256);
    const config = entry?.config.architecture === "splitsr" ? entry.config : undefined;
    const slices = entry && config ? slicesOf(entry, slice.hybridMode ?? config.hybrid_mode) : [];
    const { splitRatio = config?.split_ratio ?? 1, hybridIndex = config?.hybrid_index ?? 0 } = slice;
    const own = findSlice(slices, { splitRatio, hybridIndex });
    const best = own && bestWithin(budget, slices, { ...own, milliseconds });
    if (!best) {
      const why = `The model "${this.model.name}" has no choice of networks with known scores.`;
      throw new UpscaleError("model", `${why} Leave out "budget", or use splitsr-elastic-x2.`);
    }
    const network = `split ratio ${best.splitRatio}, hybrid index ${best.hybridIndex}`;
    const note = `${network}: about ${Math.round(best.milliseconds)} ms expected, of ${budget} ms allowed`;
    return { slice: sliceOf(best), note };
  }

  /** @throws {UpscaleError} if a strength is asked for and there is no twin. */
  async #twinFor(clean: CleanUp, source: Source): Promise<ArrayBuffer | undefined> {
    // An inspected picture without a trace of compression needs none.
    const isClean = typeof source === "object" && "compression" in source && source.compression === null;
    const isWanted = clean === "auto" ? !isClean : clean > 0;
    if (!isWanted) return undefined;
    this.#twin ??= loadTwin(this.model.sha256, this.#locations);
    let twin: ArrayBuffer | undefined;
    try {
      twin = await this.#twin;
    } catch (error) {
      // The next picture tries to load it again.
      this.#twin = undefined;
      throw error;
    }
    if (!twin && clean !== "auto") {
      const why = `The model "${this.model.name}" has no weights for compressed pictures.`;
      throw new UpscaleError("model", `${why} Leave out "clean", or use splitsr-x2, splitsr-x3 or splitsr-x4.`);
    }
    return twin;
  }

  async resize(source: Source, size: { width: number; height: number }, resizer: Resizer): Promise<ImageData> {
    const resized = await this.#inTurn(undefined, async (coordinator) => {
      const { portable, transfer } = await toPortable(source);
      return coordinator.call("resize", { source: portable, ...size, resizer }, { transfer });
    });
    return toImageData(resized);
  }

  encode({ packed }: SourcePicture, type = "image/png", quality?: number): Promise<Blob> {
    return this.#encode({ packed, type, quality, original: undefined }).then(({ blob }) => blob);
  }

  async shrink(source: Source, scale: number): Promise<{ small: ImageData; sharp: ImageData }> {
    const { small, sharp } = await this.#inTurn(undefined, async (coordinator) => {
      const { portable, transfer } = await toPortable(source);
      return coordinator.call("shrink", { source: portable, scale }, { transfer });
    });
    return { small: toImageData(small), sharp: toImageData(sharp) };
  }

  distance(a: ImageData, b: ImageData, { border = 0 } = {}): Promise<Distance> {
    const argument = { a: toPlainPixels(a), b: toPlainPixels(b), border };
    return this.#inTurn(undefined, (coordinator) => coordinator.call("distance", argument));
  }

  async heatMap(a: ImageData, b: ImageData): Promise<ImageData> {
    const argument = { a: toPlainPixels(a), b: toPlainPixels(b) };
    return toImageData(await this.#inTurn(undefined, (coordinator) => coordinator.call("heatMap", argument)));
  }

  destroy(): void {
    this.#destroyed = true;
    const reason = new UpscaleError("destroyed", "The upscaler was destroyed before it finished.");
    if (this.#running) this.#end(this.#running.coordinator, reason);
  }

  #result({ picture, report, rungs }: UpscaleReply): UpscaleResult {
    const { width, height, packed } = picture;
    const imageData = new ImageData(new Uint8ClampedArray(picture.pixels), width, height);
    return {
      width,
      height,
      imageData: () => imageData,
      blob: async (type = "image/png", quality, { metadataOf, onNote } = {}) => {
        const { blob, notes } = await this.#encode({ packed, type, quality, original: metadataOf });
        for (const note of notes) onNote?.(note);
        return blob;
      },
      report,
      rungs,
    };
  }

  #encode(request: CoordinatorMethods["encode"][0]): Promise<CoordinatorMethods["encode"][1]> {
    return this.#inTurn(undefined, (coordinator) => coordinator.call("encode", request));
  }

  /**
   * Runs `task` when its turn has come. An abort rejects at once; the turn ends when the
   * coordinator, which then hands out no more tiles, has answered. A fatal error ends the engine,
   * and the next turn starts a new one. Finished results stay usable (see `FinishedPicture`).
   */
  #inTurn<T>(signal: AbortSignal | undefined, task: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      signal?.throwIfAborted();
      return this.#runNow(signal, task);
    });
    this.#turn = turn.catch(() => undefined);
    // An abort also rejects a call that waits for its turn.
    return signal ? orAborted(turn, signal) : turn;
  }

  async #runNow<T>(signal: AbortSignal | undefined, task: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    const coordinator = await this.start();
    signal?.throwIfAborted();
    try {
      return await task(coordinator);
    } catch (error) {
      if (error instanceof FatalError) this.#end(coordinator, error);
      throw error;
    }
  }

  #end(coordinator: Coordinator, reason: Error): void {
    coordinator.end(reason);
    if (this.#running?.coordinator === coordinator) this.#running = undefined;
  }
}

function toSourcePicture({ pixels, ...about }: InspectReply): SourcePicture {
  return { ...about, imageData: toImageData({ ...about, pixels }) };
}

function toImageData({ pixels, width, height }: PlainPixels): ImageData {
  return new ImageData(new Uint8ClampedArray(pixels), width, height);
}

/** The pixels are copied when they are posted. */
function toPlainPixels({ data, width, height }: ImageData): PlainPixels {
  return { pixels: data.buffer, width, height };
}

function toPart({ left, top, width, pixels }: PlainPart): Part {
  return { left, top, imageData: new ImageData(new Uint8ClampedArray(pixels), width) };
}

const isInspected = (source: Source): source is SourcePicture => source instanceof Object && "packed" in source;

/** The settings that are given. */
function sliceOf({ splitRatio, hybridIndex, hybridMode }: Slice): Slice {
  const slice: Slice = {};
  if (splitRatio !== undefined) slice.splitRatio = splitRatio;
  if (hybridIndex !== undefined) slice.hybridIndex = hybridIndex;
  if (hybridMode !== undefined) slice.hybridMode = hybridMode;
  return slice;
}

function checkCleanUp(clean: CleanUp): void {
  if (clean === "auto" || (Number.isInteger(clean) && clean >= 0 && clean <= 100)) return;
  throw new UpscaleError("usage", `"clean" must be "auto" or a whole number from 0 to 100, not ${clean}.`);
}

function checkBudget(budget: number | undefined): void {
  if (budget === undefined || budget > 0) return;
  throw new UpscaleError("usage", `The budget must be a number of milliseconds above 0, not ${budget}.`);
}

const scores: readonly Score[] = ["total-variation", "mean-laplacian", "rms-laplacian"];

/** The settings of a schedule, checked; undefined without one. */
function scheduleOf({
  schedule,
  effort = DEFAULT_EFFORT,
  score = "rms-laplacian",
  tile,
}: Schedule & { tile?: "exact" | "auto" }) {
  if (schedule === undefined) return undefined;
  if ((schedule as string) !== "mobisr") {
    throw new UpscaleError("usage", `The schedule must be "mobisr", not "${schedule as string}".`);
  }
  if (tile === "exact") {
    throw new UpscaleError(
      "usage",
      'A schedule is never exact, because its result depends on the tiles: leave out "tile" or "schedule".',
    );
  }
  if (!(Number.isInteger(effort) && effort >= 0 && effort <= 100)) {
    throw new UpscaleError("usage", `The effort must be a whole number from 0 to 100, not ${effort}.`);
  }
  if (!scores.includes(score)) {
    throw new UpscaleError("usage", `The score must be one of ${scores.join(", ")}, not "${score as string}".`);
  }
  return { effort, score };
}

/** The size alone, checked as far as is possible without the picture. */
function checkSize({ scale, width, height }: Target): ResultSize {
  if (scale !== undefined) {
    if (scale >= 1 && scale <= MAX_ZOOM) return { scale };
    throw new UpscaleError("usage", `The scale must be a number from 1 to ${MAX_ZOOM}, not ${scale}.`);
  }
  if ([width, height].every((side) => Number.isInteger(side) && side >= 1)) return { width, height };
  throw new UpscaleError("usage", "Give a scale, or a width and a height in whole pixels.");
}
