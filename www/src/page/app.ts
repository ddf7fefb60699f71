/** What the page knows and does; how it looks is in `view.ts`. */
import {
  DEFAULT_MODEL,
  listModels,
  MAX_ZOOM,
  UpscaleError,
  type Area,
  type Backend,
  type Estimate,
  type ModelEntry,
  type NetworkFacts,
  type Part,
  type SourcePicture,
  type UpscaleResult,
  type Upscaler,
} from "../module/splitsr.ts";
import { Activity, type WorkOptions } from "./activity.ts";
import { Arrival } from "./arrival.ts";
import type { Batch } from "./batch.ts";
import { ModelChoice } from "./choice.ts";
import { Comparison, type Task } from "./compare.ts";
import { demoUrl, type Demo } from "./demos.ts";
import { EngineSlot } from "./engines.ts";
import { png, resultName, write, type Format } from "./formats.ts";
import { MIN_ZOOM, USUAL_QUALITY, USUAL_ZOOM } from "./link.ts";
import { untrainedText, type NetworkChange } from "./network.ts";
import { OwnModels } from "./own-models.ts";
import { cutPart, LivePart } from "./part.ts";
import type { LoadedPicture, PictureOrigin, PicturePart } from "./picture.ts";
import { rivalLabel } from "./rivals.ts";
import { save } from "./save.ts";
import { Share } from "./share.ts";
import { Speeds } from "./speeds.ts";
import type { Stage } from "./stage.ts";
import { roundZoom, sizeText, timeText } from "./text.ts";
import { Truth } from "./truth.ts";
import { TuningDoor } from "./tuning-door.ts";
import { Verification } from "./verify.ts";

/** Milliseconds after which a setting is what the visitor wants. */
const SETTLED = 200;

export class App {
  readonly activity = new Activity(
    () => this.#writeLink(),
    () => this.#render(),
  );
  readonly own = new OwnModels();
  readonly choice = new ModelChoice(this.own);
  readonly door = new TuningDoor(this);
  /** Of the network of the moment; undefined until that is known. */
  networkFacts: NetworkFacts | undefined;
  zoom = USUAL_ZOOM;
  backend: Backend = "auto";
  picture: LoadedPicture | undefined;
  /** Several pictures that were opened together; `picture` is the first of them that can be read. */
  batch: Batch | undefined;
  /** The part of the picture that is enlarged alone. */
  part: PicturePart | undefined;
  /** What the run would take; undefined until that is known. */
  estimate: Estimate | undefined;
  result: { upscaled: UpscaleResult; zoom: number; model: string } | undefined;
  readonly comparison = new Comparison();
  readonly speeds = new Speeds();
  readonly truth = new Truth();
  readonly verification = new Verification();
  format: Format = png;
  /** Of a lossy format, 1 to 100. */
  quality = USUAL_QUALITY;
  /** Whether the file's EXIF metadata goes into the download. */
  keepsMetadata = false;
  linkCopied = false;

  readonly share: Share;
  readonly arrival: Arrival;
  readonly #stage: Stage;
  readonly #render: () => void;
  readonly #engine = new EngineSlot();
  readonly #live = new LivePart(this);
  #moved = 0;

