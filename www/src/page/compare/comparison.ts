/**
 * Compares the result with baselines: resizers and other models. On request, tests which is closer
 * to the original.
 */
import type { Distance, Upscaler } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import { enlargeBy, type EnlargeTask } from "../session/enlarge-by.ts";
import { evaluationScaleFor } from "../session/defaults.ts";
import { canScore, scorerFor } from "../session/scoring.ts";
import type { Session } from "../session/session.ts";
import { baselineInSentence, baselineLabel, ORIGINAL } from "../shared/baselines.ts";
import { t } from "../shared/words.ts";

/**
 * Bytes of the baselines' pictures in memory. Those that do not fit are made again when they are
 * shown.
 */
const MAX_BYTES = 256_000_000;

/** Shows a baseline in the original's place, and the differences over both. */
export interface ComparisonViewer {
  showBaseline(picture: ImageData, label: () => string, signal: AbortSignal): Promise<void>;
  hideBaseline(): void;
  showHeat(map: ImageData, signal: AbortSignal): Promise<void>;
  hideHeat(): void;
}

/** A baseline's picture and how it compares. */
export interface BaselineResult {
  /** Absent if there was no room to keep it. */
  pixels: ImageData | undefined;
  milliseconds: number;
  /** Its distance from the result. */
  distance: Distance;
}

/** PSNR on luma of what the result's model and a baseline make of the shrunk picture. */
export interface Test {
  result: number | null;
  baseline: number | null;
}

/** Stands for the result's model among the names of baselines. */
const RESULT = "";

export class Comparison {
  readonly #baselines = new Map<string, BaselineResult>();
  /** PSNR on luma, by name. */
  readonly #tested = new Map<string, number | null>();
  /** The result that the baselines were compared with. */
  #result: ImageData | undefined;
  /** The baseline's picture that the viewer shows. */
  #displayed: ImageData | undefined;
  #verdictIsClosed = false;
  readonly #session: Session;
  readonly #viewer: ComparisonViewer;
  readonly #commands: Commands;

  constructor(session: Session, viewer: ComparisonViewer, commands: Commands) {
    this.#session = session;
    this.#viewer = viewer;
    this.#commands = commands;
  }

  baseline(name: string): BaselineResult | undefined {
    return this.#baselines.get(name);
  }

  async add(name: string): Promise<void> {
    this.#session.addBaseline(name);
    await this.update();
  }

