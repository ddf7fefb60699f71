/** Divides pictures between the networks of an elastic model: see `src/upscale/schedule`. */
import { UpscaleError, type Rung, type RungMap, type ScheduleReport, type Score } from "../api/index.ts";
import type { Slice, SplitSrHyperparameters } from "../api/generated/types.ts";
import { describeNetwork, sliceWeights, type Job } from "../wasm/simd128/splitsr.js";
import * as codecs from "./codecs.ts";
import { parse, stringify } from "./json.ts";
import type { ScheduleOptions } from "./protocol.ts";
import { buffer } from "./wasm.ts";

/** Errors by score. */
interface Errors {
  score: number[];
  bicubic: number[];
  cheap: number[];
  whole: number[];
}

/** Null stands for the file's own value. */
type StoredSlice = { [key in keyof Slice]: Slice[key] | null };

/** The parts of a weights file's metadata that matter here. */
interface Metadata {
  name: string;
  elastic?: boolean;
  config: SplitSrHyperparameters;
  schedule?: { cheap: StoredSlice; total_variation: Errors; mean_laplacian: Errors; rms_laplacian: Errors };
}

const rungs: readonly Rung[] = ["bicubic", "cheap", "whole"];

/** The networks and the table of an elastic model, for schedules. */
export class Ladder {
  readonly #metadata: Metadata;
  /** The weights of the cheap network. */
  readonly cheap: ArrayBuffer;

  /** @throws {UpscaleError} if the weights file has no table for a schedule. */
  constructor(weights: Uint8Array) {
    this.#metadata = metadataOf(weights);
    const { name, elastic, schedule } = this.#metadata;
    if (!schedule) {
      const why = elastic
        ? `${name} has no table for a schedule: make one with the command "splitsr schedule".`
        : `${name} holds a single network, but a schedule needs several: use splitsr-elastic-x2.`;
      throw new UpscaleError("model", why);
    }
    this.cheap = buffer(sliceWeights(weights, stringify(schedule.cheap as Slice)));
  }

  /** A schedule for one picture, whose whole network is `slice`. */
  schedule(slice: Slice, options: ScheduleOptions): Schedule {
    const { config, schedule } = this.#metadata;
    if (!schedule) throw new Error("a ladder has a table");
    const tables: Record<Score, Errors> = {
      "total-variation": schedule.total_variation,
      "mean-laplacian": schedule.mean_laplacian,
      "rms-laplacian": schedule.rms_laplacian,
    };
    const { score, bicubic, cheap, whole } = tables[options.score];
    const errors = Float32Array.of(...score, ...bicubic, ...cheap, ...whole);
    const work = ({ splitRatio, hybridIndex, hybridMode }: StoredSlice) => {
      const network = {
        ...config,
        architecture: undefined,
        split_ratio: splitRatio ?? config.split_ratio,
        hybrid_index: hybridIndex ?? config.hybrid_index,
        hybrid_mode: hybridMode ?? config.hybrid_mode,
      };
      return parse(describeNetwork(stringify(network))).macs720p;
    };
    return new Schedule(options, errors, work(schedule.cheap) / work(slice));
  }
}

export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #errors: Float32Array;
  readonly #cheapCost: number;
  readonly #cells = [0, 0, 0];
  /** The low-resolution pixels of the whole network, and the networks' work in the same unit. */
  readonly #work = [0, 0];
  /** The networks' work in each tile of the current pass. */
  tileWork: ArrayLike<number> = [];
  /** Tiles that a GPU computed, in all passes. */
  gpuTiles = 0;
  /** Which rung computed which part of the picture, in the last pass so far. */
  map: RungMap | undefined;

  constructor(options: ScheduleOptions, errors: Float32Array, cheapCost: number) {
    this.#options = options;
    this.#errors = errors;
    this.#cheapCost = cheapCost;
  }

  /** Whether the whole network does not compute everything. */
  get divides(): boolean {
    return this.#options.effort < 100;
  }

  /** Plans the current pass of a job. */
  async begin(job: Job): Promise<void> {
    const { effort, score } = this.#options;
    const tiles = job.tileNumbers();
    const plan = await codecs.planSchedule(
      job.packSource(),
      tiles,
      job.halo,
      this.#errors,
      score,
      effort,
      this.#cheapCost,
    );
    plan.cells.forEach((count, rung) => (this.#cells[rung] = (this.#cells[rung] ?? 0) + count));
    plan.work.forEach((pixels, at) => (this.#work[at] = (this.#work[at] ?? 0) + pixels));
    const { x, y } = plan;
    this.map = { x: [...x], y: [...y], rungs: Array.from(plan.rungs, (rung) => rungs[rung] ?? "whole") };
    this.tileWork = plan.tileWork;
    job.schedule(plan.plans);
    plan.free();
  }

  get report(): ScheduleReport {
    const [bicubic = 0, cheap = 0, whole = 0] = this.#cells;
    const [all = 1, work = 0] = this.#work;
    const { gpuTiles } = this;
    return { mode: "mobisr", ...this.#options, cells: { bicubic, cheap, whole }, work: work / all, gpuTiles };
  }
}

/** The metadata in the header of a safetensors file, which a network has been read from. */
function metadataOf(file: Uint8Array): Metadata {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as {
    __metadata__: { splitsr: string };
  };
  return JSON.parse(header.__metadata__.splitsr) as Metadata;
}