  constructor(stage: Stage, render: (app: App) => void) {
    this.#stage = stage;
    this.share = new Share(this, stage);
    this.arrival = new Arrival(this, stage);
    this.#render = () => render(this);
    stage.onMove = () => {
      // Browsers limit how often the address may change.
      clearTimeout(this.#moved);
      this.#moved = window.setTimeout(() => this.#writeLink(), 250);
    };
    stage.onRegion = (region, moving) => void (region && moving ? this.#live.follow(region) : this.setRegion(region));
  }

  /** Loads the list of models, and then what the link asks for. */
  async start(): Promise<void> {
    this.#render();
    try {
      const [models] = await Promise.all([listModels(), this.own.load()]);
      const model = models.find(({ name }) => name === DEFAULT_MODEL) ?? models[0];
      if (!model) throw new UpscaleError("model", "This copy of the page has no models: models/index.json is empty.");
      this.choice.shipped = models;
      this.choice.name = model.name;
    } catch (error) {
      this.activity.fail(error);
      return;
    }
    await this.arrival.openLink(location.hash);
  }

  /** Gets the engine ready while the visitor looks for a picture. If it cannot start, the first picture tells. */
  async warmUp(): Promise<void> {
    // Not one for the settings of the moment: it would end the one that can still save a result.
    await this.#anyEngine().catch(() => undefined);
    if (!this.networkFacts) await this.#describe();
  }

  async openDemo({ id, description }: Demo): Promise<void> {
    await this.open(demoUrl(id), { name: id, description, demo: id });
  }

  /** Shows a picture. It may turn out broken, or be left for another one that is opened meanwhile. */
  async open(source: Blob | string, origin: PictureOrigin): Promise<"open" | "broken" | "left"> {
    const signal = this.activity.begin("loading", `Reading ${origin.name}…`);
    try {
      const upscaler = await this.#upscaler();
      // A picture at an address is for others to reproduce, in whichever browser.
      const decoder = origin.address === undefined ? "auto" : "own";
      const picture = await upscaler.inspect(source, { signal, decoder });
      this.batch = undefined;
      this.arrival.isOver();
      this.picture = { ...picture, ...origin, file: typeof source === "string" ? undefined : source };
      this.part = undefined;
      this.result = undefined;
      this.#forget();
      await this.#stage.showPicture(picture.imageData, origin.description, signal);
      this.ready();
      return "open";
    } catch (error) {
      if (signal.aborted) return "left";
      this.activity.fail(error);
      return "broken";
    }
  }

  /** What is enlarged: the picture, or a part of it. */
  get source(): LoadedPicture | undefined {
    return this.part ?? this.picture;
  }

  /** Enlarges a part of the picture at once, or goes back to all of it. */
  async setRegion(region: Area | undefined): Promise<void> {
    const isLive = region && (await this.#live.finish(region));
    if (isLive === "outdated") return;
    if (isLive && this.result) {
      void this.#estimate();
      if (this.comparison.names.length === 0) this.#done(this.result.upscaled);
      else await this.compare();
    } else if ((await this.cut(region)) && region && this.zoomIsValid && this.choice.isTrained) await this.run();
  }

  /** Takes a part and its result, which belong together. */
  takePart(part: PicturePart, result: NonNullable<App["result"]>): void {
    this.part = part;
    this.result = result;
    // What another part would take.
    this.estimate = undefined;
    this.#forget();
    this.#stage.showRegion(part.area, result.upscaled.imageData(), `${result.model} ×${roundZoom(result.zoom)}`);
    this.#render();
  }

  /** Whether the part could be cut out. */
  async cut(region: Area | undefined): Promise<boolean> {
    const { picture } = this;
    if (!picture) return false;
    const signal = this.activity.begin(
      "loading",
      region ? "Cutting out the part…" : "Going back to the whole picture…",
    );
    try {
      this.part = region && (await cutPart(await this.#upscaler(), picture, region, signal));
      this.result = undefined;
      this.#forget();
      this.#stage.hideResult();
      this.#stage.region = region;
      this.ready();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#stage.region = this.part?.area;
      this.activity.fail(error);
      return false;
    }
  }

  /** Forgets what is known of another picture or part. Of this one the link says nothing. */
  #forget(): void {
    this.verification.forget();
    this.verification.expected = undefined;
    this.truth.forget();
    this.comparison.forget();
  }

  setZoom(zoom: number): void {
    this.zoom = zoom;
    if (this.zoomIsValid) this.choice.followZoom(zoom);
    this.#settingChanged();
  }

  get models(): ModelEntry[] {
    return this.choice.all;
  }

  /** The name of the chosen one. */
  get model(): string {
    return this.choice.name;
  }

  setModel(model: string): void {
    this.choice.choose(model);
    this.#settingChanged();
  }

  setNetwork(change: NetworkChange): void {
    this.choice.chooseNetwork(change);
    this.#settingChanged();
  }

  /** Takes a weights file of the visitor's into the list, and chooses it. */
  async addModel(file: File): Promise<void> {
    try {
      this.setModel(await this.own.add(file, this.models));
    } catch (error) {
      this.activity.fail(error);
    }
  }

  /** Takes one of the visitor's models out of the list; what it began with takes its place, where it was chosen. */
  async removeModel(name: string): Promise<void> {
    const from = this.own.named(name)?.tuned?.from;
    await this.own.remove(name);
    if (this.comparison.remove(name)) void this.compare();
    if (this.model !== name) this.#render();
    else if (from && this.choice.entryOf(from)) this.setModel(from);
    else {
      this.choice.unchoose(this.zoom);
      this.#settingChanged();
    }
  }

  async bringBackModel(): Promise<void> {
    const name = await this.own.bringBack();
    if (name) this.setModel(name);
  }

  setBackend(backend: Backend): void {
    this.backend = backend;
    this.#settingChanged();
  }

  setFormat(format: Format, quality = this.quality): void {
    this.format = format;
    this.quality = quality;
    this.batch?.forget();
    this.#writeLink();
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

  get zoomIsValid(): boolean {
    return this.zoom >= MIN_ZOOM && this.zoom <= MAX_ZOOM;
  }

  /** Whether there is a result in the end. */
  async run(): Promise<boolean> {
    const { source: picture, target, zoom, model, backend } = this;
    if (!picture || !target) return false;
    const signal = this.activity.begin("working", `Enlarging to ${sizeText(target)}…`);
    try {
      const upscaler = await this.#upscaler();
      signal.throwIfAborted();
      const onProgress = ({ fraction }: { fraction: number }) => this.activity.showProgress(fraction, signal);
      this.result = undefined;
      this.verification.forget();
      this.comparison.forget();
      this.comparison.hide(this.#stage);
      this.#stage.expectResult(target, `${model} ×${roundZoom(zoom)}`);
      const onPart = (part: Part) => {
        if (!signal.aborted) this.#stage.showPart(part);
      };
      const upscaled = await upscaler.upscale(picture, { scale: zoom, signal, onProgress, onPart });
      await this.#stage.showResult(upscaled.imageData(), signal);
      this.result = { upscaled, zoom, model };
      this.speeds.remember(model, backend, zoom, upscaled);
      await this.#showRivals(upscaler, picture, upscaled, signal);
      this.#done(upscaled);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!this.result) this.#stage.hideResult();
      this.activity.fail(error);
      return false;
    }
  }

  #done(upscaled: UpscaleResult): void {
    this.activity.say("done", `Done in ${timeText(upscaled.report.milliseconds)}: ${sizeText(upscaled)}.`);
  }

  /** Compares the result that is there with the rivals of the moment. */
  async compare(): Promise<void> {
    const { result, source: picture } = this;
    if (!result || !picture) {
      this.#writeLink();
      return;
    }
    const work = async (upscaler: Upscaler, signal: AbortSignal) => {
      await this.#showRivals(upscaler, picture, result.upscaled, signal);
      this.#done(result.upscaled);
    };
    await this.working("Comparing…", work, () => this.#anyEngine(), false);
  }

  async #showRivals(
    upscaler: Upscaler,
    picture: LoadedPicture,
    upscaled: UpscaleResult,
    signal: AbortSignal,
  ): Promise<void> {
    const { width, height } = upscaled;
    const { speeds, backend, choice } = this;
    const { source } = choice;
    const onProgress = (fraction: number) => this.activity.showProgress(fraction, signal);
    const onNext = (name: string) => this.activity.say("working", `Comparing with ${rivalLabel(name)}…`);
    const task: Task = { upscaler, picture, size: { width, height }, source, backend, signal, onProgress, speeds };
    await this.comparison.show(this.#stage, upscaled.imageData(), task, onNext);
  }

  /** Whether the result is of the settings of the moment. */
  get resultIsCurrent(): boolean {
    const { result, choice, backend } = this;
    return result?.zoom === this.zoom && result.model === this.model && this.#engine.fits(choice.source(), backend);
  }

  /** Makes the result again in the way that gives the same bits everywhere. */
  async verify(): Promise<void> {
    const { result, source: picture } = this;
    if (!result || !picture || !this.resultIsCurrent) return;
    await this.working("Verifying: enlarging again, exactly…", async (upscaler, signal) => {
      const onProgress = (fraction: number) => this.activity.showProgress(fraction, signal);
      await this.verification.run(upscaler, picture, result.upscaled, { signal, onProgress });
      this.#done(result.upscaled);
    });
  }

  /** Enlarges the pictures of the batch and saves them as one file; what fails is told beside its name. */
  async runBatch(): Promise<void> {
    const { batch, zoom, format, quality, keepsMetadata } = this;
    if (!batch) return;
    await this.working("Enlarging all…", async (upscaler, signal) => {
      const onProgress = (fraction: number, text: string) => this.activity.showProgress(fraction, signal, text);
      await batch.run({ upscaler, zoom, settings: { format, quality, keepsMetadata }, signal, onProgress });
      if (batch.done > 0) save(await batch.zip(zoom, format, signal), `${resultName("pictures", zoom)}.zip`);
      const failed = batch.failed > 0 ? ` ${batch.failed} could not be enlarged: see the list.` : "";
      this.activity.say(
        batch.done > 0 ? "done" : "error",
        `Saved ${batch.done} of ${batch.items.length} pictures.${failed}`,
      );
    });
  }

  setTruthScale(scale: number): void {
    // Scores of another scale would be lost on the visitor.
    if (this.truth.isRunning) this.cancel();
    this.truth.choose(scale);
    this.#writeLink();
  }

  async scoreAgainstTruth(): Promise<void> {
    const { source: picture, models, backend, speeds } = this;
    const { source } = this.choice;
    if (!picture) return;
    const work = async (upscaler: Upscaler, signal: AbortSignal) => {
      const onNext = (name: string, fraction: number) =>
        this.activity.showProgress(fraction, signal, `Scoring ${name}…`);
      await this.truth.run({ upscaler, picture, models, source, backend, speeds }, signal, onNext);
      if (this.result) this.#done(this.result.upscaled);
      else this.activity.say("idle", "Scored: the table is below.");
    };
    await this.working("Shrinking the picture…", work, () => (this.result ? this.#anyEngine() : this.#upscaler()));
  }

  async working(
    text: string,
    work: (upscaler: Upscaler, signal: AbortSignal) => Promise<void>,
    engine = () => this.#upscaler(),
    occupies = true,
  ): Promise<void> {
    const withEngine = async ({ signal }: WorkOptions) => {
      const upscaler = await engine();
      signal.throwIfAborted();
      await work(upscaler, signal);
    };
    await this.activity.during(text, withEngine, occupies);
  }

  cancel(): void {
    this.stop();
    this.activity.say("idle", "Cancelled.");
  }

  /** Ends what runs, and leaves it to the caller to say so. A comparison that is given up leaves the result. */
  stop(): void {
    this.activity.end();
    if (this.result) this.comparison.giveUp(this.#stage);
    else {
      this.comparison.hide(this.#stage);
      this.#stage.hideResult();
    }
    // What was marked meanwhile is not what would be enlarged.
    if (this.#stage.region !== this.part?.area) this.#stage.region = this.part?.area;
  }

  async download(): Promise<void> {
    const { result, source: picture, format } = this;
    if (!result || !picture) return;
    try {
      const file = await write(result.upscaled, this, picture.file);
      save(file, `${resultName(picture.name, result.zoom)}.${format.ending}`);
    } catch (error) {
      this.activity.fail(error);
    }
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.share.link);
      this.linkCopied = true;
      this.#render();
      setTimeout(() => {
        this.linkCopied = false;
        this.#render();
      }, 2000);
    } catch {
      this.activity.say(
        "error",
        "The browser does not allow copying here. Copy the address of this page instead: it is the link.",
      );
    }
  }

  /** Puts what is enlarged, which must be small, into the link. */
  async putIntoLink(): Promise<void> {
    const { source } = this;
    if (!source) return;
    try {
      await this.share.pack(source, await this.#anyEngine());
      this.#writeLink();
    } catch (error) {
      this.activity.fail(error);
    }
  }

  /** Keeps the address up to date, without an entry in the history for each change. */
  #writeLink(): void {
    // Before the models are known the address is still to be read, and an invalid zoom is not for sharing.
    const isLink = this.models.length > 0 && this.zoomIsValid && this.activity.status.state !== "loading";
    if (isLink) history.replaceState(null, "", this.share.link);
    this.#render();
  }

  /** The engine for the settings of the moment. The result of the one before, which could no longer save it, goes with that. */
  #upscaler(): Promise<Upscaler> {
    return this.#engine.take(this.choice.source(), this.backend, () => {
      this.result = undefined;
      this.#stage.hideResult();
    });
  }

  /** For what any engine can do: one for the model of the moment would end the one that can still save the result. */
  #anyEngine(): Promise<Upscaler> {
    return this.#engine.any ?? this.#upscaler();
  }

  /** Reads a picture that is not to be enlarged. */
  async inspect(file: Blob): Promise<SourcePicture> {
    return (await this.#anyEngine()).inspect(file);
  }

  /** Draws what has changed outside of this class. */
  refresh(): void {
    this.#render();
  }

  #settingChanged(): void {
    this.batch?.forget();
    // Another setting than the link's gives another result.
    this.verification.expected = undefined;
    if (this.activity.status.state === "working") this.stop();
    if (this.activity.status.state !== "loading") this.ready();
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
    if (!isCurrent() || (this.result && !this.#engine.fits(this.choice.source(), backend))) return;
    try {
      const estimate = await (await this.#upscaler()).estimate(picture, { scale: zoom });
      if (!isCurrent()) return;
      this.estimate = estimate;
      this.#render();
    } catch (error) {
      // What else is wrong, the run tells.
      const tooLarge = error instanceof UpscaleError && error.code === "too-large";
      if (tooLarge && isCurrent() && this.activity.status.state === "idle") this.activity.fail(error);
    }
  }

  /** Finds out what the network of the moment costs. */
  async #describe(): Promise<void> {
    const { network } = this.choice;
    const { any } = this.#engine;
    this.networkFacts = undefined;
    // Any engine can tell: see `inspect`. For that alone none is started.
    if (!network || !any) return;
    const isCurrent = () => JSON.stringify(this.choice.network) === JSON.stringify(network);
    try {
      const facts = await (await any).describe(network);
      if (!isCurrent()) return;
      this.networkFacts = facts;
      this.#render();
    } catch (error) {
      // The next engine can tell too. One that does not start is told of by the picture that needs it.
      const wasEnded = error instanceof UpscaleError && error.code === "destroyed";
      if (wasEnded && isCurrent()) await this.#describe();
    }
  }

  /** Says what can be done now. */
  ready(): void {
    const { source: picture, target } = this;
    this.estimate = undefined;
    void this.#describe();
    if (picture && this.zoomIsValid && this.choice.isTrained) void this.#estimate();
    if (!this.zoomIsValid) this.activity.say("error", `Choose a zoom from ${MIN_ZOOM} to ${MAX_ZOOM}.`);
    else if (!this.choice.isTrained) this.activity.say("idle", untrainedText(this.choice.trained));
    else if (picture && target) this.activity.say("idle", `Ready: ${sizeText(picture)} to ${sizeText(target)}.`);
    else this.activity.say("idle", "Choose a picture to begin.");
  }
}
