/** The workers that enlarge tiles: kept for the next picture, also after an abort, and replaced when one dies. */
import { orAborted } from "./abort.ts";
import { FatalError, Remote } from "./bridge.ts";
import type { BandWorkerMethods } from "./protocol.ts";
import { spawn } from "./spawn.ts";

/** Where tiles come from and go to. */
export interface TileQueue {
  count: number;
  input(index: number): ArrayBuffer;
  accept(index: number, output: ArrayBuffer): void;
}

/** What each worker starts with. */
export interface Boot {
  module: Promise<WebAssembly.Module>;
  model: ArrayBuffer;
  /** On a GPU: feature maps as 16-bit floats. */
  half?: boolean;
}

/** How far a queue is. */
interface Run {
  tiles: TileQueue;
  /** The next tile to hand out. */
  next: number;
  /** Nobody touches the queue any more: it is done, has failed or was aborted. */
  over: boolean;
}

interface BandWorker {
  remote: Remote<BandWorkerMethods>;
  instructionSet: string;
}

export class Pool {
  readonly #script: string;
  readonly #boot: Boot;
  /** Most workers at once. */
  readonly size: number;
  readonly #slots: (Promise<BandWorker> | undefined)[] = [];

  /** `script` comes from a `?worker&url` import, and serves `BandWorkerMethods`. */
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
    // A failure is told by the run that finds it.
    for (let slot = 0; slot < this.size; slot++) this.#worker(slot).catch(() => undefined);
  }

  /** What the workers compute with, in their own words. */
  async instructionSet(): Promise<string> {
    return (await this.#worker(0)).instructionSet;
  }

  /**
   * Runs all tiles, each on the next free worker. Returns how many workers took part. After an abort no tile is handed
   * out, and what comes back is dropped; the workers finish the tiles that they have, and then take the next picture's.
   */
  async run(tiles: TileQueue, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const workers = Math.min(this.size, tiles.count);
    const run: Run = { tiles, next: 0, over: false };
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
    const reason = new FatalError("engine", "The engine changed to other workers.");
    for (const slot of this.#slots.splice(0)) {
      slot?.then(
        ({ remote }) => remote.end(reason),
        () => undefined,
      );
    }
  }

  async #drain(slot: number, run: Run): Promise<void> {
    const take = () => {
      if (run.over || run.next === run.tiles.count) return undefined;
      const index = run.next++;
      return this.#runTile(slot, index, run).then((output) => ({ index, output }));
    };
    for (let tile = take(); tile;) {
      const { index, output } = await tile;
      if (run.over) return;
      // The worker gets its next tile first: it computes while this one is put in its place.
      tile = take();
      run.tiles.accept(index, output);
    }
  }

  async #runTile(slot: number, index: number, run: Run): Promise<ArrayBuffer> {
    for (let attempt = 1; ; attempt++) {
      const worker = this.#worker(slot);
      try {
        const { remote } = await worker;
        if (run.over) throw new Error("the run is over");
        const bytes = run.tiles.input(index);
        return await remote.call("run", bytes, { transfer: [bytes] });
      } catch (error) {
        if (!(error instanceof FatalError)) throw error;
        // A dead instance does not say whether this tile or its history killed it: the tile gets one fresh worker.
        // (A run that was aborted may have left another tile with the worker, whose failure replaced it already.)
        if (this.#slots[slot] === worker) this.#slots[slot] = undefined;
        worker.then(
          ({ remote }) => remote.end(error),
          () => undefined,
        );
        if (attempt === 2) throw error;
      }
    }
  }

  #worker(slot: number): Promise<BandWorker> {
    return (this.#slots[slot] ??= this.#start());
  }

  async #start(): Promise<BandWorker> {
    // The script is loaded while the module is compiled.
    const remote = new Remote<BandWorkerMethods>(spawn(this.#script));
    const { module, model, half = false } = this.#boot;
    try {
      const instructionSet = await remote.call("boot", { module: await module, model, half });
      return { remote, instructionSet };
    } catch (error) {
      remote.end(error as Error);
      throw error;
    }
  }
}
