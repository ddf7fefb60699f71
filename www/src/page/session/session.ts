/**
 * The page's state. Everyone may read it, but only its own methods change it, and they announce
 * each change. It knows neither the viewer nor the panel.
 */
import {
  MAX_ZOOM,
  timeRatio,
  type Backend,
  type CleanUp,
  type Estimate,
  type ModelEntry,
  type NetworkInfo,
  type Schedule,
  type Slice,
  type UpscaleResult,
} from "../../module/core.ts";
import { ORIGINAL } from "../shared/baselines.ts";
import { png, type FileSettings, type Format } from "../shared/formats.ts";
import { Activity } from "./activity.ts";
import { readAutoEnlarge, writeAutoEnlarge } from "./auto-enlarge.ts";
import type { Batch } from "./batch.ts";
import { DEFAULT_QUALITY, DEFAULT_ZOOM, evaluationScaleFor, FULL_EFFORT, MIN_ZOOM } from "./defaults.ts";
import { EngineSlot } from "./engine-slot.ts";
import type { NetworkChange } from "./hyper-parameters.ts";
import type { Hashes, LinkState } from "./link-state.ts";
import { ModelChoice, type ChosenModel } from "./model-choice.ts";
import { OwnModels } from "./own-models.ts";
import type { LoadedPicture, PicturePart } from "./picture.ts";
import { Speeds } from "./speeds.ts";

export interface Result {
  upscaled: UpscaleResult;
  zoom: number;
  model: string;
  /** {@link ChosenModel.key}. */
  key: string;
  /** {@link ChosenModel.options}. */
  options: Slice & Schedule;
  clean: CleanUp;
}

/** The choice of baselines for the result. */
export interface ComparisonSettings {
  /** In the order in which they were added. */
  baselines: readonly string[];
  /** The one that is shown: a baseline, or the original. */
  shown: string;
  /** Whether the map of the differences is shown. */
  showsDifference: boolean;
}

/**
 * A link whose picture is not open: it is loading, failed to load, or waits for the visitor's
 * consent.
 */
export interface WaitingLink {
  link: LinkState;
  /** {@link Session.fingerprint} when the link was opened. */
  fingerprint: string;
}

/** A change concerns the page alone, or its link (the address) too. */
export type Change = "page" | "link";

const noComparison: ComparisonSettings = { baselines: [], shown: ORIGINAL, showsDifference: false };

export class Session {
  readonly activity = new Activity(
    () => this.changed("link"),
    () => this.changed(),
  );
  readonly own = new OwnModels(() => this.changed());
  readonly engine = new EngineSlot();
  readonly speeds = new Speeds();
  readonly #choice = new ModelChoice(this.own);
  readonly #listeners: ((change: Change) => void)[] = [];

  #picture: LoadedPicture | undefined;
  #part: PicturePart | undefined;
  #batch: Batch | undefined;
  #result: Result | undefined;
  #estimate: Estimate | undefined;
  #networkInfo: NetworkInfo | undefined;

  #zoom = DEFAULT_ZOOM;
  #backend: Backend = "auto";
  #enlargesAutomatically = readAutoEnlarge();
  #clean: CleanUp = "auto";
  #showsRungs = false;
  #files: FileSettings = { format: png, quality: DEFAULT_QUALITY, keepsMetadata: false };
  #comparison = noComparison;
  #evaluationScale = evaluationScaleFor();
  /** Whether it follows the zoom. */
  #scaleFollows = true;

  #expectedHashes: Hashes | undefined;
  #foundHashes: Hashes | undefined;
  #waitingLink: WaitingLink | undefined;

  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** Announces a change. Features call it for state of their own. */
  changed(change: Change = "page"): void {
    for (const listener of this.#listeners) listener(change);
  }

  // ---- The picture, and what is made of it ----

  get picture(): LoadedPicture | undefined {
    return this.#picture;
  }

  /** The part of the picture that is enlarged alone. */
  get part(): PicturePart | undefined {
    return this.#part;
  }

  /** The picture to enlarge: all of it, or a part. */
  get source(): LoadedPicture | undefined {
    return this.#part ?? this.#picture;
  }

  /** Several pictures that were opened together; `picture` is the first one that could be read. */
  get batch(): Batch | undefined {
    return this.#batch;
  }

  get result(): Result | undefined {
    return this.#result;
  }

  /** The cost of a run with the current settings; undefined until it is known. */
  get estimate(): Estimate | undefined {
    return this.#estimate;
  }

  /** The costs of the chosen network; undefined until they are known. */
  get networkInfo(): NetworkInfo | undefined {
    return this.#networkInfo;
  }

  openPicture(picture: LoadedPicture): void {
    this.#picture = picture;
    this.#part = this.#batch = this.#result = this.#waitingLink = undefined;
    this.#forgetHashes();
    this.changed();
  }

  /**
   * Replaces the part, or goes back to the whole picture. Its result comes along where there is one
   * already.
   */
  setPart(part: PicturePart | undefined, result?: Result): void {
    this.#part = part;
    this.#result = result;
    this.#estimate = undefined;
    this.#forgetHashes();
    this.changed();
  }

  setBatch(batch: Batch | undefined): void {
    this.#batch = batch;
    this.#tellBatch();
    this.changed();
  }

  /** Its results depend on all that decides what the files hold. */
  #tellBatch(): void {
    this.#batch?.use(JSON.stringify([this.fingerprint, this.choice.entry?.sha256, this.files]));
  }

