/**
 * Carries out the commands, with the features, the session and the viewer. Nothing below imports
 * this file.
 */
import {
  listModels,
  modelFor,
  type Area,
  type Backend,
  type CleanUp,
  type SourcePicture,
  type Upscaler,
} from "../module/core.ts";
import { Comparison } from "./compare/comparison.ts";
import { Enlarging } from "./enlarge/enlarging.ts";
import { estimate, SETTLED_MS, spendBudget } from "./enlarge/estimate.ts";
import { setReadyStatus } from "./enlarge/ready.ts";
import { ResultFile } from "./export/result-file.ts";
import { FineTuneLauncher } from "./finetune/launcher.ts";
import { parseLink } from "./link/codec.ts";
import { unpackPicture } from "./link/embedded-picture.ts";
import { Share } from "./link/share.ts";
import { describe } from "./network/describe.ts";
import { cutPart, LiveRegion } from "./open/live-region.ts";
import { Opener } from "./open/opener.ts";
import { Evaluation } from "./score/evaluation.ts";
import type { WorkOptions } from "./session/activity.ts";
import type { Commands, RunOptions } from "./session/commands.ts";
import type { NetworkChange } from "./session/hyper-parameters.ts";
import type { LinkState } from "./session/link-state.ts";
import type { LoadedPicture, PictureOrigin, PicturePart } from "./session/picture.ts";
import type { Result, Session } from "./session/session.ts";
import { demoUrl, type Demo } from "./shared/demos.ts";
import type { Format } from "./shared/formats.ts";
import { needed, sizeText, timeText, zoomText } from "./shared/text.ts";
import { t } from "./shared/words.ts";
import { Verification } from "./verify/verification.ts";
import type { Viewer } from "./viewer/viewer.ts";
import { ViewfinderLauncher } from "./viewfinder/launcher.ts";

export class App implements Commands {
  readonly session: Session;
  readonly opener: Opener;
  readonly share: Share;
  readonly comparison: Comparison;
  readonly evaluation: Evaluation;
  readonly verification: Verification;
  readonly launcher: FineTuneLauncher;
  readonly viewfinder: ViewfinderLauncher;
  readonly resultFile: ResultFile;
  readonly #viewer: Viewer;
  readonly #live: LiveRegion;
  readonly #enlarging: Enlarging;
  #resolveStarted: (() => void) | undefined;
  #loading: Promise<void> | undefined;
  readonly #started = new Promise<void>((resolve) => (this.#resolveStarted = resolve));

  constructor(session: Session, viewer: Viewer) {
    this.session = session;
    this.#viewer = viewer;
    this.opener = new Opener(session, viewer, this);
    this.comparison = new Comparison(session, viewer, this);
    this.share = new Share(session, viewer);
    this.evaluation = new Evaluation(() => session.changed());
    this.verification = new Verification(session);
    this.launcher = new FineTuneLauncher(session, this);
    this.viewfinder = new ViewfinderLauncher(session, this);
    this.resultFile = new ResultFile(session);
    this.#live = new LiveRegion(session, this);
    const engine = () => this.#engine();
    this.#enlarging = new Enlarging(session, viewer, { comparison: this.comparison, commands: this, engine });
    viewer.onMove = (isResized) => {
      this.#enlarging.inView?.moved();
      if (!isResized) this.share.writeAddress();
    };
    viewer.onRegion = (region, moving) => void (region && moving ? this.#live.follow(region) : this.#setRegion(region));
  }

  /** Loads the list of models, and then opens what the address asks for. */
  async start(): Promise<void> {
    this.session.changed();
    await this.#loadModels();
    this.#resolveStarted?.();
    await this.openLink(location.hash);
  }

  async started(): Promise<void> {
    await this.#started;
    if (this.session.choice.shipped.length > 0) return;
    this.#loading ??= this.#loadModels()
      .then(() => this.#applyAddress())
      .finally(() => (this.#loading = undefined));
    await this.#loading;
  }

  /** Applies the settings of the address, without its picture: the visitor opens another one. */
  #applyAddress(): void {
    const link = location.hash === "" ? undefined : this.#parse(location.hash);
    if (link) this.applyLink({ ...link.state, demo: undefined, embedded: undefined, address: undefined });
  }

  /** Reads an address; nothing before the models are known. */
  #parse(fragment: string): ReturnType<typeof parseLink> | undefined {
    const { models, choice } = this.session;
    if (choice.shipped.length === 0) return undefined;
    return parseLink(fragment, models, (zoom) => modelFor(zoom, choice.shipped));
  }

  async #loadModels(): Promise<void> {
    const { session } = this;
    try {
      const [models] = await Promise.all([listModels(), session.own.load()]);
      session.setShippedModels(models);
    } catch (error) {
      session.activity.fail(error);
    }
  }

  /**
   * Starts the engine while the visitor looks for a picture. If that fails, the first enlargement
   * reports it.
   */
  async warmUp(): Promise<void> {
    // Any engine will do: one for the current settings would end the one that can still save a
    // result.
    await this.#anyEngine().catch(() => undefined);
    if (!this.session.networkInfo) await describe(this.session);
  }

  async openDemo({ id, description, isJpeg }: Demo): Promise<void> {
    await this.started();
    const decoder = isJpeg && "own";
    await this.open(demoUrl(id), { name: id, description, demo: id, decoder });
  }

  async openLink(fragment: string): Promise<void> {
    const link = this.#parse(fragment);
    // `start` opens the address once the models are known.
    if (!link) return;
    const { state, complaints } = link;
    const { embedded } = state;
    await this.opener.openLink(state, complaints, embedded === undefined ? undefined : unpackPicture(embedded));
  }

  applyLink(link: LinkState): void {
    this.#rescale(() => this.session.applyLink(link));
    this.#viewer.toggles = link.toggles ?? [];
  }

  /** Scores are forgotten with their scale. */
  #rescale(change: () => void): void {
    const { evaluationScale } = this.session;
    change();
    if (this.session.evaluationScale !== evaluationScale) this.evaluation.forget();
  }

