/** A fine-tuning: its phases, what is stored of it, and what happens to its model. */
import {
  defaultSettings,
  fineTune,
  MIN_LR_PATCH,
  readModel,
  type ModelEntry,
  type SplitSrConfig,
  type TuneResult,
  type TuneSettings,
} from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import { freeName, nameTrouble } from "../session/own-models.ts";
import type { Session } from "../session/session.ts";
import { readPictures, removeTuning, type StoredTuning } from "../session/storage.ts";
import { modelLabel } from "../shared/model-names.ts";
import { save } from "../shared/save.ts";
import { durationText } from "../shared/text.ts";
import { lock } from "./lock.ts";
import { gainOf, outcome } from "./outcome.ts";
import { Pictures } from "./pictures.ts";
import { Curve } from "./plots.ts";
import { storeCheckpoint, type Phase, type Run } from "./run.ts";
import { newNetworkSettings, trainableOf } from "./settings.ts";
import { spanText } from "./span.ts";
import { t, whole } from "../shared/words.ts";

/**
 * Milliseconds between two checkpoints. With a step, a scoring and the writing, at most 30 seconds
 * are lost.
 */
const CHECKPOINT_INTERVAL_MS = 20_000;

/** The side of the picture that measures the model's speed, in pixels. */
const PROBE = 128;
/**
 * A step takes this many times what the same pixels take to be enlarged: 1.5 to 2.8 were measured
 * with three models on two cores, and scoring comes on top.
 */
const [MIN_COST, MAX_COST] = [1.5, 4];

/** The dialog, as far as a fine-tuning knows it. */
interface FineTuneView {
  draw(): void;
  /** Draws progress, not too often. */
  drawSoon(): void;
  drawPhase(): void;
  close(): void;
}

/** The model that was saved last, the one that was used before, and how good the new one is. */
export interface SavedModel {
  name: string;
  before: string;
  text: string;
}

/** The part of the panel that is notified about a fine-tuning. */
export interface Launcher {
  onSaved(saved: SavedModel | undefined): void;
  /** Finds the stored fine-tunings that do not run here. */
  findWaiting(): Promise<void>;
}

export class FineTuning {
  phase: Phase = "setup";
  run: Run | undefined;
  readonly pictures: Pictures;
  settings: TuneSettings = defaultSettings;
  /** The new model's name, if the visitor chose one. */
  #name: string | undefined;
  /** The reason why the run cannot start, or why it ended. */
  error = "";
  /** Whether the visitor is asked to confirm that the run is discarded. */
  confirms = false;
  isSaving = false;

  /** Milliseconds for each pixel that the model enlarges on this device; undefined until known. */
  #pixelMs: { start: ModelEntry; ms: number } | undefined;
  readonly #session: Session;
  readonly #commands: Commands;
  readonly #launcher: Launcher;
  readonly #view: FineTuneView;
  #keeping: Promise<void> = Promise.resolve();

  constructor(session: Session, commands: Commands, launcher: Launcher, view: FineTuneView) {
    this.#session = session;
    this.#commands = commands;
    this.#launcher = launcher;
    this.#view = view;
    this.pictures = new Pictures(
      (file) => commands.inspect(file),
      () => {
        // The new pictures may have solved the problem.
        if (!this.isBusy) this.error = "";
        view.draw();
      },
    );
  }

  /**
   * Called before the dialog is shown: settings that the visitor has not changed become the best
   * ones.
   */
  prepare(): void {
    if (!this.isBusy) this.error = "";
    if (this.settings === defaultSettings || this.settings === newNetworkSettings) {
      this.settings = this.network ? newNetworkSettings : defaultSettings;
    }
    void this.#timePixels();
  }

