/** What the result is compared with: plain resizers, and other models. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import {
  createUpscaler,
  type Backend,
  type Distance,
  type ModelSource,
  type SourcePicture,
  type Upscaler,
} from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { modelLabel } from "./own-models.ts";
import { MOST_RIVALS, ORIGINAL, resizerNamed, resizers, rivalLabel } from "./rivals.ts";
import type { Speeds } from "./speeds.ts";
import type { Stage } from "./stage.ts";
import { timeText } from "./text.ts";

/** Of the rivals' pictures in memory. What does not fit is made again when it is to be shown. */
const MOST_BYTES = 256_000_000;

/** Where and how a rival enlarges. */
export interface Task {
  upscaler: Upscaler;
  picture: SourcePicture;
  size: { width: number; height: number };
  /** Where a model's weights are. */
  source: (model: string) => ModelSource;
  backend: Backend;
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
  /** Told how fast a model was. */
  speeds: Speeds;
}

/** Enlarges with a resizer or a model, to exactly the size. `milliseconds` is without the loading and the first steps of a fresh engine. */
export async function enlargeBy(name: string, task: Task): Promise<{ pixels: ImageData; milliseconds: number }> {
  const { upscaler, picture, size, source, backend, signal, onProgress, speeds } = task;
  const resizer = resizerNamed(name);
  if (resizer) {
    // The first resize of a visit loads the code.
    await upscaler.resize(new ImageData(1, 1), { width: 1, height: 1 }, resizer);
    const start = performance.now();
    const pixels = await upscaler.resize(picture, size, resizer);
    signal.throwIfAborted();
    return { pixels, milliseconds: performance.now() - start };
  }
  const other = await createUpscaler({ model: source(name), backend });
  try {
    signal.throwIfAborted();
    // It has every worker compute a little, which starts them and compiles what they run.
    await other.estimate(picture, size);
    signal.throwIfAborted();
    const options = { ...size, signal, onProgress: ({ fraction }: { fraction: number }) => onProgress(fraction) };
    const result = await other.upscale(picture, options);
    speeds.remember(name, backend, size.width / picture.width, result);
    return { pixels: result.imageData(), milliseconds: result.report.milliseconds };
  } finally {
    other.destroy();
  }
}

/** A rival's picture and how it compares. */
interface Made {
  /** Absent where there was no room to keep it. */
  pixels: ImageData | undefined;
  milliseconds: number;
  /** Between it and the result. */
  distance: Distance;
}

/** The comparison of the result with its rivals, one of which is shown in the original's place. */
export class Comparison {
  /** In the order in which they were added. */
  names: readonly string[] = [];
  /** One of them, or the original. */
  shown = ORIGINAL;
  /** Whether the map of the differences is wanted. */
  showsDifference = false;
  readonly #made = new Map<string, Made>();
  /** What they were compared with. */
  #result: ImageData | undefined;
  /** What stands on the stage. */
  #staged: ImageData | undefined;

  /** All of them for a link, the one that is shown first. Empty where there are none. */
  get linked(): readonly string[] {
    return this.names.length > 0 ? [this.shown, ...this.names.filter((name) => name !== this.shown)] : [];
  }

  set linked(names: readonly string[]) {
    this.names = names.filter((name) => name !== ORIGINAL);
    this.shown = names[0] ?? ORIGINAL;
  }

  add(name: string): void {
    if (!this.names.includes(name)) this.names = [...this.names, name];
    this.shown = name;
  }

  /** Whether it was there. */
  remove(name: string): boolean {
    if (!this.names.includes(name)) return false;
    this.names = this.names.filter((other) => other !== name);
    this.#made.delete(name);
    if (this.shown === name) {
      this.shown = ORIGINAL;
      this.#staged = undefined;
    }
    return true;
  }

  made(name: string): Made | undefined {
    return this.#made.get(name);
  }

  forget(): void {
    this.#made.clear();
    this.#result = undefined;
  }