  /** A new result has no known hashes. */
  setResult(result: Result | undefined): void {
    this.#result = result;
    this.#foundHashes = undefined;
    this.changed();
  }

  setEstimate(estimate: Estimate | undefined): void {
    this.#estimate = estimate;
    this.changed();
  }

  setNetworkInfo(info: NetworkInfo | undefined): void {
    this.#networkInfo = info;
    this.changed();
  }

  /** Whether the result was made with the current settings. */
  get resultIsCurrent(): boolean {
    return this.resultTookAsLong && this.result?.clean === this.clean;
  }

  /** Whether the result took as long as one with the current settings: its clean-up may differ. */
  get resultTookAsLong(): boolean {
    const { result, zoom, choice, backend } = this;
    return result?.zoom === zoom && result.key === choice.key && this.engine.fits(choice.source(), backend);
  }

  // ---- Settings ----

  get zoom(): number {
    return this.#zoom;
  }

  get zoomIsValid(): boolean {
    return this.zoom >= MIN_ZOOM && this.zoom <= MAX_ZOOM;
  }

  /** The result's size at the chosen zoom. */
  get target(): { width: number; height: number } | undefined {
    const { source } = this;
    if (!source) return undefined;
    const side = (pixels: number) => Math.max(1, Math.round(pixels * this.zoom));
    return { width: side(source.width), height: side(source.height) };
  }

