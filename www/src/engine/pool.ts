/**
 * The workers that enlarge tiles. They are kept for the next picture, and replaced when they die.
 */
import { orAborted } from "./abort.ts";
import { FatalError, WorkerClient } from "./bridge.ts";
import type { TileOutput, TileWeights, TileWorkerMethods } from "./protocol.ts";
import { spawn } from "./spawn.ts";

/** Tiles in the order in which they are handed out. Two pools can take them from the two ends. */
export class Line {
  /** The tiles that are left. */
  #first = 0;
  #end: number;
  /** Consecutive tiles that one worker computes in order. */
  readonly #run: number;

  constructor(count: number, run = 1) {
    this.#end = count;
    this.#run = run;
  }

  /** The number of workers that can take tiles at once. */
  get places(): number {
    return Math.ceil((this.#end - this.#first) / this.#run);
  }

  /** Takes the next tiles for one worker from an end; none if there are none. */
  take(end: "front" | "back"): number[] {
    const count = Math.min(this.#run, this.#end - this.#first);
    const from = end === "front" ? this.#first : this.#end - count;
    if (end === "front") this.#first += count;
    else this.#end -= count;
    return Array.from({ length: count }, (_, at) => from + at);
  }
}

/** The source and the destination of tiles. */
export interface TileQueue {
  weights: TileWeights;
  line: Line;
  /** From where the pool takes tiles. */
  end: "front" | "back";
  /** The most tiles in memory at once. */
  maxConcurrent: number;
  /** Bytes that a tile takes while it is computed, and that all tiles may take together. */
  tileBytes: number;
  allBytes: number;
  /** Whether the results are RGBA8 pixels. */
  wantsPixels: boolean;
  input(index: number): ArrayBuffer;
  accept(index: number, output: TileOutput): void;
}

/** Each worker starts with this. */
export interface Boot {
  module: Promise<WebAssembly.Module>;
  model: ArrayBuffer;
  /** On a GPU: feature maps as 16-bit floats. */
  half?: boolean;
}

/** The progress of a queue. */
interface Run {
  tiles: TileQueue;
  /** Whether the queue is done, has failed or was aborted. It does not change any more then. */
  over: boolean;
}

interface TileWorker {
  client: WorkerClient<TileWorkerMethods>;
  instructionSet: string;
  /** The weights that it has loaded. */
  weights: TileWeights;
}

export class Pool {
  readonly #script: string;
  readonly #boot: Boot;
  /** Maximum number of workers. */
  readonly size: number;
  readonly #slots: (Promise<TileWorker> | undefined)[] = [];
  /** Bytes of the largest tile that each has computed: WebAssembly's memory never shrinks. */
  readonly #peaks: number[] = [];

  /** `script` comes from a `?worker&url` import, and serves `TileWorkerMethods`. */
  constructor(script: string, boot: Boot, size: number) {
    this.#script = script;
    this.#boot = boot;
    this.size = size;
  }

  /** Starts the first worker, and rejects if that fails. */
  async start(): Promise<void> {
    await this.#worker(0);
  }

  /** Starts the workers that do not run yet, ahead of their first tiles. */
  warm(): void {
    // The next run reports the failure, if there is one.
    for (let slot = 0; slot < this.size; slot++) this.#worker(slot).catch(() => undefined);
  }

  /** The instruction set that the workers report. */
  async instructionSet(): Promise<string> {
    return (await this.#worker(0)).instructionSet;
  }

  /**
   * Runs all tiles, each on the next free worker, with bounded memory. Returns how many workers
   * took part. After an abort, no more tiles are handed out and results are dropped; the workers
   * finish their tiles, and are ready for the next picture.
   */
  async run(tiles: TileQueue, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const workers = Math.min(this.size, tiles.line.places, tiles.maxConcurrent);
    this.#makeRoom(workers, tiles);
    const run: Run = { tiles, over: false };
    try {
      const drained = Promise.all(Array.from({ length: workers }, (_, slot) => this.#drain(slot, run)));
      await orAborted(drained, signal);
    } finally {
      run.over = true;
    }
    return workers;
  }

  /** Ends the workers. */
  end(): void {
    for (let slot = 0; slot < this.size; slot++) this.#end(slot);
  }

  #end(slot: number): void {
    const reason = new FatalError("engine", "The engine changed to other workers.");
    this.#slots[slot]?.then(
      ({ client }) => client.end(reason),
      () => undefined,
    );
    this.#slots[slot] = undefined;
    this.#peaks[slot] = 0;
  }

  /**
   * Ends workers whose memory, from earlier and larger tiles, exceeds their share in this run:
   * first those that take no part in it. Then notes how much the others will hold.
   */
  #makeRoom(workers: number, { tileBytes, allBytes }: TileQueue): void {
    const slots = Array.from({ length: this.size }, (_, slot) => slot);
    const needed = (slot: number) => (slot < workers ? tileBytes : 0);
    const peak = (slot: number) => Math.max(this.#peaks[slot] ?? 0, needed(slot));
    const surplus = (slot: number) => peak(slot) - needed(slot);
    let total = slots.reduce((sum, slot) => sum + peak(slot), 0);
    for (const slot of slots.toSorted((a, b) => surplus(b) - surplus(a))) {
      if (total <= allBytes || surplus(slot) === 0) break;
      total -= surplus(slot);
      this.#end(slot);
    }
    for (const slot of slots) this.#peaks[slot] = peak(slot);
  }

  async #drain(slot: number, run: Run): Promise<void> {
    const { tiles } = run;
    const mine: number[] = [];
    const take = () => {
      if (run.over) return undefined;
      if (mine.length === 0) mine.push(...tiles.line.take(tiles.end));
      const index = mine.shift();
      if (index === undefined) return undefined;
      return this.#runTile(slot, index, run).then((output) => ({ index, output }));
    };
    for (let tile = take(); tile;) {
      const { index, output } = await tile;
      if (run.over) return;
      // The worker gets its next tile first, and computes it while this result is accepted.
      tile = take();
      tiles.accept(index, output);
    }
  }

  async #runTile(slot: number, index: number, run: Run): Promise<TileOutput> {
    for (let attempt = 1; ; attempt++) {
      const worker = this.#worker(slot);
      try {
        const started = await worker;
        if (run.over) throw new Error("the run is over");
        const { client } = started;
        const { weights, wantsPixels } = run.tiles;
        if (started.weights.model !== weights.model || (weights.cheap && started.weights.cheap !== weights.cheap)) {
          await client.call("load", { ...weights, half: this.#boot.half ?? false });
          started.weights = weights;
        }
        const input = run.tiles.input(index);
        return await client.call("run", { input, wantsPixels }, { transfer: [input] });
      } catch (error) {
        if (!(error instanceof FatalError)) throw error;
        // The tile is tried once more on a fresh worker, since an earlier tile may have damaged the
        // instance. If an aborted run left another tile with the worker, that tile's failure has
        // already replaced the worker.
        if (this.#slots[slot] === worker) this.#slots[slot] = undefined;
        worker.then(
          ({ client }) => client.end(error),
          () => undefined,
        );
        if (attempt === 2 || run.over) throw error;
      }
    }
  }

  #worker(slot: number): Promise<TileWorker> {
    return (this.#slots[slot] ??= this.#start());
  }

  async #start(): Promise<TileWorker> {
    // The script is loaded while the module is compiled.
    const client = new WorkerClient<TileWorkerMethods>(spawn(this.#script));
    const { module, model, half = false } = this.#boot;
    try {
      const instructionSet = await client.call("boot", { module: await module, model, half });
      return { client, instructionSet, weights: { model } };
    } catch (error) {
      client.end(error as Error);
      throw error;
    }
  }
}
