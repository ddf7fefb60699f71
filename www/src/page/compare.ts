/** What the result is compared with: a plain resizer, or another model. */
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
import { ORIGINAL, resizerNamed, resizers } from "./rivals.ts";
import type { Stage } from "./stage.ts";

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
}

/** Enlarges with a resizer or a model, to exactly the size. `milliseconds` is without the loading. */
export async function enlargeBy(name: string, task: Task): Promise<{ pixels: ImageData; milliseconds: number }> {
  const { upscaler, picture, size, source, backend, signal, onProgress } = task;
  const resizer = resizerNamed(name);
  if (resizer) {
    const start = performance.now();
    const pixels = await upscaler.resize(picture, size, resizer);
    signal.throwIfAborted();
    return { pixels, milliseconds: performance.now() - start };
  }
  const other = await createUpscaler({ model: source(name), backend });
  try {
    signal.throwIfAborted();
    const options = { ...size, signal, onProgress: ({ fraction }: { fraction: number }) => onProgress(fraction) };
    const result = await other.upscale(picture, options);
    return { pixels: result.imageData(), milliseconds: result.report.milliseconds };
  } finally {
    other.destroy();
  }
}

/** The comparison of the result with a rival. */
export class Comparison {
  rival = ORIGINAL;
  /** Whether the map of the differences is wanted. */
  showsDifference = false;
  /** Between the two that are shown. */
  distance: Distance | undefined;
  #pixels: ImageData | undefined;
  /** The rival and the result that are shown. */
  #shown: readonly [string, ImageData] | undefined;

  forget(): void {
    this.distance = this.#pixels = this.#shown = undefined;
  }

  /** Makes the rival's picture unless it is there, and shows what is wanted. */
  async show(stage: Stage, label: string, result: ImageData, task: Task): Promise<void> {
    const { rival } = this;
    const { upscaler, signal } = task;
    if (rival === ORIGINAL) {
      this.forget();
      stage.hideRival();
      return;
    }
    if (this.#shown?.[0] !== rival || this.#shown[1] !== result || !this.#pixels) {
      this.forget();
      const { pixels } = await enlargeBy(rival, task);
      await stage.showRival(pixels, label, signal);
      this.#pixels = pixels;
      this.#shown = [rival, result];
      const distance = await upscaler.distance(pixels, result);
      signal.throwIfAborted();
      this.distance = distance;
    }
    if (!this.showsDifference) {
      stage.hideHeat();
      return;
    }
    const map = await upscaler.heatMap(this.#pixels, result);
    signal.throwIfAborted();
    await stage.showHeat(map, signal);
  }
}

export function compareSection(app: App): TemplateResult {
  const { comparison } = app;
  const { rival, distance, showsDifference } = comparison;
  const options: (readonly [string, string])[] = [
    [ORIGINAL, "The original"],
    ...resizers,
    ...app.models.map((entry) => [entry.name, modelLabel(app.own, entry)] as const),
  ];
  return html`
    <section aria-labelledby="compare-title">
      <h2 id="compare-title">Compare with</h2>
      <select
        aria-labelledby="compare-title"
        data-testid="compare-model"
        .value=${live(rival)}
        @change=${(event: Event) => app.setRival((event.target as HTMLSelectElement).value)}
      >
        ${options.map(([value, label]) => html`<option value=${value} ?selected=${value === rival}>${label}</option>`)}
      </select>
      ${
        rival === ORIGINAL
          ? nothing
          : html`
              <label class="check">
                <input
                  type="checkbox"
                  data-testid="diff"
                  .checked=${live(showsDifference)}
                  @change=${(event: Event) => app.showDifference((event.target as HTMLInputElement).checked)}
                />
                Show where they differ
              </label>
              <p class="about" data-testid="distance">${distance ? distanceText(distance) : nothing}</p>
            `
      }
    </section>
  `;
}

function distanceText({ psnrY, ssimY, largest, mean }: Distance): string {
  if (psnrY === null) return largest === 0 ? "Both are equal." : "Both have the same luma.";
  const ssim = ssimY === null ? "" : `, SSIM ${ssimY.toFixed(4)}`;
  return `Between them: PSNR ${psnrY.toFixed(2)} dB${ssim}; at most ${largest} and on average ${mean.toFixed(2)} levels of 255 apart.`;
}