  setZoom(zoom: number): void {
    this.#zoom = zoom;
    if (this.zoomIsValid) this.#choice.followZoom(zoom);
    if (this.zoomIsValid && this.#scaleFollows) this.#evaluationScale = evaluationScaleFor(zoom);
    this.#settingsChanged();
  }

  get backend(): Backend {
    return this.#backend;
  }

  setBackend(backend: Backend): void {
    this.#backend = backend;
    this.#settingsChanged();
  }

  /** Whether a picture is enlarged as it opens and whenever a setting changes, if that is quick. */
  get enlargesAutomatically(): boolean {
    return this.#enlargesAutomatically;
  }

  setEnlargesAutomatically(enlargesAutomatically: boolean): void {
    this.#enlargesAutomatically = enlargesAutomatically;
    writeAutoEnlarge(enlargesAutomatically);
    this.changed();
  }

  /** Whether the model has a twin for it. */
  get canClean(): boolean {
    return this.choice.entry?.cleansUp === true;
  }

  /** The clean-up that a run makes: none, if the model has no twin. */
  get clean(): CleanUp {
    return this.canClean ? this.#clean : 0;
  }

  /** The strength of the clean-up in %. If that follows the file, it is known after a run. */
  get strength(): number {
    return this.clean === "auto" ? (this.result?.upscaled.report.clean ?? 0) : this.clean;
  }

  setClean(clean: CleanUp): void {
    this.#clean = clean;
    this.#settingsChanged();
  }

  get choice(): ChosenModel {
    return this.#choice;
  }

  get models(): ModelEntry[] {
    return this.#choice.all;
  }

  /** The chosen model's name. */
  get model(): string {
    return this.#choice.name;
  }

  /** @throws {UpscaleError} if there are none. */
  setShippedModels(models: readonly ModelEntry[]): void {
    this.#choice.setShipped(models);
    this.changed();
  }

  setModel(name: string): void {
    this.#choice.choose(name);
    this.#settingsChanged();
  }

  /** Goes back to the model that follows the zoom. */
  clearModelChoice(): void {
    this.#choice.clearChoice(this.zoom);
    this.#settingsChanged();
  }

  /** Goes back from hyper-parameters without weights to the nearest model. */
  useTrained(): void {
    this.#choice.chooseFor(this.zoom, this.#choice.trained?.name);
    this.#settingsChanged();
  }

  /** Between networks of an elastic model, converts the estimate until there is a better one. */
  setNetwork(change: NetworkChange): void {
    const macs = this.#choice.sliceMacs;
    this.#choice.chooseNetwork(change, this.zoom);
    const newMacs = this.#choice.sliceMacs;
    const { estimate } = this;
    const ratio = macs && newMacs && timeRatio(newMacs, macs);
    this.#estimate = estimate && ratio ? { ...estimate, milliseconds: estimate.milliseconds * ratio } : undefined;
    this.#settingsChanged();
  }

  /** Chooses an elastic model for the hyper-parameters that are chosen now. */
  setElastic(name: string, unfolds: boolean): void {
    this.#choice.chooseElastic(name, this.zoom, unfolds);
    this.#settingsChanged();
  }

  setEffort(effort: number): void {
    this.#choice.chooseEffort(effort);
    this.#settingsChanged();
  }

  /** Whether the viewer shows which part was computed by which network. */
  get showsRungs(): boolean {
    return this.#showsRungs;
  }

  setShowsRungs(shows: boolean): void {
    this.#showsRungs = shows;
    this.changed();
  }

  /** Which network of an elastic model enlarges. */
  get slice(): Slice {
    return this.choice.slice;
  }

  /** How results are saved. */
  get files(): FileSettings {
    return this.#files;
  }

  setFormat(format: Format, quality = this.#files.quality): void {
    this.#files = { ...this.#files, format, quality };
    this.#tellBatch();
    this.changed("link");
  }

  setKeepsMetadata(keepsMetadata: boolean): void {
    this.#files = { ...this.#files, keepsMetadata };
    this.#tellBatch();
    this.changed();
  }

  get comparison(): ComparisonSettings {
    return this.#comparison;
  }

  /** All baselines for a link, the one that is shown first. Empty where there are none. */
  get linkedBaselines(): readonly string[] {
    const { baselines, shown } = this.#comparison;
    return baselines.length > 0 ? [shown, ...baselines.filter((name) => name !== shown)] : [];
  }

  addBaseline(name: string): void {
    const { baselines } = this.#comparison;
    this.#setComparison({ baselines: baselines.includes(name) ? baselines : [...baselines, name], shown: name });
  }

  removeBaseline(name: string): void {
    const { baselines, shown } = this.#comparison;
    this.#setComparison({
      baselines: baselines.filter((other) => other !== name),
      shown: shown === name ? ORIGINAL : shown,
    });
  }

  showBaseline(name: string): void {
    this.#setComparison({ shown: name });
  }

  showDifference(showsDifference: boolean): void {
    this.#setComparison({ showsDifference });
  }

  #setComparison(change: Partial<ComparisonSettings>): void {
    this.#comparison = { ...this.#comparison, ...change };
    this.changed();
  }

  /** The factor by which pictures are shrunk to score models on them. */
  get evaluationScale(): number {
    return this.#evaluationScale;
  }

  setEvaluationScale(scale: number): void {
    this.#evaluationScale = scale;
    this.#scaleFollows = false;
    this.changed();
  }

  /**
   * Takes the settings of a link, and defaults for the others. Links do not say whether metadata is
   * kept.
   */
  applyLink(link: LinkState): void {
    const { zoom = DEFAULT_ZOOM, model, network, baselines = [], difference = false } = link;
    this.#zoom = zoom;
    this.#backend = link.backend ?? "auto";
    // Links are older than the clean-up.
    this.#clean = link.clean ?? 0;
    // Each link names its model, also one that follows the zoom.
    this.#choice.chooseFor(zoom, model);
    if (network) this.#choice.chooseNetwork(network, zoom);
    this.#choice.chooseEffort(link.effort ?? FULL_EFFORT);
    this.#choice.chooseBudget(link.budget);
    this.#comparison = {
      baselines: baselines.filter((name) => name !== ORIGINAL),
      shown: baselines[0] ?? ORIGINAL,
      showsDifference: difference,
    };
    this.#files = { ...this.#files, format: link.format ?? png, quality: link.quality ?? DEFAULT_QUALITY };
    this.#scaleFollows = link.evaluationScale === undefined;
    this.#evaluationScale = link.evaluationScale ?? evaluationScaleFor(zoom);
    this.#settingsChanged();
  }

  /** Other settings give other results. */
  #settingsChanged(): void {
    this.#tellBatch();
    this.#expectedHashes = undefined;
    this.changed();
  }

  // ---- Links ----

  /**
   * The settings that decide what the result is. A link's hashes are valid as long as these stay
   * the same.
   */
  get fingerprint(): string {
    const { network, effort } = this.choice;
    return JSON.stringify([this.zoom, this.model, this.backend, network, effort, this.clean]);
  }

  /**
   * The same without the settings that the result follows at once: the clean-up, and the network of
   * an elastic model and its schedule.
   */
  get base(): string {
    return JSON.stringify([this.zoom, this.model, this.backend, this.choice.untrained]);
  }

  /** The hashes in the link, which the exact result must have. */
  get expectedHashes(): Hashes | undefined {
    return this.#expectedHashes;
  }

  /** The hashes of the exact result; undefined until it was made. */
  get foundHashes(): Hashes | undefined {
    return this.#foundHashes;
  }

  expectHashes(hashes: Hashes | undefined): void {
    this.#expectedHashes = hashes;
    this.changed();
  }

  findHashes(hashes: Hashes): void {
    this.#foundHashes = hashes;
    this.changed();
  }

  #forgetHashes(): void {
    this.#expectedHashes = this.#foundHashes = undefined;
  }

  /** The link that the page still tries to follow. */
  get waitingLink(): WaitingLink | undefined {
    return this.#waitingLink;
  }

  setWaitingLink(waiting: WaitingLink | undefined): void {
    this.#waitingLink = waiting;
    this.changed();
  }
}
