/** What the page knows and does; how it looks is in `view.ts`. */
import {
  createUpscaler,
  DEFAULT_MODEL,
  listModels,
  MAX_ZOOM,
  modelFor,
  UpscaleError,
  type Area,
  type Backend,
  type Estimate,
  type ModelEntry,
  type NetworkFacts,
  type Part,
  type SplitSrConfig,
  type UpscaleResult,
  type Upscaler,
} from "../module/splitsr.ts";
import { Batch } from "./batch.ts";
import { Comparison, ORIGINAL, rivalLabel, type Task } from "./compare.ts";
import { demos, demoUrl, type Demo } from "./demos.ts";
import { png, type Format } from "./formats.ts";
import { formatLink, MIN_ZOOM, parseLink } from "./link.ts";
import { configOf, trainedWith, UNTRAINED, type NetworkChange } from "./network.ts";
import { packPicture, unpackPicture } from "./packed.ts";
import type { LoadedPicture, PicturePart } from "./picture.ts";
import { save } from "./save.ts";
import type { Stage } from "./stage.ts";
import { sizeText, timeText, withoutEnding } from "./text.ts";
import { Truth } from "./truth.ts";
import { Verification } from "./verify.ts";

export interface Status {
  state: "idle" | "loading" | "working" | "done" | "error";
  text: string;
}

/** Milliseconds after which a setting is what the visitor wants. */
const SETTLED = 200;

export class App {
  status: Status = { state: "loading", text: "Starting…" };
  models: ModelEntry[] = [];
  model = "";
  /** Whether the visitor chose the model, or a link; else it follows the zoom. */
  modelIsChosen = false;
  /** Hyper-parameters that the visitor chose and that no model was trained with. */
  #untrained: SplitSrConfig | undefined;
  /** Of `network`; undefined until that is known. */
  networkFacts: NetworkFacts | undefined;
  zoom = 2;
  backend: Backend = "auto";
  picture: LoadedPicture | undefined;
  /** Several pictures that were opened together; `picture` is the first of them. */
  batch: Batch | undefined;
  /** The part of the picture that is enlarged alone. */
  part: PicturePart | undefined;
  /** A picture of the visitor's that the link holds, as text. */
  #packed: { source: LoadedPicture; text: string } | undefined;
  /** What the run would take; undefined until that is known. */
  estimate: Estimate | undefined;
  result: { upscaled: UpscaleResult; zoom: number } | undefined;
  /** Of the run, from 0 to 1. */
  progress = 0;
  readonly comparison = new Comparison();
  readonly truth = new Truth();
  readonly verification = new Verification();
  format = png;
  /** Of JPEG, 1 to 100. */
  quality = 92;
  /** Whether the file's EXIF metadata goes into the download. */
  keepsMetadata = false;
  linkCopied = false;

  readonly #stage: Stage;
  readonly #render: () => void;
  #engine: { model: string; backend: Backend; upscaler: Promise<Upscaler> } | undefined;
  /** What loads or runs now: a new picture, a new run and Cancel end it. */
  #current = new AbortController();
  #moved = 0;

