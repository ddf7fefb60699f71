/** A fine-tuning in the page: what goes on, what is kept of it, and what becomes of it. How it looks is in `finetune-view.ts`. */
import { render } from "lit-html";
import {
  defaultSettings,
  fineTune,
  MIN_LR_PATCH,
  readModel,
  type ModelEntry,
  type ModelSource,
  type SplitSrConfig,
  type TuneResult,
  type TuneScore,
  type TuneSettings,
  type Tuning,
} from "../module/splitsr.ts";
import type { App } from "./app.ts";
import "./finetune.css";
import { Pictures } from "./finetune-pictures.ts";
import { Curve } from "./finetune-plots.ts";
import { newNetworkSettings, trainableOf } from "./finetune-settings.ts";
import { dialogTemplate, gainOf, outcome, paintCrops } from "./finetune-view.ts";
import { freeName, nameTrouble } from "./own-models.ts";
import { save } from "./save.ts";
import {
  isKept,
  readPictures,
  removeTuning,
  writePictures,
  writeTuning,
  type KeptTuning,
  type Point,
} from "./storage.ts";
import { lastingText } from "./text.ts";
import { hold } from "./tuning-door.ts";

/** Milliseconds between two that are kept. With a step, a scoring and the writing, no more than 30 seconds are lost. */
const KEEP_EVERY = 20_000;

/** Milliseconds between two drawings: steps come faster than anybody looks, and drawing takes time from them. */
const DRAW_DIALOG = 120;
const DRAW_PANEL = 500;

export type Phase = "setup" | "starting" | "running" | "pausing" | "paused" | "stopping" | "done";

/** One fine-tuning, from its start until its model is saved or thrown away. */
export interface Run {
  id: string;
  /** Of the new model. */
  name: string;
  /** The model that it begins with. */
  from: string;
  source: ModelSource;
  settings: TuneSettings;
  pictures: readonly File[];
  /** The model that the page used before. */
  before: string;
  abort: AbortController;
  /** Undefined until it has begun. */
  tuning: Tuning | undefined;
  step: number;
  stepsPerSecond: number;
  losses: Curve;
  scores: Point[];
  score: TuneScore | undefined;
  /** When all steps are taken, or it was stopped. */
  result: TuneResult | undefined;
  /** The step of what is kept on this device. */
  kept: number | undefined;
  /** When it was kept last, or tried to. */
  keptAt: number;
  picturesAreKept: boolean;
  /** Whether the best so far is in the list of models. */
  isSaved: boolean;
  /** Why it could not be kept. */
  trouble: string;
  /** Gives the right to this run back, which one window has. */
  release: () => void;
}

export class FineTuning {
  phase: Phase = "setup";
  run: Run | undefined;
  readonly pictures: Pictures;
  settings: TuneSettings = defaultSettings;
  /** Of the new model, if the visitor chose one. */
  #name: string | undefined;
  /** What keeps it from starting, or ended it. */
  error = "";
  /** Whether to throw the run away is asked for, but not confirmed. */
  confirms = false;
  isSaving = false;

  readonly app: App;
  readonly #dialog = document.createElement("dialog");
  #drawing = 0;
  #keeping: Promise<void> = Promise.resolve();

