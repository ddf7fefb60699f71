/**
 * The chosen model, or the chosen hyper-parameters, from the models of the page and the visitor's
 * own.
 */
import {
  bestWithin,
  DEFAULT_MODEL,
  findSlice,
  modelFor,
  slicesOf,
  UpscaleError,
  type ModelEntry,
  type ModelSource,
  type Schedule,
  type Slice,
  type SliceInfo,
  type SplitSrConfig,
} from "../../module/core.ts";
import { t } from "../shared/words.ts";
import {
  configOf,
  hasConfig,
  modelKeeping,
  modelWith,
  nearestTo,
  sliceOf,
  type NetworkChange,
} from "./hyper-parameters.ts";
import { FULL_EFFORT } from "./defaults.ts";
import type { OwnModels } from "./own-models.ts";

/** The choice as everyone but the session sees it. */
export type ChosenModel = Omit<
  ModelChoice,
  | "setShipped"
  | "choose"
  | "chooseFor"
  | "chooseNetwork"
  | "chooseElastic"
  | "chooseEffort"
  | "chooseBudget"
  | "clearChoice"
  | "followZoom"
>;

export class ModelChoice {
  #shipped: readonly ModelEntry[] = [];
  #name = "";
  /** How the visitor or a link chose the model; undefined: it follows the zoom. */
  #chosenBy: "name" | "network" | undefined;
  /** Hyper-parameters that the visitor chose and that no model was trained with. */
  #untrained: SplitSrConfig | undefined;
  /** The chosen network of an elastic model; undefined: the one that its file names. */
  #slice: SplitSrConfig | undefined;
  #effort = FULL_EFFORT;
  #budget: number | undefined;
  #isFolded = false;
  readonly #own: OwnModels;

  constructor(own: OwnModels) {
    this.#own = own;
  }

  /** The models that come with the page. */
  get shipped(): readonly ModelEntry[] {
    return this.#shipped;
  }