  async open(source: Blob | string, origin: PictureOrigin): Promise<"open" | "broken" | "left"> {
    const { session } = this;
    const signal = session.activity.begin("loading", t`Reading ${origin.name}…`, true);
    try {
      // Without it, pictures wait for a click.
      const loading = import("./enlarge/in-view.ts").catch(() => undefined);
      const upscaler = await this.#engineBesideResult();
      const module = await loading;
      this.#enlarging.inView ??= module && new module.InView(session, this.#viewer, this, () => this.#engine());
      const picture = await upscaler.inspect(source, { signal, decoder: origin.decoder ?? "auto" });
      // Not before: a file that cannot be read changes nothing.
      if (!origin.keepsCleanUp && !this.opener.keepsCleanUp) session.setClean("auto");
      this.opener.forgetOffer();
      this.#forget();
      session.openPicture({ ...picture, ...origin, file: typeof source === "string" ? undefined : source });
      await spendBudget(session, () => this.#engine());
      // The panel is drawn first: it passes the focus on, and leaves the viewer its space.
      await Promise.resolve();
      await this.#viewer.showPicture(picture.imageData, origin.description, signal);
      this.ready();
      return "open";
    } catch (error) {
      if (signal.aborted) return "left";
      // The run before was cancelled for it.
      this.stop();
      session.activity.fail(error);
      return "broken";
    }
  }

  /** Enlarges a part of the picture at once, or goes back to all of it. */
  async #setRegion(region: Area | undefined): Promise<void> {
    const { session } = this;
    const isLive = region && (await this.#live.finish(region));
    if (isLive === "outdated") return;
    if (isLive && session.result) {
      void estimate(session, () => this.#engine(), SETTLED_MS);
      if (session.comparison.baselines.length === 0) this.done();
      else await this.comparison.update();
    } else if ((await this.cut(region)) && region && session.zoomIsValid && session.choice.isTrained) await this.run();
  }

  showLivePart(part: PicturePart, result: Result): void {
    this.#forget();
    this.session.setPart(part, result);
    this.#viewer.showRegion(part.area, result.upscaled.imageData(), () => t`Enlarged ×${zoomText(result.zoom)}`);
    this.session.changed();
  }

  async cut(region: Area | undefined): Promise<boolean> {
    const { picture, activity } = this.session;
    if (!picture) return false;
    const text = t(region ? "Cropping the part…" : "Going back to the whole picture…");
    const signal = activity.begin("loading", text, true);
    try {
      const part = region && (await cutPart(await this.#engine(), picture, region, signal));
      this.#forget();
      this.session.setPart(part);
      this.#viewer.hideResult();
      this.#viewer.region = region;
      this.ready();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.stop();
      activity.fail(error);
      return false;
    }
  }

  /** Forgets what belongs to another picture or part. */
  #forget(): void {
    this.evaluation.forget();
    this.comparison.forget();
  }

  setZoom(zoom: number): void {
    this.#rescale(() => this.session.setZoom(zoom));
    this.#settingsChanged();
  }

  setModel(name: string): void {
    this.session.setModel(name);
    this.#settingsChanged();
  }

  clearModelChoice(): void {
    this.session.clearModelChoice();
    this.#settingsChanged();
  }

  setNetwork(change: NetworkChange): void {
    const { session } = this;
    const following = this.#enlarging.inView?.following;
    const followed = following?.followsNetwork();
    session.setNetwork(change);
    const { estimate } = session;
    if (!followed || !following?.followsNetwork()) {
      this.#settingsChanged();
      session.setEstimate(estimate);
      return;
    }
    void describe(session);
    void this.#follow();
  }

  setEffort(effort: number): void {
    const { session } = this;
    const follows = this.#enlarging.inView?.following.followsNetwork();
    session.setEffort(effort);
    if (follows) void this.#follow();
    else this.#settingsChanged();
  }

  showRungs(shows: boolean): void {
    this.session.setShowsRungs(shows);
    void this.#enlarging.drawRungs();
  }

  setElastic(name: string, { unfolds } = { unfolds: true }): void {
    this.session.setElastic(name, unfolds);
    this.#settingsChanged();
  }

  useTrained(): void {
    this.session.useTrained();
    this.#settingsChanged();
  }

  setBackend(backend: Backend): void {
    this.session.setBackend(backend);
    this.#settingsChanged();
  }

  setEnlargesAutomatically(enlargesAutomatically: boolean): void {
    this.session.setEnlargesAutomatically(enlargesAutomatically);
    if (!this.session.activity.isBusy && !this.session.resultIsCurrent) this.ready();
  }

  setClean(clean: CleanUp): void {
    const follows = this.#enlarging.inView?.following.followsCleanUp();
    this.session.setClean(clean);
    if (follows) void this.#follow();
    else this.#settingsChanged();
  }

  async #follow(): Promise<void> {
    const { session, comparison } = this;
    if (!(await this.#enlarging.inView?.following.follow())) return;
    this.#enlarging.restore();
    void estimate(session, () => this.#engine(), 0);
    // The slider may be back where it was, so that the last run was cancelled.
    if (!session.activity.isBusy) return;
    if (session.comparison.baselines.length > 0) await comparison.update();
    else this.done();
  }

  #settingsChanged(): void {
    const { activity } = this.session;
    if (activity.status.state === "working") this.stop();
    if (activity.status.state !== "loading") this.ready(SETTLED_MS);
  }

  async addModel(file: File): Promise<void> {
    const { own, models, activity } = this.session;
    try {
      this.setModel(await own.add(file, models));
    } catch (error) {
      activity.remark(error);
    }
  }

  async removeModel(name: string): Promise<void> {
    const { session } = this;
    const from = session.own.named(name)?.tuned?.from;
    await session.own.remove(name);
    if (session.comparison.baselines.includes(name)) void this.comparison.remove(name);
    if (session.model !== name) session.changed();
    else if (from && session.choice.entryOf(from)) this.setModel(from);
    else this.clearModelChoice();
  }

  async restoreModel(): Promise<void> {
    const name = await this.session.own.restore(this.session.models);
    if (name) this.setModel(name);
  }

  setFormat(format: Format, quality?: number): void {
    this.session.setFormat(format, quality);
  }

  setKeepsMetadata(keeps: boolean): void {
    this.session.setKeepsMetadata(keeps);
  }

  run(options?: RunOptions): Promise<boolean> {
    return this.#enlarging.run(options);
  }

  done(): void {
    const { result, activity } = this.session;
    if (!result) return;
    const { upscaled } = result;
    activity.setStatus("done", () => t`Done in ${timeText(upscaled.report.milliseconds)}: ${sizeText(upscaled)}.`);
  }

  async verify(): Promise<void> {
    const { session } = this;
    const { result, source: picture } = session;
    if (!result || !picture || !session.resultIsCurrent) return;
    await this.withEngine(t("Verifying: enlarging again with exact arithmetic…"), async (upscaler, signal) => {
      const onProgress = (fraction: number) => session.activity.showProgress(fraction, signal);
      await this.verification.run(upscaler, picture, result.upscaled, { signal, onProgress });
      this.done();
    });
  }

  async runBatch(): Promise<void> {
    const { batch, zoom, clean, choice, files, activity } = this.session;
    if (!batch) return;
    await this.withEngine(t("Enlarging all pictures…"), async (upscaler, signal) => {
      // Most visitors never need it.
      const { outcome, runBatch, saveBatch } = await needed(import("./batch/run.ts"));
      const onProgress = (fraction: number, text: string) => activity.showProgress(fraction, signal, text);
      await runBatch(batch, { upscaler, zoom, clean, network: choice.options, settings: files, signal, onProgress });
      await saveBatch(batch, zoom, files.format, signal);
      activity.setStatus(batch.done > 0 ? "done" : "error", outcome(batch));
    });
  }

  setEvaluationScale(scale: number): void {
    // The visitor has no use for scores at another scale.
    if (this.evaluation.isRunning) this.cancel();
    this.#rescale(() => this.session.setEvaluationScale(scale));
    this.session.changed("link");
  }

  async evaluate(): Promise<void> {
    const { source: picture, models, model, backend, speeds, choice, evaluationScale: scale, activity } = this.session;
    if (!picture) return;
    const work = async (upscaler: Upscaler, signal: AbortSignal) => {
      const onNext = (name: string, fraction: number) => activity.showProgress(fraction, signal, t`Scoring ${name}…`);
      const { source, isElastic, network, sliceInfo: cost, options, key } = choice;
      const elastic = isElastic && network ? { network, cost, settings: { key, options, clean: 0 } } : undefined;
      const task = { upscaler, picture, scale, models, chosen: model, elastic, source, backend, speeds };
      await this.evaluation.run(task, signal, onNext);
      const count = this.evaluation.scores.length;
      activity.setStatus(this.session.result ? "done" : "idle", () => t`Scored ${count} methods: see the table.`);
    };
    await this.withEngine(t("Shrinking the picture…"), work, { keepsResult: true });
  }

  async withEngine(
    text: string,
    work: (upscaler: Upscaler, signal: AbortSignal) => Promise<void>,
    { keepsResult = false, occupies = true } = {},
  ): Promise<void> {
    const workWithEngine = async ({ signal }: WorkOptions) => {
      // A run that this has cancelled may have drawn parts over the result.
      this.#enlarging.restore();
      const upscaler = await (keepsResult ? this.#engineBesideResult() : this.#engine());
      signal.throwIfAborted();
      await work(upscaler, signal);
    };
    await this.session.activity.during(text, workWithEngine, occupies);
  }

  cancel(): void {
    this.stop();
    this.session.activity.setStatus("idle", t("Cancelled."));
  }

  stop(): void {
    const viewer = this.#viewer;
    const { result, part, activity } = this.session;
    activity.end();
    // A cancelled comparison leaves the result.
    if (result) {
      this.comparison.hideUnfinished();
      this.#enlarging.restore();
    } else {
      this.comparison.hide();
      viewer.hideResult();
    }
    // A region that was marked meanwhile is not the one that would be enlarged.
    if (viewer.region !== part?.area) viewer.region = part?.area;
  }

  async copyWithPicture(): Promise<void> {
    try {
      await this.share.copyWithPicture(this.#anyEngine(), this);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.session.activity.remark(error);
    }
  }

  releasePicture(): void {
    this.share.release();
  }

  holdEmbedded(source: LoadedPicture, text: string): void {
    this.share.hold(source, text);
  }

  /**
   * The engine for the current settings. It replaces the one before, and the result that only that
   * could save.
   */
  #engine(): Promise<Upscaler> {
    const { engine, choice, backend } = this.session;
    return engine.take(choice.source(), backend, () => {
      this.session.setResult(undefined);
      this.#viewer.hideResult();
    });
  }

  /** Any engine: one for the current model would end the one that can still save the result. */
  #anyEngine(): Promise<Upscaler> {
    return this.session.engine.any ?? this.#engine();
  }

  /** An engine for work that leaves a result as it is, so that it can still be saved. */
  #engineBesideResult(): Promise<Upscaler> {
    return this.session.result ? this.#anyEngine() : this.#engine();
  }

  async inspect(file: Blob): Promise<SourcePicture> {
    return (await this.#anyEngine()).inspect(file);
  }

  ready(wait = 0): void {
    const { session } = this;
    session.setEstimate(undefined);
    void describe(session);
    setReadyStatus(session);
    this.#enlarging.inView?.end();
    if (session.source && session.zoomIsValid && session.choice.isTrained) void this.#enlarging.inView?.begin(wait);
  }
}
