/** Which model is chosen, or which hyper-parameters, out of those that came with the page and the visitor's own. */
import { modelFor, type ModelEntry, type ModelSource, type SplitSrConfig } from "../module/splitsr.ts";
import { configOf, hasConfig, nearestTo, trainedWith, type NetworkChange } from "./network.ts";
import type { OwnModels } from "./own-models.ts";

export class ModelChoice {
  /** Those that came with the page. */
  shipped: ModelEntry[] = [];
  /** The model's name. */
  name = "";
  /** Whether the visitor chose it, or a link; else it follows the zoom. */
  isChosen = false;
  /** Hyper-parameters that the visitor chose and that no model was trained with. */
  #untrained: SplitSrConfig | undefined;
  readonly #own: OwnModels;

  constructor(own: OwnModels) {
    this.#own = own;
  }

  get all(): ModelEntry[] {
    return [...this.shipped, ...this.#own.all.map(({ entry }) => entry)];
  }

  get entry(): ModelEntry | undefined {
    return this.entryOf(this.name);
  }

  entryOf(name: string): ModelEntry | undefined {
    return this.all.find((entry) => entry.name === name);
  }

  /** Where the weights of one of the models are. */
  readonly source = (name = this.name): ModelSource => this.#own.named(name)?.file ?? name;

  /** The hyper-parameters of the moment; undefined where the model is no SplitSR network. */
  get network(): SplitSrConfig | undefined {
    return this.#untrained ?? configOf(this.entry);
  }

  /** Whether there are weights for `network`. Without, nothing is enlarged: random weights make no picture. */
  get isTrained(): boolean {
    return this.#untrained === undefined;
  }

  /** Hyper-parameters of the moment that there are no weights for. */
  get untrained(): SplitSrConfig | undefined {
    return this.#untrained;
  }

  /** The model to begin with where one is to be trained further: the chosen one, or the nearest to the hyper-parameters. */
  get trained(): ModelEntry | undefined {
    return (this.#untrained && nearestTo(this.#untrained, this.all)) ?? this.entry;
  }

  choose(name: string): void {
    this.name = name;
    this.isChosen = true;
    this.#untrained = undefined;
  }

  /** Takes the model that was trained with the hyper-parameters, if there is one. */
  chooseNetwork(change: NetworkChange): void {
    if (!this.network) return;
    const network = { ...this.network, ...change };
    this.isChosen = true;
    // Of several with the same ones, the chosen one stays.
    const trained = hasConfig(this.entry, network) ? this.entry : trainedWith(network, this.all);
    this.#untrained = trained ? undefined : network;
    if (trained) this.name = trained.name;
  }

  /** To the model that the zoom has without a choice. */
  unchoose(zoom: number): void {
    this.isChosen = false;
    this.#untrained = undefined;
    this.followZoom(zoom);
  }

  followZoom(zoom: number): void {
    if (!this.isChosen) this.name = modelFor(zoom, this.shipped)?.name ?? this.name;
  }
}