  /** Takes off the stage what is not whole there, or not what is to be shown. */
  giveUp(stage: Stage): void {
    if (!this.#staged || this.#staged !== this.#made.get(this.shown)?.pixels) this.hide(stage);
  }

  /** Takes them off the stage; what is known of them stays. */
  hide(stage: Stage): void {
    this.#staged = undefined;
    stage.hideRival();
  }

  /** Makes what is not there yet, and shows what is wanted. `onNext` hears what is made. */
  async show(stage: Stage, result: ImageData, task: Task, onNext: (name: string) => void): Promise<void> {
    if (this.#result !== result) {
      this.forget();
      this.#result = result;
    }
    const { shown } = this;
    const { signal } = task;
    const make = async (name: string) => {
      signal.throwIfAborted();
      onNext(name);
      const { pixels, milliseconds } = await enlargeBy(name, task);
      const distance = await task.upscaler.distance(pixels, result);
      signal.throwIfAborted();
      this.#made.set(name, { pixels, milliseconds, distance });
      this.#makeRoom();
      return pixels;
    };
    if (shown === ORIGINAL) {
      this.hide(stage);
    } else {
      const pixels = this.#made.get(shown)?.pixels ?? (await make(shown));
      if (this.#staged !== pixels) {
        this.#staged = undefined;
        await stage.showRival(pixels, rivalLabel(shown), signal);
        this.#staged = pixels;
      }
      if (this.showsDifference) {
        const map = await task.upscaler.heatMap(pixels, result);
        signal.throwIfAborted();
        await stage.showHeat(map, signal);
      } else {
        stage.hideHeat();
      }
    }
    for (const name of this.names) if (!this.#made.has(name)) await make(name);
  }

  /** Lets go of the oldest pictures that are not shown, until the others fit. */
  #makeRoom(): void {
    let bytes = 0;
    for (const { pixels } of this.#made.values()) bytes += pixels?.data.byteLength ?? 0;
    for (const [name, made] of this.#made) {
      if (bytes <= MOST_BYTES) return;
      if (name === this.shown || !made.pixels) continue;
      bytes -= made.pixels.data.byteLength;
      made.pixels = undefined;
    }
  }
}

export function compareSection(app: App): TemplateResult {
  const { comparison } = app;
  const { names, shown, showsDifference } = comparison;
  const made = app.result && comparison.made(shown);
  const options = [...resizers, ...app.models.map((entry) => [entry.name, modelLabel(app.own, entry)] as const)].filter(
    ([name]) => !names.includes(name),
  );
  const isFull = names.length >= MOST_RIVALS;
  const first = names.length === 0 ? "The original" : isFull ? `No more than ${MOST_RIVALS}` : "Add another…";
  return html`
    <section aria-labelledby="compare-title">
      <h2 id="compare-title">Compare with</h2>
      ${
        names.length > 0
          ? html`<ul class="rivals" data-testid="rivals">
              ${[ORIGINAL, ...names].map((name) => rivalTemplate(app, name))}
            </ul>`
          : nothing
      }
      <select
        aria-labelledby="compare-title"
        data-testid="compare-model"
        .value=${live("")}
        ?disabled=${isFull || app.activity.isOccupied}
        @change=${(event: Event) => {
          comparison.add((event.target as HTMLSelectElement).value);
          void app.compare();
        }}
      >
        <option value="" selected>${first}</option>
        ${options.map(([value, label]) => html`<option value=${value}>${label}</option>`)}
      </select>
      ${
        shown === ORIGINAL
          ? nothing
          : html`
              <label class="check">
                <input
                  type="checkbox"
                  data-testid="diff"
                  ?disabled=${app.activity.isOccupied}
                  .checked=${live(showsDifference)}
                  @change=${(event: Event) => {
                    comparison.showsDifference = (event.target as HTMLInputElement).checked;
                    void app.compare();
                  }}
                />
                Show where they differ
              </label>
              <p class="about" data-testid="distance">${made ? distanceText(made.distance) : nothing}</p>
            `
      }
    </section>
  `;
}

/** A rival in the list: shows it at the left of the line, tells how it compares, removes it. */
function rivalTemplate(app: App, name: string): TemplateResult {
  const { comparison } = app;
  const made = app.result && comparison.made(name);
  const entry = app.choice.entryOf(name);
  const label = name === ORIGINAL ? "The original" : entry ? modelLabel(app.own, entry) : rivalLabel(name);
  return html`
    <li>
      <button
        type="button"
        class="grow"
        aria-pressed=${name === comparison.shown}
        title="Shows it left of the line"
        ?disabled=${app.activity.isOccupied}
        @click=${() => {
          comparison.shown = name;
          void app.compare();
        }}
      >
        <span>${label}</span>
        ${made ? html`<small>${figures(made)}</small>` : nothing}
      </button>
      ${
        name === ORIGINAL
          ? nothing
          : html`<button
              type="button"
              aria-label="Remove ${label}"
              ?disabled=${app.activity.isOccupied}
              @click=${() => {
                comparison.remove(name);
                void app.compare();
              }}
            >
              ×
            </button>`
      }
    </li>
  `;
}

/** Against the result. */
function figures({ distance: { psnrY, ssimY }, milliseconds, pixels }: Made): string {
  const psnr = psnrY === null ? "equal" : `PSNR ${psnrY.toFixed(2)}`;
  const ssim = psnrY === null || ssimY === null ? "" : `, SSIM ${ssimY.toFixed(4)}`;
  return `${psnr}${ssim}, ${timeText(milliseconds)}${pixels ? "" : "; made again when shown, for want of memory"}`;
}

function distanceText({ psnrY, ssimY, largest, mean }: Distance): string {
  if (psnrY === null) return largest === 0 ? "Both are equal." : "Both have the same luma.";
  const ssim = ssimY === null ? "" : `, SSIM ${ssimY.toFixed(4)}`;
  return `Between them: PSNR ${psnrY.toFixed(2)} dB${ssim}; at most ${largest} and on average ${mean.toFixed(2)} levels of 255 apart.`;
}