  constructor(stage: Stage, render: (app: App) => void) {
    this.#stage = stage;
    this.#render = () => render(this);
    stage.onMove = () => {
      // Browsers limit how often the address may change.
      clearTimeout(this.#moved);
      this.#moved = window.setTimeout(() => this.#writeLink(), 250);
    };
    stage.onRegion = (region) => void this.setRegion(region);
  }

  /** Loads the list of models, and then what the link asks for. */
  async start(): Promise<void> {
    this.#render();
    try {
      this.models = await listModels();
      const model = this.models.find(({ name }) => name === DEFAULT_MODEL) ?? this.models[0];
      if (!model) throw new UpscaleError("model", "This copy of the page has no models: models/index.json is empty.");
      this.model = model.name;
    } catch (error) {
      this.#fail(error);
      return;
    }
    await this.openLink(location.hash);
    // While the visitor looks for a picture, the engine gets ready. If it cannot, the first picture tells.
    this.#upscaler().catch(() => undefined);
  }

  /** Brings the page to the state in a fragment; a picture in it is enlarged at once, as the sender saw it. */
  async openLink(fragment: string): Promise<void> {
    const { state, complaints } = parseLink(fragment, this.models);
    if (state.zoom !== undefined) this.zoom = state.zoom;
    this.modelIsChosen = state.model !== undefined;
    if (state.model !== undefined) this.model = state.model;
    else this.#followZoom();
    this.#untrained = undefined;
    if (state.network) this.#chooseNetwork(state.network);
    this.comparison.rival = state.rival ?? ORIGINAL;
    this.comparison.showsDifference = state.difference ?? false;
    if (state.backend !== undefined) this.backend = state.backend;
    const demo = demos.find(({ id }) => id === state.demo);
    const packed = state.packed === undefined ? undefined : unpackPicture(state.packed);
    if (demo || packed) {
      if (demo) await this.openDemo(demo);
      else if (packed) await this.#open(packed, "from-link", "a picture that came in the link", undefined);
      if (!this.picture || this.status.state === "error") return;
      if (state.packed !== undefined) this.#packed = { source: this.picture, text: state.packed };
      if (state.region && !(await this.#cut(state.region))) return;
      if (state.view) this.#stage.view = state.view;
      this.verification.expected = state.sums;
    } else {
      this.#ready();
    }
    // A link that is partly wrong does not show what its sender saw: say so rather than enlarge something else.
    if (complaints.length > 0) this.#set("error", `${complaints.join(" ")} Choose below, or ask for the link again.`);
    else if ((demo ?? packed) && this.networkIsTrained) {
      await this.run();
      // The fast result is there at once; whether it is the sender's is found out while it is looked at.
      if (state.sums && this.result) await this.verify();
    }
  }

  async openDemo(demo: Demo): Promise<void> {
    await this.#open(demoUrl(demo.id), demo.id, demo.description, demo.id);
  }

  /** Several pictures become a batch. */
  async openFiles(files: readonly File[]): Promise<void> {
    await this.#openFile(files[0]);
    this.batch = files.length > 1 ? new Batch(files) : undefined;
    this.#render();
  }

  async #openFile(file: File | undefined): Promise<void> {
    if (!file) {
      this.#set("error", "That was not a picture file. Save the picture first, then open or drop the file.");
      return;
    }
    await this.#open(file, withoutEnding(file.name), file.name, undefined);
  }

  async #open(source: Blob | string, name: string, description: string, demo: string | undefined): Promise<void> {
    const { signal } = this.#begin("loading", `Reading ${name}…`);
    this.batch = undefined;
    try {
      const upscaler = await this.#upscaler();
      const picture = await upscaler.inspect(source, { signal });
      this.picture = { ...picture, name, demo, file: typeof source === "string" ? undefined : source };
      this.part = undefined;
      this.result = undefined;
      this.truth.forget();
      this.verification.expected = undefined;
      await this.#stage.showPicture(picture.imageData, description, signal);
      this.#ready();
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** What is enlarged: the picture, or a part of it. */
  get source(): LoadedPicture | undefined {
    return this.part ?? this.picture;
  }

  /** Enlarges a part of the picture at once, or goes back to all of it. */
  async setRegion(region: Area | undefined): Promise<void> {
    if ((await this.#cut(region)) && region && this.zoomIsValid && this.networkIsTrained) await this.run();
  }

  /** Whether the part could be cut out. */
  async #cut(region: Area | undefined): Promise<boolean> {
    const { picture } = this;
    if (!picture) return false;
    const { signal } = this.#begin("loading", region ? "Cutting out the part…" : "Going back to the whole picture…");
    try {
      const { name, demo, file } = picture;
      const cut = region && (await (await this.#upscaler()).crop(picture, region, { signal }));
      this.part = cut && { ...cut, area: region, name: `${name}-part`, demo, file };
      this.result = undefined;
      this.truth.forget();
      this.#stage.hideResult();
      this.#stage.region = region;
      this.#ready();
      return true;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return false;
    }
  }

  setZoom(zoom: number): void {
    this.zoom = zoom;
    this.#followZoom();
    this.#settingChanged();
  }

  setModel(model: string): void {
    this.model = model;
    this.modelIsChosen = true;
    this.#untrained = undefined;
    this.#settingChanged();
  }

  /** The hyper-parameters of the moment; undefined where the model is no SplitSR network. */
  get network(): SplitSrConfig | undefined {
    return this.#untrained ?? configOf(this.models.find(({ name }) => name === this.model));
  }

  /** Whether there are weights for `network`. Without, nothing is enlarged: random weights make no picture. */
  get networkIsTrained(): boolean {
    return this.#untrained === undefined;
  }

  setNetwork(change: NetworkChange): void {
    this.#chooseNetwork(change);
    this.#settingChanged();
  }

  /** Takes the model that was trained with the hyper-parameters, if there is one. */
  #chooseNetwork(change: NetworkChange): void {
    if (!this.network) return;
    const network = { ...this.network, ...change };
    const trained = trainedWith(network, this.models);
    this.modelIsChosen = true;
    this.#untrained = trained ? undefined : network;
    if (trained) this.model = trained.name;
  }

  #followZoom(): void {
    if (!this.modelIsChosen && this.zoomIsValid) this.model = modelFor(this.zoom, this.models)?.name ?? this.model;
  }

  setBackend(backend: Backend): void {
    this.backend = backend;
    this.#settingChanged();
  }

  setFormat(format: Format, quality = this.quality): void {
    this.format = format;
    this.quality = quality;
    this.batch?.forget();
    this.#render();
  }

  keepMetadata(is: boolean): void {
    this.keepsMetadata = is;
    this.batch?.forget();
    this.#render();
  }

  /** The result's size at the chosen zoom. */
  get target(): { width: number; height: number } | undefined {
    const { source } = this;
    if (!source) return undefined;
    const side = (pixels: number) => Math.max(1, Math.round(pixels * this.zoom));
    return { width: side(source.width), height: side(source.height) };
  }

  get busy(): boolean {
    return this.status.state === "loading" || this.status.state === "working";
  }

  get zoomIsValid(): boolean {
    return this.zoom >= MIN_ZOOM && this.zoom <= MAX_ZOOM;
  }

  async run(): Promise<void> {
    const { source: picture, target, zoom } = this;
    if (!picture || !target) return;
    const { signal } = this.#begin("working", `Enlarging to ${sizeText(target)}…`);
    try {
      const upscaler = await this.#upscaler();
      signal.throwIfAborted();
      const onProgress = ({ fraction }: { fraction: number }) => this.#showProgress(fraction, signal);
      this.result = undefined;
      this.verification.forget();
      this.comparison.forget();
      this.#stage.hideRival();
      this.#stage.expectResult(target, `${upscaler.model.name} ×${zoom}`);
      const onPart = (part: Part) => {
        if (!signal.aborted) this.#stage.showPart(part);
      };
      const upscaled = await upscaler.upscale(picture, { scale: zoom, signal, onProgress, onPart });
      await this.#stage.showResult(upscaled.imageData(), signal);
      this.result = { upscaled, zoom };
      if (this.comparison.rival !== ORIGINAL) await this.#showRival(upscaler, picture, upscaled, signal);
      this.#done(upscaled);
    } catch (error) {
      if (signal.aborted) return;
      this.#stage.hideResult();
      this.#fail(error);
    }
  }

  #done(upscaled: UpscaleResult): void {
    this.#set("done", `Done in ${timeText(upscaled.report.milliseconds)}: ${sizeText(upscaled)}.`);
  }

  setRival(rival: string): void {
    this.comparison.rival = rival;
    void this.#compare();
  }

  showDifference(is: boolean): void {
    this.comparison.showsDifference = is;
    void this.#compare();
  }

  /** Shows the rival that is chosen now beside the result that is there. */
  async #compare(): Promise<void> {
    const { result, source: picture } = this;
    if (!result || !picture) {
      this.#writeLink();
      return;
    }
    await this.#working("Comparing…", async (upscaler, signal) => {
      await this.#showRival(upscaler, picture, result.upscaled, signal);
      this.#done(result.upscaled);
    });
  }