  async remove(name: string): Promise<void> {
    if (this.#displayed && this.#displayed === this.#baselines.get(name)?.pixels) this.#displayed = undefined;
    this.#baselines.delete(name);
    this.#session.removeBaseline(name);
    await this.update();
  }

  async choose(name: string): Promise<void> {
    this.#verdictIsClosed = false;
    this.#session.showBaseline(name);
    await this.update();
  }

  /** Whether the visitor wants to see the picture below the verdict. */
  get verdictIsClosed(): boolean {
    return this.#verdictIsClosed;
  }

  /** Until another choice or test. */
  closeVerdict(): void {
    this.#verdictIsClosed = true;
    this.#session.changed();
  }

  /** Shows a baseline, and tests which is better: one choice answers both. */
  async ask(name: string): Promise<void> {
    this.#verdictIsClosed = false;
    await this.add(name);
    const { source, activity, comparison } = this.#session;
    // It may have been cancelled, or something else was begun meanwhile.
    if (activity.status.state !== "done" || comparison.shown !== name) return;
    if (source && canScore(source) && !this.testOf(name)) await this.test();
  }

  async showDifference(shows: boolean): Promise<void> {
    this.#session.showDifference(shows);
    await this.update();
  }

  /** The factor by which a test shrinks the picture. */
  get testScale(): number {
    return evaluationScaleFor(this.#session.result?.zoom);
  }

  /** Undefined if the baseline was not tested. */
  testOf(name: string): Test | undefined {
    const [result, baseline] = [this.#tested.get(RESULT), this.#tested.get(name)];
    return result === undefined || baseline === undefined ? undefined : { result, baseline };
  }

  /** Tests which is better: the result's model, or the baseline that is shown. */
  async test(): Promise<void> {
    const { result, source: picture, comparison, choice, backend, speeds, activity } = this.#session;
    if (!result || !picture) return;
    this.#verdictIsClosed = false;
    const work = async (upscaler: Upscaler, signal: AbortSignal) => {
      const { source } = choice;
      const score = await scorerFor({ upscaler, picture, scale: this.testScale, source, backend, speeds, signal });
      const { shown } = comparison;
      const missing = [RESULT, shown].filter((name) => !this.#tested.has(name));
      for (const [index, name] of missing.entries()) {
        const model = name === RESULT ? result.model : name;
        const show = (fraction: number) =>
          activity.showProgress((index + fraction) / missing.length, signal, t`Scoring ${baselineInSentence(model)}…`);
        show(0);
        const { psnrY } = await score(model, show, name === RESULT ? result : undefined);
        this.#tested.set(name, psnrY);
      }
      this.#commands.done();
    };
    await this.#commands.withEngine(t("Shrinking the picture…"), work, { keepsResult: true, occupies: false });
  }

  forget(): void {
    this.#baselines.clear();
    this.#tested.clear();
    this.#result = undefined;
  }

  /** Hides what the viewer shows unless it is the complete picture of the baseline to show. */
  hideUnfinished(): void {
    const { shown } = this.#session.comparison;
    if (!this.#displayed || this.#displayed !== this.#baselines.get(shown)?.pixels) this.hide();
  }

  /** Hides the baseline; its picture and numbers stay. */
  hide(): void {
    this.#displayed = undefined;
    this.#viewer.hideBaseline();
  }

  /** Compares the result, if there is one, with the chosen baselines. */
  async update(): Promise<void> {
    if (!this.#session.result) {
      this.#session.changed("link");
      return;
    }
    const work = async (upscaler: Upscaler, signal: AbortSignal) => {
      await this.show(upscaler, signal);
      this.#commands.done();
    };
    await this.#commands.withEngine(t("Comparing…"), work, { keepsResult: true, occupies: false });
  }

  /** Makes the pictures that are missing, and shows the chosen one. */
  async show(upscaler: Upscaler, signal: AbortSignal): Promise<void> {
    const { result: current, source: picture, backend, choice, speeds, activity, comparison } = this.#session;
    if (!current || !picture) return;
    const result = current.upscaled.imageData();
    if (this.#result !== result) {
      this.forget();
      this.#result = result;
    }
    const { width, height } = result;
    const onProgress = (fraction: number) => activity.showProgress(fraction, signal);
    const { source } = choice;
    const task: EnlargeTask = {
      upscaler,
      picture,
      size: { width, height },
      source,
      backend,
      signal,
      onProgress,
      speeds,
    };
    const { baselines, shown, showsDifference } = comparison;
    const make = async (name: string) => {
      signal.throwIfAborted();
      activity.setStatus("working", t`Comparing with ${baselineInSentence(name)}…`);
      const { pixels, milliseconds } = await enlargeBy(name, task);
      const distance = await upscaler.distance(pixels, result);
      signal.throwIfAborted();
      this.#baselines.set(name, { pixels, milliseconds, distance });
      this.#freeMemory(shown);
      return pixels;
    };
    if (shown === ORIGINAL) {
      this.hide();
    } else {
      const pixels = this.#baselines.get(shown)?.pixels ?? (await make(shown));
      if (this.#displayed !== pixels) {
        this.#displayed = undefined;
        await this.#viewer.showBaseline(pixels, () => baselineLabel(shown), signal);
        this.#displayed = pixels;
      }
      if (showsDifference) {
        const map = await upscaler.heatMap(pixels, result);
        signal.throwIfAborted();
        await this.#viewer.showHeat(map, signal);
      } else {
        this.#viewer.hideHeat();
      }
    }
    for (const name of baselines) if (!this.#baselines.has(name)) await make(name);
  }

  /** Drops the oldest pictures that are not shown until the others fit. */
  #freeMemory(shown: string): void {
    let bytes = 0;
    for (const { pixels } of this.#baselines.values()) bytes += pixels?.data.byteLength ?? 0;
    for (const [name, baseline] of this.#baselines) {
      if (bytes <= MAX_BYTES) return;
      if (name === shown || !baseline.pixels) continue;
      bytes -= baseline.pixels.data.byteLength;
      baseline.pixels = undefined;
    }
  }
}
