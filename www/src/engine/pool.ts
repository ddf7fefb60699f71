/** The workers that enlarge bands: started when first needed, kept for the next picture, replaced when one dies. */
import bandWorkerUrl from "./band-worker.ts?worker&url";
import { FatalError, Remote } from "./bridge.ts";
import type { BandWorkerMethods } from "./protocol.ts";
import { spawn } from "./spawn.ts";

/** Where tiles come from and go to. */
export interface TileQueue {
  count: number;
  input(index: number): ArrayBuffer;
  accept(index: number, output: ArrayBuffer): void;
}

type BandWorker = Remote<BandWorkerMethods>;

export class Pool {
  readonly #module: WebAssembly.Module;
  readonly #model: ArrayBuffer;
  /** Most workers at once. */
  readonly size: number;
  readonly #slots: (Promise<BandWorker> | undefined)[] = [];

  constructor(module: WebAssembly.Module, model: ArrayBuffer, size: number) {
    this.#module = module;
    this.#model = model;
    this.size = size;
  }

  /** Runs all tiles, each on the next free worker. Returns how many workers took part. */
  async run(tiles: TileQueue): Promise<number> {
    const workers = Math.min(this.size, tiles.count);
    let next = 0;
    const drain = async (slot: number): Promise<void> => {
      while (next < tiles.count) {
        const index = next++;
        try {
          tiles.accept(index, await this.#runTile(slot, () => tiles.input(index)));
        } catch (error) {
          next = tiles.count;
          throw error;
        }
      }
    };
    // Settled, not raced: after a failure nobody may still be using the queue when the caller frees what is behind it.
    const ends = await Promise.allSettled(Array.from({ length: workers }, (_, slot) => drain(slot)));
    const failure = ends.find((end) => end.status === "rejected");
    if (failure) throw failure.reason;
    return workers;
  }

  async #runTile(slot: number, input: () => ArrayBuffer): Promise<ArrayBuffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const worker = await (this.#slots[slot] ??= this.#start());
        const bytes = input();
        return await worker.call("run", bytes, { transfer: [bytes] });
      } catch (error) {
        if (!(error instanceof FatalError)) throw error;
        // A dead instance does not say whether this tile or its history killed it: the tile gets one fresh worker.
        const dead = this.#slots[slot];
        this.#slots[slot] = undefined;
        dead?.then(
          (worker) => worker.end(error),
          () => undefined,
        );
        if (attempt === 2) throw error;
      }
    }
  }

  async #start(): Promise<BandWorker> {
    const worker: BandWorker = new Remote(spawn(bandWorkerUrl));
    await worker.call("boot", { module: this.#module, model: this.#model });
    return worker;
  }
}
