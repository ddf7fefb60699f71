/**
 * Scores models and resizers on the visitor's picture: shrinks it by the evaluation protocol,
 * enlarges it again, and compares the result with the picture.
 */
import type { ModelEntry, SplitSrConfig } from "../../module/core.ts";
import type { EnlargeTask } from "../session/enlarge-by.ts";
import { scorerFor, type ScoringTask } from "../session/scoring.ts";
import { baselineInSentence, resizers } from "../shared/baselines.ts";
import { needed } from "../shared/text.ts";
import type { Cost, NetworkCost, Score } from "./score.ts";

/** The picture, the models and the engine for scoring. */
interface EvaluationTask extends Omit<ScoringTask, "signal"> {
  models: readonly ModelEntry[];
  /** The model that is scored first, after the resizers, which take a moment. */
  chosen: string;
  /** The chosen network of an elastic model. */
  elastic?: { network: SplitSrConfig; cost: NetworkCost | undefined; settings: EnlargeTask["settings"] } | undefined;
}

export class Evaluation {
  #scores: readonly Score[] = [];
  #cost: Cost = "milliseconds";
  /** Loaded with the first scores. */
  #plots: typeof import("./plot.ts") | undefined;
  /** The signal of the current run. */
  #signal: AbortSignal | undefined;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The best first. */
  get scores(): readonly Score[] {
    return this.#scores;
  }

  /** The cost that the plot shows quality against. */
  get cost(): Cost {
    return this.#cost;
  }

  setCost(cost: Cost): void {
    this.#cost = cost;
    this.#changed();
  }

  /** Undefined until there are scores. */
  get plots(): typeof import("./plot.ts") | undefined {
    return this.#plots;
  }

  get isRunning(): boolean {
    return this.#signal?.aborted === false;
  }

  forget(): void {
    this.#scores = [];
  }

  /**
   * Scores the resizers and the models of the scale, one after another. `onNext` is called before
   * each.
   */
  async run(
    task: EvaluationTask,
    signal: AbortSignal,
    onNext: (name: string, fraction: number) => void,
  ): Promise<void> {
    this.forget();
    this.#signal = signal;
    try {
      await this.#score(task, signal, onNext);
    } finally {
      // Another run may have begun since.
      if (this.#signal === signal) this.#signal = undefined;
    }
  }

  async #score(
    { models, chosen, elastic, ...task }: EvaluationTask,
    signal: AbortSignal,
    onNext: (name: string, fraction: number) => void,
  ): Promise<void> {
    this.#plots ??= await needed(import("./plot.ts"));
    const score = await scorerFor({ ...task, signal });
    const entries = models
      .filter((model) => model.scale === task.scale)
      .toSorted((one, other) => Number(other.name === chosen) - Number(one.name === chosen));
    const names = [...resizers.map(([resizer]) => resizer), ...entries.map(({ name }) => name)];
    for (const [index, name] of names.entries()) {
      const show = (fraction: number) => onNext(baselineInSentence(name), (index + fraction) / names.length);
      show(0);
      // The first model's first run is slower: the browser still optimises the code.
      const own = name === chosen ? elastic : undefined;
      if (name === entries[0]?.name) await score(name, show, own?.settings);
      const measured = await score(name, show, own?.settings);
      const entry = entries.find((model) => model.name === name);
      // The file of an elastic model names another of its networks.
      const cost = own?.cost ?? (entry && { params: entry.params, macs720p: entry.macs_720p });
      const quality = ({ psnrY }: Score) => psnrY ?? Infinity;
      this.#scores = [...this.#scores, { name, network: own?.network, cost, ...measured }].toSorted(
        (a, b) => quality(b) - quality(a) || 0,
      );
    }
  }
}