  get all(): ModelEntry[] {
    return [...this.#shipped, ...this.#own.all.map(({ entry }) => entry)];
  }

  /** The model's name. */
  get name(): string {
    return this.#name;
  }

  /** Whether the visitor or a link chose the model; otherwise it follows the zoom. */
  get isChosen(): boolean {
    return this.#chosenBy !== undefined;
  }

  get entry(): ModelEntry | undefined {
    return this.entryOf(this.#name);
  }

  entryOf(name: string): ModelEntry | undefined {
    return this.all.find((entry) => entry.name === name);
  }

  /** Finds a model's weights. */
  readonly source = (name = this.#name): ModelSource => this.#own.named(name)?.file ?? name;

  /** The chosen hyper-parameters; undefined if the model is not a SplitSR network. */
  get network(): SplitSrConfig | undefined {
    return this.#untrained ?? this.#slice ?? configOf(this.entry);
  }

  /** Whether the chosen network is one of an elastic model. */
  get isElastic(): boolean {
    return this.isTrained && this.entry?.elastic === true;
  }

  /** The settings of the chosen network of an elastic model; empty for any other model. */
  get slice(): Slice {
    return this.isElastic && this.network ? sliceOf(this.network) : {};
  }

  /** Whether an elastic model was chosen by its quality, so that its sliders stay folded. */
  get isFolded(): boolean {
    return this.#isFolded;
  }

  /** The chosen network of an elastic model: its cost and its score. */
  get sliceInfo(): SliceInfo | undefined {
    const { entry, network } = this;
    if (!this.isElastic || !entry || !network) return undefined;
    return findSlice(slicesOf(entry, network.hybrid_mode), sliceOf(network));
  }

  /** Its multiply-adds for 1280 × 720. */
  get sliceMacs(): number | undefined {
    return this.sliceInfo?.macs720p;
  }

  /**
   * The best network of an elastic model that is expected to take at most `budget` milliseconds, or
   * its fastest one. The chosen network takes `milliseconds`.
   */
  networkWithin(budget: number, milliseconds: number): NetworkChange | undefined {
    const { entry, network, sliceMacs: macs720p } = this;
    if (!entry || !network || macs720p === undefined) return undefined;
    const best = bestWithin(budget, slicesOf(entry, network.hybrid_mode), { macs720p, milliseconds });
    return best && { split_ratio: best.splitRatio, hybrid_index: best.hybridIndex };
  }

  /** The time limit of a link, in milliseconds, until it has chosen the network. */
  get budget(): number | undefined {
    return this.isElastic ? this.#budget : undefined;
  }

  /** How much quality counts against work in an elastic model's schedule, in %. */
  get effort(): number {
    return this.isElastic ? this.#effort : FULL_EFFORT;
  }

  /** The options of `upscale`: the slice that is chosen, and below full effort its schedule. */
  get options(): Slice & Schedule {
    const { slice, effort } = this;
    return effort < FULL_EFFORT ? { ...slice, schedule: "mobisr", effort } : slice;
  }

  /** The model, which network of it if it holds several, and the schedule. */
  get key(): string {
    return this.isElastic ? `${this.#name} ${JSON.stringify(this.options)}` : this.#name;
  }

  /** Whether there are weights for `network`. Without them the page enlarges nothing. */
  get isTrained(): boolean {
    return this.#untrained === undefined;
  }

  /** The chosen hyper-parameters if there are no weights for them. */
  get untrained(): SplitSrConfig | undefined {
    return this.#untrained;
  }

  /**
   * The model that fine-tuning starts from: the chosen one, or the nearest to the hyper-parameters
   * if these have no weights or those of an elastic model, which is not a single network.
   */
  get trained(): ModelEntry | undefined {
    const wanted = this.#wanted;
    return (wanted && nearestTo(wanted, this.all)) ?? this.entry;
  }

  /** The chosen hyper-parameters if `trained` has others: fine-tuning makes a new network then. */
  get newNetwork(): SplitSrConfig | undefined {
    const wanted = this.#wanted;
    return wanted && !hasConfig(this.trained, wanted) ? wanted : undefined;
  }

  /** The chosen hyper-parameters if they have no weights, or those of an elastic model. */
  get #wanted(): SplitSrConfig | undefined {
    return this.isElastic ? this.network : this.#untrained;
  }

  /** @throws {UpscaleError} if there are none. */
  setShipped(models: readonly ModelEntry[]): void {
    const model = models.find(({ name }) => name === DEFAULT_MODEL) ?? models[0];
    if (!model) {
      const why = t("This site has no models: its models/index.json is empty. Ask its owner to add some.");
      throw new UpscaleError("model", why);
    }
    this.#shipped = models;
    this.#name = model.name;
  }

  choose(name: string): void {
    this.#name = name;
    this.#chosenBy = "name";
    this.#untrained = this.#slice = this.#budget = undefined;
    this.#isFolded = false;
  }

  /** Chooses a model. If it is the one that suits the zoom, the model keeps following the zoom. */
  chooseFor(zoom: number, name: string | undefined): void {
    if (name === undefined || name === modelFor(zoom, this.#shipped)?.name) this.clearChoice(zoom);
    else this.choose(name);
  }

  /** Chooses the model that has weights for the hyper-parameters, if there is one. */
  chooseNetwork(change: NetworkChange, zoom: number): void {
    const { entry } = this;
    this.#budget = undefined;
    if (!this.network) return;
    const network = { ...this.network, ...change };
    const model = modelKeeping(entry, network, this.all);
    if (model?.elastic) this.#chosenBy = "name";
    else this.#chosenBy = model && model === modelFor(zoom, this.#shipped) ? undefined : "network";
    this.#use(model, network);
  }

  /** Takes a model with weights for the hyper-parameters, or, without one, these alone. */
  #use(model: ModelEntry | undefined, network: SplitSrConfig): void {
    this.#name = model?.name ?? this.#name;
    this.#slice = model?.elastic ? network : undefined;
    this.#untrained = model ? undefined : network;
  }

  /** The next choice of a network ends it. */
  chooseBudget(budget: number | undefined): void {
    this.#budget = budget;
  }

  chooseEffort(effort: number): void {
    this.#effort = effort;
  }

  /** Chooses an elastic model for the hyper-parameters that are chosen now. */
  chooseElastic(name: string, zoom: number, unfolds: boolean): void {
    const { network } = this;
    this.choose(name);
    this.#isFolded = !unfolds;
    if (!network) return;
    const { split_ratio, hybrid_index, hybrid_mode } = network;
    this.chooseNetwork({ split_ratio, hybrid_index, hybrid_mode }, zoom);
  }

  /** Goes back to the model that follows the zoom. */
  clearChoice(zoom: number): void {
    this.#chosenBy = undefined;
    this.#untrained = this.#slice = this.#budget = undefined;
    this.#isFolded = false;
    this.followZoom(zoom);
  }

  /** Hyper-parameters stay: another zoom may have a model that was trained with them. */
  followZoom(zoom: number): void {
    const suitable = modelFor(zoom, this.#shipped);
    if (!suitable || this.#chosenBy === "name") return;
    if (!this.#chosenBy) this.#name = suitable.name;
    if (!this.network || this.network.scale === suitable.scale) return;
    const network = { ...this.network, scale: suitable.scale };
    const model = modelWith(network, this.all);
    if (model || this.#untrained) this.#use(model, network);
  }
}