  async #showRival(
    upscaler: Upscaler,
    picture: LoadedPicture,
    upscaled: UpscaleResult,
    signal: AbortSignal,
  ): Promise<void> {
    const label = rivalLabel(this.comparison.rival);
    if (this.comparison.rival !== ORIGINAL) this.#set("working", `Comparing with ${label}…`);
    const { width, height } = upscaled;
    const onProgress = (fraction: number) => this.#showProgress(fraction, signal);
    const task: Task = { upscaler, picture, size: { width, height }, backend: this.backend, signal, onProgress };
    await this.comparison.show(this.#stage, label, upscaled.imageData(), task);
  }

  /** Makes the result again in the way that gives the same bits everywhere. */
  async verify(): Promise<void> {
    const { result, source: picture } = this;
    if (!result || !picture) return;
    await this.#working("Verifying: enlarging again, exactly…", async (upscaler, signal) => {
      const onProgress = (fraction: number) => this.#showProgress(fraction, signal);
      await this.verification.run(upscaler, picture, result.upscaled, { signal, onProgress });
      this.#done(result.upscaled);
    });
  }

  /** Enlarges the pictures of the batch and saves them as one file; what fails is told beside its name. */
  async runBatch(): Promise<void> {
    const { batch, zoom, format, quality, keepsMetadata } = this;
    if (!batch) return;
    await this.#working("Enlarging all…", async (upscaler, signal) => {
      const onProgress = (fraction: number, text: string) => this.#showProgress(fraction, signal, text);
      await batch.run({ upscaler, zoom, format, quality, keepsMetadata, signal, onProgress });
      if (batch.done > 0) save(await batch.zip(zoom, format), `pictures-${zoom}x.zip`);
      const failed = batch.failed > 0 ? ` ${batch.failed} could not be enlarged: see the list.` : "";
      this.#set(batch.done > 0 ? "done" : "error", `Saved ${batch.done} of ${batch.items.length} pictures.${failed}`);
    });
  }

  setTruthScale(scale: number): void {
    this.truth.scale = scale;
    this.truth.forget();
    this.#render();
  }

  async scoreAgainstTruth(): Promise<void> {
    const { source: picture, models, backend } = this;
    if (!picture) return;
    await this.#working("Shrinking the picture…", async (upscaler, signal) => {
      const onNext = (name: string, fraction: number) => this.#showProgress(fraction, signal, `Scoring ${name}…`);
      await this.truth.run({ upscaler, picture, models, backend }, signal, onNext);
      if (this.result) this.#done(this.result.upscaled);
      else this.#set("idle", "Scored: the table is below.");
    });
  }

  /** Says what is done while it is done, and what goes wrong in it. */
  async #working(text: string, work: (upscaler: Upscaler, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#begin("working", text);
    try {
      const upscaler = await this.#upscaler();
      signal.throwIfAborted();
      await work(upscaler, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #showProgress(fraction: number, signal: AbortSignal, text = this.status.text): void {
    if (signal.aborted) return;
    this.status = { state: "working", text };
    this.progress = fraction;
    this.#render();
  }

  cancel(): void {
    this.#giveUp();
    this.#set("idle", "Cancelled.");
  }

  /** Ends what runs. A comparison that is given up leaves the result. */
  #giveUp(): void {
    this.#current.abort();
    this.comparison.forget();
    if (this.result) this.#stage.hideRival();
    else this.#stage.hideResult();
  }

  async download(): Promise<void> {
    const { result, source: picture, format, quality } = this;
    if (!result || !picture) return;
    try {
      const metadataOf = this.keepsMetadata ? picture.file : undefined;
      const file = await result.upscaled.blob(format.type, quality, { metadataOf });
      save(file, `${picture.name}-${result.zoom}x.${format.ending}`);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The address of this state. */
  get link(): string {
    return location.href.replace(/#.*$/, "") + this.#fragment();
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.link);
      this.linkCopied = true;
      this.#render();
      setTimeout(() => {
        this.linkCopied = false;
        this.#render();
      }, 2000);
    } catch {
      this.#set(
        "error",
        "The browser does not allow copying here. Copy the address of this page instead: it is the link.",
      );
    }
  }

  /** Whether the link holds what is enlarged. */
  get isInLink(): boolean {
    return this.picture?.demo !== undefined || this.#packed?.source === this.source;
  }

  /** Puts what is enlarged, which must be small, into the link. */
  async putIntoLink(): Promise<void> {
    const { source } = this;
    if (!source) return;
    try {
      this.#packed = { source, text: await packPicture(source.imageData) };
      this.#writeLink();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fragment(): string {
    const { model, zoom, picture, network } = this;
    const backend = this.backend === "auto" ? undefined : this.backend;
    const packed = this.isInLink ? this.#packed?.text : undefined;
    // Of one's own picture the link holds what is enlarged, and that alone.
    const view = picture?.demo ? this.#stage.view : undefined;
    const { rival, showsDifference } = this.comparison;
    const comparison = rival === ORIGINAL ? {} : { rival, difference: showsDifference };
    const region = picture?.demo ? this.part?.area : undefined;
    const sums = this.isInLink && this.result ? this.verification.found : undefined;
    return formatLink({
      demo: picture?.demo,
      packed,
      model,
      network,
      zoom,
      backend,
      view,
      sums,
      region,
      ...comparison,
    });
  }

  /** Keeps the address up to date, without an entry in the history for each change. */
  #writeLink(): void {
    history.replaceState(null, "", this.link);
    this.#render();
  }

  /** Whether the engine is for the settings of the moment. */
  get #engineFits(): boolean {
    return this.#engine?.model === this.model && this.#engine.backend === this.backend;
  }

  /** The engine with the chosen model, on the chosen device. The one before is ended, and its result, which it could no longer save, with it. */
  async #upscaler(): Promise<Upscaler> {
    const { model, backend } = this;
    if (!this.#engine || !this.#engineFits) {
      this.#engine?.upscaler.then(
        (upscaler) => upscaler.destroy(),
        () => undefined,
      );
      this.result = undefined;
      this.#stage.hideResult();
      this.#engine = { model, backend, upscaler: createUpscaler({ model, backend }) };
    }
    const { upscaler } = this.#engine;
    try {
      return await upscaler;
    } catch (error) {
      // So that the next attempt starts afresh, with the connection back for example.
      if (this.#engine.upscaler === upscaler) this.#engine = undefined;
      throw error;
    }
  }

  #begin(state: "loading" | "working", text: string): AbortController {
    this.#current.abort();
    this.#current = new AbortController();
    this.progress = 0;
    this.#set(state, text);
    return this.#current;
  }

  #settingChanged(): void {
    this.batch?.forget();
    // Another setting than the link's gives another result.
    this.verification.expected = undefined;
    if (this.status.state === "working") this.#giveUp();
    if (this.status.state !== "loading") this.#ready();
  }

  /** Finds out what the run would take, and whether it fits. */
  async #estimate(): Promise<void> {
    const { source: picture, zoom, model, backend } = this;
    if (!picture) return;
    const isCurrent = () =>
      this.source === picture && this.zoom === zoom && this.model === model && this.backend === backend;
    // While the slider moves, each step is old at once.
    await new Promise((resolve) => setTimeout(resolve, SETTLED));
    // An engine for another model would end the one that can still save the result.
    if (!isCurrent() || (this.result && !this.#engineFits)) return;
    try {
      const estimate = await (await this.#upscaler()).estimate(picture, { scale: zoom });
      if (!isCurrent()) return;
      this.estimate = estimate;
      this.#render();
    } catch (error) {
      // What else is wrong, the run tells.
      const tooLarge = error instanceof UpscaleError && error.code === "too-large";
      if (tooLarge && isCurrent() && this.status.state === "idle") this.#fail(error);
    }
  }

  /** Finds out what the network of the moment costs. */
  async #describe(): Promise<void> {
    const { network } = this;
    this.networkFacts = undefined;
    if (!network) return;
    try {
      // Any engine can tell; one for the model of the moment would end the one that can still save the result.
      const upscaler = await (this.#engine?.upscaler ?? this.#upscaler());
      const facts = await upscaler.describe(network);
      const same = this.network && JSON.stringify(this.network) === JSON.stringify(network);
      if (!same) return;
      this.networkFacts = facts;
      this.#render();
    } catch {
      // An engine that does not start is told of by the picture that needs it.
    }
  }

  #ready(): void {
    const { source: picture, target } = this;
    this.estimate = undefined;
    void this.#describe();
    if (picture && this.zoomIsValid && this.networkIsTrained) void this.#estimate();
    if (!this.zoomIsValid) this.#set("error", `Choose a zoom from ${MIN_ZOOM} to ${MAX_ZOOM}.`);
    else if (!this.networkIsTrained) this.#set("idle", UNTRAINED);
    else if (picture && target) this.#set("idle", `Ready: ${sizeText(picture)} to ${sizeText(target)}.`);
    else this.#set("idle", "Choose a picture to begin.");
  }

  #set(state: Status["state"], text: string): void {
    this.status = { state, text };
    // Before the models are known the address is still to be read, and an invalid zoom is not for sharing.
    if (this.models.length > 0 && this.zoomIsValid && state !== "loading") this.#writeLink();
    else this.#render();
  }

  #fail(error: unknown): void {
    this.#set("error", error instanceof Error ? error.message : String(error));
  }
}