  /** Finds out how fast the model is, if its engine runs on the processor and can measure it. */
  async #timePixels(): Promise<void> {
    const { start, network } = this;
    const { engine, backend, choice, result } = this.#session;
    this.#pixelMs = undefined;
    const device = backend === "auto" ? result?.upscaled.report.backend : backend;
    if (!start || network || device !== "cpu" || !engine.fits(choice.source(start.name), backend)) return;
    const estimate = await engine.any
      ?.then((upscaler) => upscaler.estimate({ width: PROBE, height: PROBE }, { scale: start.scale }))
      .catch(() => undefined);
    if (!estimate || this.start !== start) return;
    this.#pixelMs = { start, ms: estimate.milliseconds / PROBE ** 2 };
    this.#view.draw();
  }

  /** How long the training may take, in words; empty where there is no model. */
  get forecast(): string {
    const { start, network } = this;
    if (!start) return "";
    if (network || this.#pixelMs?.start !== start) return t("How long it takes is known after the first steps.");
    const { patch, batch, steps } = this.settings;
    const seconds = (steps * batch * (patch / start.scale) ** 2 * this.#pixelMs.ms) / 1000;
    return t`It may take ${spanText(MIN_COST * seconds, MAX_COST * seconds)} on this device.`;
  }

  /** The model that a new run starts from. */
  get start(): ModelEntry | undefined {
    return this.#session.choice.trained;
  }

  /** The network to train, if it differs from that of `start`. */
  get network(): SplitSrConfig | undefined {
    return this.#session.choice.newNetwork;
  }

  /**
   * The minimum side of a picture, in pixels. Patches are as small as the smallest picture allows.
   */
  get minSide(): number {
    return MIN_LR_PATCH * (this.start?.scale ?? 4);
  }

  get #takenNames(): string[] {
    return this.#session.models.map(({ name }) => name);
  }

  /** The new model's name. */
  get name(): string {
    // A model that was fine-tuned twice gets a number, not a second suffix.
    const base = (this.start?.name ?? "model").replace(/-(tuned|variant)(-\d+)?$/, "");
    return this.#name ?? freeName(`${base}-${this.network ? "variant" : "tuned"}`, this.#takenNames);
  }

  setName(name: string): void {
    this.#name = name;
    this.#view.draw();
  }

  get nameTrouble(): string {
    return nameTrouble(this.name, this.#takenNames);
  }

  setSettings(settings: TuneSettings): void {
    this.settings = settings;
    this.#view.draw();
  }

  /** Whether there is a run. */
  get isBusy(): boolean {
    return this.phase !== "setup";
  }

  /** The progress, from 0 to 1. */
  get fraction(): number {
    const { run } = this;
    return run ? run.step / run.settings.steps : 0;
  }

  /** The progress in one line. */
  get line(): string {
    const { run, phase } = this;
    if (!run) return "";
    const step = t`step ${whole(run.step)} of ${whole(run.settings.steps)}`;
    switch (phase) {
      case "starting":
        return t`${run.name}: reading the pictures and scoring ${modelLabel(run.from)}…`;
      case "running":
        return `${run.name}: ${step}${this.timeLeft}`;
      case "done":
        return t`${run.name} is done but not saved yet.`;
      default:
        return phase === "stopping" ? t`${run.name}: finishing at ${step}` : t`${run.name}: paused at ${step}`;
    }
  }

  get timeLeft(): string {
    const { run } = this;
    if (!run || run.stepsPerSecond <= 0) return "";
    return t`, ${durationText((run.settings.steps - run.step) / run.stepsPerSecond)} left`;
  }

  async begin(): Promise<void> {
    const { start, network, pictures, name } = this;
    if (!start || this.phase !== "setup") return;
    await pictures.ready;
    // A second click must not start a second run.
    if (this.isBusy) return;
    this.error = pictures.trouble(this.minSide) || this.nameTrouble;
    if (this.error) {
      this.#view.draw();
      return;
    }
    const canTrain = !network && trainableOf(start).some(([value]) => value === this.settings.trained);
    const settings: TuneSettings = { ...this.settings, network, ...(!canTrain && { trained: "all" }) };
    await this.#start({
      id: `${Date.now()}-${Math.random()}`,
      name,
      from: start.name,
      source: this.#session.choice.source(start.name),
      settings,
      pictures: pictures.all.map(({ file }) => file),
      picturesAreStored: false,
      step: 0,
      losses: new Curve(),
      scores: [],
    });
  }

  /** Resumes a stored run. */
  async resumeStored(stored: StoredTuning): Promise<void> {
    if (this.phase !== "setup") return;
    const { id, name, from, fromFile, settings, step, checkpoint, history } = stored;
    const pictures = await readPictures(id).catch((error: unknown) => error as Error);
    if (this.isBusy) return;
    if (pictures instanceof Error || pictures.length === 0) {
      const isError = pictures instanceof Error;
      this.error = isError
        ? pictures.message
        : t`The pictures of ${name} are no longer on this device, so it cannot be resumed. Discard it and start again.`;
      this.#view.draw();
      return;
    }
    const source = fromFile ?? this.#session.choice.source(from);
    const losses = new Curve(history.losses);
    const scores = [...history.scores];
    await this.#start(
      { id, name, from, source, settings, pictures, picturesAreStored: true, step, losses, scores },
      checkpoint,
    );
  }

  async #start(
    begun: Pick<
      Run,
      "id" | "name" | "from" | "source" | "settings" | "pictures" | "picturesAreStored" | "step" | "losses" | "scores"
    >,
    checkpoint?: Blob,
  ): Promise<void> {
    const run: Run = {
      ...begun,
      before: this.#session.model,
      abort: new AbortController(),
      tuning: undefined,
      stepsPerSecond: 0,
      score: undefined,
      result: undefined,
      checkpointStep: checkpoint ? begun.step : undefined,
      checkpointTime: performance.now(),
      isSaved: false,
      trouble: "",
      release: () => undefined,
    };
    this.run = run;
    this.error = "";
    this.confirms = false;
    this.#launcher.onSaved(undefined);
    this.#enter("starting");
    void this.#launcher.findWaiting();
    try {
      const release = await lock(run.id);
      if (!release) throw new Error(t`${run.name} is already being fine-tuned in another window.`);
      if (this.run !== run) {
        release();
        return;
      }
      run.release = release;
      const tuning = await fineTune({
        model: run.source,
        name: run.name,
        pictures: run.pictures,
        settings: run.settings,
        backend: this.#session.backend,
        signal: run.abort.signal,
        onStep: ({ step, loss, stepsPerSecond }) => {
          // A worker that died is replaced by one that resumes from an earlier step.
          if (step <= run.step) {
            run.losses.cut(step);
            run.scores = run.scores.filter(([at]) => at < step);
          }
          run.step = step;
          run.stepsPerSecond = stepsPerSecond;
          run.losses.add(step, loss);
          if (performance.now() - run.checkpointTime >= CHECKPOINT_INTERVAL_MS) this.keep();
          this.#view.drawSoon();
        },
        onScore: (score) => {
          run.score = score;
          run.scores.push([score.step, score.psnrY]);
          this.#view.drawSoon();
        },
        ...(checkpoint && { checkpoint }),
      });
      if (this.run !== run) return; // its signal has ended the tuning
      run.tuning = tuning;
      if (run.scores.length === 0) run.scores.push([0, tuning.info.firstPsnrY]);
      if (this.phase === "starting") this.#enter("running");
      // A page that is closed at once can then resume.
      this.keep();
      tuning.done.then(
        (result) => this.#finish(run, result),
        (error: unknown) => this.#fail(run, error),
      );
    } catch (error) {
      this.#fail(run, error);
    }
  }

  #finish(run: Run, result: TuneResult): void {
    if (this.run !== run) return;
    run.result = result;
    this.#enter("done");
    this.keep();
  }

  #fail(run: Run, error: unknown): void {
    if (this.run !== run) return;
    this.error = error instanceof Error ? error.message : String(error);
    if (run.checkpointStep !== undefined)
      this.error += ` ${t`The checkpoint from step ${whole(run.checkpointStep)} is still stored.`}`;
    this.#end(run);
    void this.#launcher.findWaiting();
  }

  /** Ends the run; what is stored of it stays. */
  #end(run: Run): void {
    run.abort.abort();
    run.tuning?.destroy();
    run.release();
    this.run = undefined;
    this.#name = undefined;
    this.confirms = false;
    this.#enter("setup");
  }

  async pause(): Promise<void> {
    const { run } = this;
    if (!run?.tuning || this.phase !== "running") return;
    this.#enter("pausing");
    await run.tuning.pause().catch(() => undefined);
    // The run may have taken its last step meanwhile.
    const isStill = (phase: Phase) => this.run === run && this.phase === phase;
    if (!isStill("pausing")) return;
    this.#enter("paused");
    this.keep();
  }

  resume(): void {
    if (this.phase !== "paused") return;
    this.run?.tuning?.resume();
    this.#enter("running");
  }

  /** Ends the run with the best model so far. */
  stop(): void {
    const { run } = this;
    if (this.phase === "starting" && run) {
      this.#end(run);
      void this.#launcher.findWaiting();
      return;
    }
    if (!run?.tuning || this.phase === "stopping") return;
    this.#enter("stopping");
    // `done` reports the outcome.
    run.tuning.stop().catch(() => undefined);
  }

  confirmDiscard(confirms: boolean): void {
    this.confirms = confirms;
    this.#view.draw();
  }

  /** Discards the new model and goes back to the one before. */
  async discard(): Promise<void> {
    const { run } = this;
    const session = this.#session;
    if (!run) return;
    this.#end(run);
    await this.#keeping;
    await removeTuning(run.id).catch(() => undefined);
    if (run.isSaved) {
      const wasChosen = session.model === run.name;
      await this.#commands.removeModel(run.name);
      if (wasChosen && session.choice.entryOf(run.before)) this.#commands.setModel(run.before);
    }
    await this.#launcher.findWaiting();
  }

  /** Saves the result, or the best model so far, as one of the visitor's models. */
  async save(): Promise<void> {
    const { run } = this;
    if (!run?.tuning || this.isSaving || this.phase === "stopping") return;
    this.isSaving = true;
    this.#view.draw();
    // Decided now, because the last step may be taken meanwhile.
    const isFinal = run.result !== undefined;
    try {
      const result = run.result ?? (await run.tuning.best());
      const entry = await readModel(result.model);
      // The run may have been discarded meanwhile.
      if (this.run !== run) return;
      const { own, models } = this.#session;
      const isOther = run.settings.network !== undefined;
      const tuned = { from: run.from, step: result.step, gain: gainOf(run.tuning, result), isOther };
      const model = { entry: { ...entry, name: run.name }, file: result.model, tuned };
      // Another window may have a model of this name.
      if (run.isSaved) run.trouble = await own.replace(model);
      else ({ name: run.name, trouble: run.trouble } = await own.keep(model, models));
      run.isSaved = true;
      const { name } = run;
      if (isFinal) this.#commands.setModel(name);
      if (!isFinal || run.trouble) return;
      this.#launcher.onSaved({
        name,
        before: run.before,
        text: `${t("It is now the selected model.")} ${outcome(run.tuning, result)}`,
      });
      this.#end(run);
      this.#view.close();
      // Once the model is stored and the run has ended, so that no checkpoint comes after it.
      await this.#keeping;
      await removeTuning(run.id).catch(() => undefined);
    } catch (error) {
      run.trouble = (error as Error).message;
    } finally {
      this.isSaving = false;
      this.#view.draw();
      this.#session.changed();
    }
  }

  async download(): Promise<void> {
    const { run } = this;
    if (!run?.tuning) return;
    try {
      const { model } = run.result ?? (await run.tuning.best());
      save(model, `${run.name}.safetensors`);
    } catch (error) {
      run.trouble = (error as Error).message;
      this.#view.draw();
    }
  }

  /** Stores a checkpoint, after the one before. If that fails, the run continues. */
  keep(): void {
    const { run } = this;
    if (!run?.tuning) return;
    // Steps that come meanwhile must not store again.
    run.checkpointTime = performance.now();
    this.#keeping = this.#keeping.then(() => this.#keepNow(run));
  }

  async #keepNow(run: Run): Promise<void> {
    if (this.run !== run) return;
    try {
      await storeCheckpoint(run);
    } catch (error) {
      if (this.run !== run) return;
      run.trouble = `${(error as Error).message} ${t("Training continues. Download the model to keep it.")}`;
    }
    this.#view.drawSoon();
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    this.#view.drawPhase();
  }
}