  constructor(app: App) {
    this.app = app;
    this.pictures = new Pictures(
      (file) => app.inspect(file),
      () => this.draw(),
    );
    const dialog = this.#dialog;
    dialog.className = "finetune";
    dialog.setAttribute("aria-labelledby", "tune-title");
    document.body.append(dialog);
    dialog.addEventListener("close", () => app.refresh());
    // What is dropped or pasted here is for this, and not for the viewer.
    dialog.addEventListener("dragover", (event) => {
      event.preventDefault();
      event.stopPropagation();
      dialog.classList.toggle("dropping", this.phase === "setup");
    });
    dialog.addEventListener("dragleave", () => dialog.classList.remove("dropping"));
    dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      dialog.classList.remove("dropping");
      this.#take(event.dataTransfer);
    });
    dialog.addEventListener("paste", (event) => {
      event.stopPropagation();
      if (event.clipboardData?.files.length) this.#take(event.clipboardData);
    });
    addEventListener("visibilitychange", () => {
      if (document.hidden) this.#keep();
    });
  }

  #take(transfer: DataTransfer | null): void {
    if (this.phase === "setup") this.pictures.add([...(transfer?.files ?? [])], this.leastSide);
  }

  show(): void {
    if (!this.isBusy) this.error = "";
    // What the visitor has not changed is as it is best.
    if (this.settings === defaultSettings || this.settings === newNetworkSettings) {
      this.settings = this.network ? newNetworkSettings : defaultSettings;
    }
    if (!this.#dialog.open) this.#dialog.showModal();
    this.draw();
    this.#dialog.querySelector<HTMLElement>("h2")?.focus();
  }

  close(): void {
    this.#dialog.close();
  }

  /** The model that a new run begins with. */
  get start(): ModelEntry | undefined {
    return this.app.choice.trained;
  }

  /** The network to train, if it is another one than `start` has. */
  get network(): SplitSrConfig | undefined {
    return this.app.choice.untrained;
  }

  /** Of a picture, in pixels: patches of smaller ones would teach nothing, and those of larger ones become as small as the smallest. */
  get leastSide(): number {
    return MIN_LR_PATCH * (this.start?.scale ?? 4);
  }

  get #takenNames(): string[] {
    return this.app.models.map(({ name }) => name);
  }

  /** Of the new model. */
  get name(): string {
    // One after another is called the same, with a number.
    const base = (this.start?.name ?? "model").replace(/-(tuned|variant)(-\d+)?$/, "");
    return this.#name ?? freeName(`${base}-${this.network ? "variant" : "tuned"}`, this.#takenNames);
  }

  setName(name: string): void {
    this.#name = name;
    this.draw();
  }

  get nameTrouble(): string {
    return nameTrouble(this.name, this.#takenNames);
  }

  setSettings(settings: TuneSettings): void {
    this.settings = settings;
    this.draw();
  }

  /** Whether there is a run. */
  get isBusy(): boolean {
    return this.phase !== "setup";
  }

  /** What part of the steps is taken. */
  get fraction(): number {
    const { run } = this;
    return run ? run.step / run.settings.steps : 0;
  }

  /** How it goes, in a line. */
  get line(): string {
    const { run, phase } = this;
    if (!run) return "";
    const step = `step ${run.step.toLocaleString("en")} of ${run.settings.steps.toLocaleString("en")}`;
    switch (phase) {
      case "starting":
        return `${run.name}: reading the pictures and scoring ${run.from}…`;
      case "running":
        return `${run.name}: ${step}${this.timeLeft}`;
      case "done":
        return `${run.name} is done, and not saved yet.`;
      default:
        return `${run.name}: ${phase === "stopping" ? "stopping" : "paused"} at ${step}`;
    }
  }

  get timeLeft(): string {
    const { run } = this;
    if (!run || run.stepsPerSecond <= 0) return "";
    return `, ${lastingText((run.settings.steps - run.step) / run.stepsPerSecond)} left`;
  }

  async begin(): Promise<void> {
    const { start, network, app, pictures, name } = this;
    if (!start || this.phase !== "setup") return;
    await pictures.ready;
    // Asked for twice, it begins once.
    if (this.isBusy) return;
    this.error = pictures.trouble(this.leastSide) || this.nameTrouble;
    if (this.error) {
      this.draw();
      return;
    }
    const canTrain = !network && trainableOf(start).some(([value]) => value === this.settings.trained);
    const settings: TuneSettings = { ...this.settings, network, ...(!canTrain && { trained: "all" }) };
    await this.#start({
      id: `${Date.now()}-${Math.random()}`,
      name,
      from: start.name,
      source: app.choice.source(start.name),
      settings,
      pictures: pictures.all.map(({ file }) => file),
      picturesAreKept: false,
      step: 0,
      losses: new Curve(),
      scores: [],
    });
  }

  /** Goes on with one that was kept. */
  async goOn(kept: KeptTuning): Promise<void> {
    if (this.phase !== "setup") return;
    const { id, name, from, fromFile, settings, step, checkpoint, history } = kept;
    const pictures = await readPictures(id);
    if (this.isBusy) return;
    if (pictures.length === 0) {
      this.error = `The pictures of ${name} are gone from this device, so that it cannot go on: discard it, and begin anew.`;
      this.draw();
      return;
    }
    const source = fromFile ?? this.app.choice.source(from);
    const losses = new Curve(history.losses);
    const scores = [...history.scores];
    await this.#start(
      { id, name, from, source, settings, pictures, picturesAreKept: true, step, losses, scores },
      checkpoint,
    );
  }

  async #start(
    begun: Pick<
      Run,
      "id" | "name" | "from" | "source" | "settings" | "pictures" | "picturesAreKept" | "step" | "losses" | "scores"
    >,
    checkpoint?: Blob,
  ): Promise<void> {
    const run: Run = {
      ...begun,
      before: this.app.model,
      abort: new AbortController(),
      tuning: undefined,
      stepsPerSecond: 0,
      score: undefined,
      result: undefined,
      kept: checkpoint ? begun.step : undefined,
      keptAt: performance.now(),
      isSaved: false,
      trouble: "",
      release: () => undefined,
    };
    this.run = run;
    this.error = "";
    this.confirms = false;
    this.app.door.saved = undefined;
    this.#enter("starting");
    void this.app.door.look();
    try {
      const release = await hold(run.id);
      if (!release) throw new Error(`${run.name} is being fine-tuned in another window of this page.`);
      run.release = release;
      const tuning = await fineTune({
        model: run.source,
        name: run.name,
        pictures: run.pictures,
        settings: run.settings,
        backend: this.app.backend,
        signal: run.abort.signal,
        onStep: ({ step, loss, stepsPerSecond }) => {
          // A worker that died is replaced by one that goes on from an earlier step.
          if (step <= run.step) {
            run.losses.cut(step);
            run.scores = run.scores.filter(([at]) => at < step);
          }
          run.step = step;
          run.stepsPerSecond = stepsPerSecond;
          run.losses.add(step, loss);
          if (performance.now() - run.keptAt >= KEEP_EVERY) this.#keep();
          this.#progressed();
        },
        onScore: (score) => {
          run.score = score;
          run.scores.push([score.step, score.psnrY]);
          this.#progressed();
        },
        ...(checkpoint && { checkpoint }),
      });
      if (this.run !== run) {
        tuning.destroy();
        return;
      }
      run.tuning = tuning;
      if (run.scores.length === 0) run.scores.push([0, tuning.facts.firstPsnrY]);
      if (this.phase === "starting") this.#enter("running");
      // So that a page that is closed at once has something to go on with.
      this.#keep();
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
    this.#keep();
  }

  #fail(run: Run, error: unknown): void {
    if (this.run !== run) return;
    this.error = error instanceof Error ? error.message : String(error);
    if (run.kept !== undefined) this.error += ` What was kept at step ${run.kept} is still there.`;
    this.#end(run);
    void this.app.door.look();
  }

  /** What is left of a run when it is over; what was kept of it stays. */
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
    // It may have taken its last step.
    const isStill = (phase: Phase) => this.run === run && this.phase === phase;
    if (!isStill("pausing")) return;
    this.#enter("paused");
    this.#keep();
  }

  resume(): void {
    if (this.phase !== "paused") return;
    this.run?.tuning?.resume();
    this.#enter("running");
  }

  /** Ends it with the best so far. */
  stop(): void {
    const { run } = this;
    if (this.phase === "starting" && run) {
      this.#end(run);
      void this.app.door.look();
      return;
    }
    if (!run?.tuning) return;
    this.#enter("stopping");
    // `done` tells how it went.
    run.tuning.stop().catch(() => undefined);
  }

  askToThrowAway(confirms: boolean): void {
    this.confirms = confirms;
    this.draw();
  }

  /** Throws the fine-tuned model away, and goes back to the one before. */
  async throwAway(): Promise<void> {
    const { run, app } = this;
    if (!run) return;
    this.#end(run);
    await this.#keeping;
    await removeTuning(run.id).catch(() => undefined);
    if (run.isSaved) {
      const wasChosen = app.model === run.name;
      await app.removeModel(run.name);
      if (wasChosen && app.choice.entryOf(run.before)) app.setModel(run.before);
    }
    await app.door.look();
  }

  /** Saves the result, or the best so far, as one of the visitor's models. */
  async save(): Promise<void> {
    const { run, app } = this;
    if (!run?.tuning || this.isSaving) return;
    this.isSaving = true;
    this.draw();
    // What is saved is what was asked for, also if the last step is taken meanwhile.
    const isFinal = run.result !== undefined;
    try {
      const result = run.result ?? (await run.tuning.best());
      const entry = await readModel(result.model);
      // It may have been thrown away.
      if (this.run !== run) return;
      const taken = this.#takenNames;
      // Another window may have one of this name.
      const isTaken = !run.isSaved && (taken.includes(run.name) || (await isKept(run.name).catch(() => false)));
      if (isTaken) run.name = freeName(`${run.name}-new`, taken);
      const { name, from } = run;
      const isOther = run.settings.network !== undefined;
      const tuned = { from, step: result.step, gain: gainOf(run.tuning, result), isOther };
      run.trouble = await app.own.keep({ entry: { ...entry, name }, file: result.model, tuned });
      run.isSaved = true;
      if (isFinal) app.setModel(name);
      if (!isFinal || run.trouble) return;
      // Its checkpoint goes when the model is there, and no sooner.
      await this.#keeping;
      await removeTuning(run.id).catch(() => undefined);
      app.door.saved = { name, before: run.before, text: `It is chosen above. ${outcome(run.tuning, result)}` };
      this.#end(run);
      this.close();
    } catch (error) {
      run.trouble = (error as Error).message;
    } finally {
      this.isSaving = false;
      this.draw();
      app.refresh();
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
      this.draw();
    }
  }

  /** Keeps what is needed to go on, one after another. What cannot be kept is told, and the run goes on. */
  #keep(): void {
    const { run } = this;
    if (!run?.tuning) return;
    // So that steps that come meanwhile do not ask again.
    run.keptAt = performance.now();
    this.#keeping = this.#keeping.then(() => this.#keepNow(run));
  }

  async #keepNow(run: Run): Promise<void> {
    const { tuning } = run;
    if (this.run !== run || !tuning) return;
    try {
      const { id, name, from, source, settings, losses, scores } = run;
      if (!run.picturesAreKept) await writePictures(id, run.pictures);
      run.picturesAreKept = true;
      const checkpoint = await tuning.checkpoint();
      const { step } = tuning;
      const fromFile = source instanceof Blob ? source : undefined;
      const history = { losses: [...losses.points], scores: [...scores] };
      await writeTuning({ id, name, from, fromFile, settings, step, checkpoint, history });
      run.kept = step;
      run.trouble = "";
    } catch (error) {
      if (this.run !== run) return;
      run.trouble = `${(error as Error).message} The fine-tuning goes on: download the model to keep it.`;
    }
    this.#progressed();
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    const hadFocus = this.#dialog.contains(document.activeElement);
    this.draw();
    this.app.refresh();
    // The button that was pressed may be gone.
    if (this.#dialog.open && hadFocus && !this.#dialog.contains(document.activeElement)) {
      this.#dialog.querySelector<HTMLElement>("h2")?.focus();
    }
  }

  /** Draws soon. */
  #progressed(): void {
    const draw = () => {
      this.draw();
      if (!this.#dialog.open) this.app.refresh();
    };
    this.#drawing ||= window.setTimeout(draw, this.#dialog.open ? DRAW_DIALOG : DRAW_PANEL);
  }

  draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = 0;
    if (!this.#dialog.open) return;
    render(dialogTemplate(this), this.#dialog);
    paintCrops(this.#dialog, this);
  }
}
