/** Scoring against the truth: the picture is shrunk by the evaluation protocol, enlarged by every model and resizer, and compared with itself. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Backend, ModelEntry, ModelSource, SourcePicture, Upscaler } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { enlargeBy } from "./compare.ts";
import { truthScales, USUAL_TRUTH_SCALE } from "./link.ts";
import { resizers, rivalLabel } from "./rivals.ts";
import { save } from "./save.ts";
import type { Speeds } from "./speeds.ts";
import type { Cost } from "./truth-plot.ts";

/** Larger ones take too long and too much memory for a dozen models. */
const MOST_PIXELS = 4_000_000;

/** How one of them did. */
export interface Score {
  name: string;
  /** Of a model. */
  entry: ModelEntry | undefined;
  /** dB on luma; null for an exact result. */
  psnrY: number | null;
  ssimY: number | null;
  milliseconds: number;
}

/** What is scored, and where. */
interface TruthTask {
  upscaler: Upscaler;
  picture: SourcePicture;
  models: readonly ModelEntry[];
  source: (model: string) => ModelSource;
  backend: Backend;
  speeds: Speeds;
}

export class Truth {
  scale = USUAL_TRUTH_SCALE;
  scores: Score[] = [];
  /** What the plot shows quality against. */
  cost: Cost = "milliseconds";
  /** Loaded with the first scores. */
  plots: typeof import("./truth-plot.ts") | undefined;
  /** Of the run that goes on. */
  #signal: AbortSignal | undefined;

  get isRunning(): boolean {
    return this.#signal?.aborted === false;
  }

  choose(scale: number): void {
    if (scale !== this.scale) this.forget();
    this.scale = scale;
  }

  forget(): void {
    this.scores = [];
  }

  /** Scores the resizers and the models of the scale, one after another; `onScore` hears after each. */
  async run(task: TruthTask, signal: AbortSignal, onNext: (name: string, fraction: number) => void): Promise<void> {
    const { picture } = task;
    if (picture.width * picture.height > MOST_PIXELS) {
      throw new Error("This picture is too large to be scored: take one of at most 4 megapixels, or a part of it.");
    }
    this.forget();
    this.#signal = signal;
    try {
      await this.#score(task, signal, onNext);
    } finally {
      // Another run may have begun since.
      if (this.#signal === signal) this.#signal = undefined;
    }
  }

  async #score(
    { upscaler, picture, models, source, backend, speeds }: TruthTask,
    signal: AbortSignal,
    onNext: (name: string, fraction: number) => void,
  ): Promise<void> {
    this.plots ??= await import("./truth-plot.ts");
    const { scale } = this;
    const { small, sharp } = await upscaler.shrink(picture, scale);
    signal.throwIfAborted();
    const shrunk = await upscaler.inspect(small, { signal });
    const size = { width: sharp.width, height: sharp.height };
    const entries = models.filter((model) => model.scale === scale);
    const names = [...resizers.map(([resizer]) => resizer), ...entries.map(({ name }) => name)];
    for (const [index, name] of names.entries()) {
      const show = (fraction: number) => onNext(rivalLabel(name), (index + fraction) / names.length);
      show(0);
      const options = { upscaler, picture: shrunk, size, source, backend, speeds, signal, onProgress: show };
      const { pixels, milliseconds } = await enlargeBy(name, options);
      const { psnrY, ssimY } = await upscaler.distance(sharp, pixels, { border: scale });
      signal.throwIfAborted();
      const entry = entries.find((model) => model.name === name);
      this.scores.push({ name, entry, psnrY, ssimY, milliseconds });
    }
  }
}

export function truthSection(app: App): TemplateResult {
  const { truth, picture, activity } = app;
  return html`
    <details class="truth">
      <summary>Score against the truth</summary>
      <p class="about">
        Shrinks the picture as the literature does, has every model and resizer enlarge it again, and compares with the
        picture itself. For sharp pictures.
      </p>
      <div class="row">
        <select
          aria-label="Scale to score"
          data-testid="truth-scale"
          .value=${live(String(truth.scale))}
          @change=${(event: Event) => app.setTruthScale(Number((event.target as HTMLSelectElement).value))}
        >
          ${truthScales.map((scale) => html`<option value=${scale} ?selected=${scale === truth.scale}>×${scale}</option>`)}
        </select>
        <button
          type="button"
          class="grow"
          data-testid="truth-run"
          ?disabled=${!picture || activity.isBusy}
          @click=${() => void app.scoreAgainstTruth()}
        >
          Score
        </button>
      </div>
      ${truth.scores.length > 0 && truth.plots ? scoresTemplate(app, truth.plots) : nothing}
    </details>
  `;
}

function scoresTemplate(app: App, { costs, plot, plotAsPng, pointsOf }: NonNullable<Truth["plots"]>): TemplateResult {
  const { truth, picture } = app;
  const { scores, scale, cost } = truth;
  const best = Math.max(...scores.map(({ psnrY }) => psnrY ?? Infinity));
  const name = `${picture?.name ?? "picture"}-x${scale}`;
  return html`
    <div class="scroll">
      <table data-testid="truth-scores">
        <thead>
          <tr>
            <th scope="col">×${scale}</th>
            <th scope="col">PSNR</th>
            <th scope="col">SSIM</th>
            <th scope="col">ms</th>
          </tr>
        </thead>
        <tbody>
          ${scores.map(
            ({ name, psnrY, ssimY, milliseconds }, index) => html`
              <tr class=${(psnrY ?? Infinity) === best ? "best" : ""}>
                <th scope="row"><span class="point">${index + 1}</span> ${rivalLabel(name)}</th>
                <td>${psnrY?.toFixed(2) ?? "exact"}</td>
                <td>${ssimY?.toFixed(4) ?? ""}</td>
                <td>${milliseconds.toFixed(0)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    <select
      class="below"
      aria-label="What the plot shows quality against"
      data-testid="truth-cost"
      @change=${(event: Event) => {
        truth.cost = (event.target as HTMLSelectElement).value as Cost;
        app.refresh();
      }}
    >
      ${costs.map(({ value, label }) => html`<option value=${value} ?selected=${value === cost}>PSNR against ${label}</option>`)}
    </select>
    ${plot(scores, cost)}
    <div class="row">
      <button
        type="button"
        class="grow"
        data-testid="truth-csv"
        @click=${() => save(new Blob([csv(scores)], { type: "text/csv" }), `${name}.csv`)}
      >
        Save as CSV
      </button>
      <button
        type="button"
        class="grow"
        data-testid="truth-png"
        ?disabled=${pointsOf(scores, cost).length === 0}
        @click=${() => void plotAsPng(scores, cost).then((png) => save(png, `${name}.png`))}
      >
        Save plot
      </button>
    </div>
  `;
}

export function csv(scores: readonly Score[]): string {
  const rows = scores.map(({ name, entry, psnrY, ssimY, milliseconds }) =>
    [name, psnrY ?? "", ssimY ?? "", milliseconds.toFixed(1), entry?.params ?? "", entry?.macs_720p ?? ""].join(","),
  );
  return `name,psnr_y,ssim_y,milliseconds,params,macs_720p\n${rows.join("\n")}\n`;
}
