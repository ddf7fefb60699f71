/** Compares the result with baselines: resizers and other models. */
import type { Distance } from "../../module/splitsr.ts";
import { enlargeBy, type EnlargeTask } from "../session/enlarge-by.ts";
import type { ComparisonSettings } from "../session/session.ts";
import { baselineLabel, ORIGINAL } from "../shared/baselines.ts";

/**
 * Bytes of the baselines' pictures in memory. Those that do not fit are made again when they are
 * shown.
 */
const MAX_BYTES = 256_000_000;

/** Shows a baseline in the original's place, and the differences over both. */
export interface ComparisonViewer {
  showBaseline(picture: ImageData, label: string, signal: AbortSignal): Promise<void>;
  hideBaseline(): void;
  showHeat(map: ImageData, signal: AbortSignal): Promise<void>;
  hideHeat(): void;
}

export interface ComparisonTask extends EnlargeTask {
  settings: ComparisonSettings;
  /** Called before a baseline's picture is made. */
  onNext: (name: string) => void;
}

/** A baseline's picture and how it compares. */
export interface Made {
  /** Absent if there was no room to keep it. */
  pixels: ImageData | undefined;
  milliseconds: number;
  /** Its distance from the result. */
  distance: Distance;
}

export class Comparison {
  readonly #made = new Map<string, Made>();
  /** The result that the baselines were compared with. */
  #result: ImageData | undefined;
  /** The baseline's picture that the viewer shows. */
  #displayed: ImageData | undefined;

  made(name: string): Made | undefined {
    return this.#made.get(name);
  }

  remove(name: string): void {
    if (this.#displayed && this.#displayed === this.#made.get(name)?.pixels) this.#displayed = undefined;
    this.#made.delete(name);
  }

  forget(): void {
    this.#made.clear();
    this.#result = undefined;
  }

  /** Hides what the viewer shows unless it is the complete picture of the baseline to show. */
  hideUnfinished(viewer: ComparisonViewer, shown: string): void {
    if (!this.#displayed || this.#displayed !== this.#made.get(shown)?.pixels) this.hide(viewer);
  }

  /** Hides the baseline; its picture and numbers stay. */
  hide(viewer: ComparisonViewer): void {
    this.#displayed = undefined;
    viewer.hideBaseline();
  }

  /** Makes the pictures that are missing, and shows the chosen one. */
  async show(viewer: ComparisonViewer, result: ImageData, task: ComparisonTask): Promise<void> {
    if (this.#result !== result) {
      this.forget();
      this.#result = result;
    }
    const { signal, onNext } = task;
    const { baselines, shown, showsDifference } = task.settings;
    const make = async (name: string) => {
      signal.throwIfAborted();
      onNext(name);
      const { pixels, milliseconds } = await enlargeBy(name, task);
      const distance = await task.upscaler.distance(pixels, result);
      signal.throwIfAborted();
      this.#made.set(name, { pixels, milliseconds, distance });
      this.#makeRoom(shown);
      return pixels;
    };
    if (shown === ORIGINAL) {
      this.hide(viewer);
    } else {
      const pixels = this.#made.get(shown)?.pixels ?? (await make(shown));
      if (this.#displayed !== pixels) {
        this.#displayed = undefined;
        await viewer.showBaseline(pixels, baselineLabel(shown), signal);
        this.#displayed = pixels;
      }
      if (showsDifference) {
        const map = await task.upscaler.heatMap(pixels, result);
        signal.throwIfAborted();
        await viewer.showHeat(map, signal);
      } else {
        viewer.hideHeat();
      }
    }
    for (const name of baselines) if (!this.#made.has(name)) await make(name);
  }

  /** Drops the oldest pictures that are not shown until the others fit. */
  #makeRoom(shown: string): void {
    let bytes = 0;
    for (const { pixels } of this.#made.values()) bytes += pixels?.data.byteLength ?? 0;
    for (const [name, made] of this.#made) {
      if (bytes <= MAX_BYTES) return;
      if (name === shown || !made.pixels) continue;
      bytes -= made.pixels.data.byteLength;
      made.pixels = undefined;
    }
  }
}
