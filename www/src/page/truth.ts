/** Scoring against the truth: the picture is shrunk by the evaluation protocol, enlarged by every model and resizer, and compared with itself. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Backend, ModelEntry, ModelSource, SourcePicture, Upscaler } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { enlargeBy } from "./compare.ts";
import { truthScales, USUAL_TRUTH_SCALE } from "./link.ts";
import { resizers, rivalLabel } from "./rivals.ts";
import { save } from "./save.ts";

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
}

export class Truth {
  scale = USUAL_TRUTH_SCALE;
  scores: Score[] = [];
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
    { upscaler, picture, models, source, backend }: TruthTask,
    signal: AbortSignal,
    onNext: (name: string, fraction: number) => void,
  ): Promise<void> {
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
      const options = { upscaler, picture: shrunk, size, source, backend, signal, onProgress: show };
      const { pixels, milliseconds } = await enlargeBy(name, options);
      const { psnrY, ssimY } = await upscaler.distance(sharp, pixels, { border: scale });
      signal.throwIfAborted();
      const entry = entries.find((model) => model.name === name);
      this.scores.push({ name, entry, psnrY, ssimY, milliseconds });
    }
  }
}

export function truthSection(app: App): TemplateResult {
  const { truth, picture, busy } = app;
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
          ?disabled=${!picture || busy}
          @click=${() => void app.scoreAgainstTruth()}
        >
          Score
        </button>
      </div>
      ${truth.scores.length > 0 ? scoresTemplate(app) : nothing}
    </details>
  `;
}

function scoresTemplate({ truth, picture }: App): TemplateResult {
  const { scores, scale } = truth;
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
            ({ name, psnrY, ssimY, milliseconds }) => html`
              <tr class=${psnrY === best ? "best" : ""}>
                <th scope="row">${rivalLabel(name)}</th>
                <td>${psnrY?.toFixed(2) ?? "exact"}</td>
                <td>${ssimY?.toFixed(4) ?? ""}</td>
                <td>${milliseconds.toFixed(0)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    <div id="truth-plot">${plot(scores)}</div>
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
        @click=${() => void plotAsPng().then((png) => save(png, `${name}.png`))}
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

const WIDTH = 320;
const HEIGHT = 220;
const LEFT = 40;
const BOTTOM = 36;

/** Quality against time, which is drawn in factors. Colours are attributes, so that the picture is whole without the page's style. */
function plot(scores: readonly Score[]): SVGTemplateResult | TemplateResult {
  const points = scores.flatMap(({ name, psnrY, milliseconds, entry }) =>
    psnrY === null
      ? []
      : [{ name, y: psnrY, x: Math.log10(Math.max(0.1, milliseconds)), isModel: entry !== undefined }],
  );
  if (points.length < 2) return html``;
  const along = (values: number[], from: number, to: number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = 0.08 * (high - low || 1);
    return (value: number) => from + ((value - low + margin) / (high - low + 2 * margin)) * (to - from);
  };
  const x = along(
    points.map((point) => point.x),
    LEFT,
    WIDTH - 8,
  );
  const y = along(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    8,
  );
  const [low, high] = [Math.min(...points.map((point) => point.y)), Math.max(...points.map((point) => point.y))];
  const decades = [-1, 0, 1, 2, 3, 4, 5].filter((decade) => x(decade) >= LEFT && x(decade) <= WIDTH - 8);
  const text = (content: string, left: number, top: number, anchor: string) =>
    svg`<text x=${left} y=${top} text-anchor=${anchor} font-size="10" fill="#7a8480">${content}</text>`;
  return html`
    <svg
      class="drawing"
      role="img"
      aria-label="PSNR against time"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      font-family="system-ui, sans-serif"
    >
      <rect
        x=${LEFT}
        y="8"
        width=${WIDTH - LEFT - 8}
        height=${HEIGHT - BOTTOM - 8}
        style="fill: none; stroke: #9aa5a1"
      />
      ${[low, high].map((value) => text(value.toFixed(1), LEFT - 4, y(value) + 3, "end"))}
      ${text("dB", LEFT - 4, 14, "end")}
      ${decades.map((decade) => text(`${10 ** decade}`, x(decade), HEIGHT - BOTTOM + 14, "middle"))}
      ${text("milliseconds", (LEFT + WIDTH) / 2, HEIGHT - 6, "middle")}
      ${points.map(
        ({ name, isModel, ...point }) => svg`
          <circle cx=${x(point.x)} cy=${y(point.y)} r="4" fill=${isModel ? "#178a70" : "#9aa5a1"}>
            <title>${rivalLabel(name)}</title>
          </circle>
        `,
      )}
      ${points.map(({ name, ...point }) => {
        const onTheLeft = x(point.x) > (LEFT + WIDTH) / 2;
        return text(rivalLabel(name), x(point.x) + (onTheLeft ? -7 : 7), y(point.y) + 3, onTheLeft ? "end" : "start");
      })}
    </svg>
  `;
}

/** The plot that the page shows, three times as large. */
async function plotAsPng(): Promise<Blob> {
  const drawn = document.querySelector("#truth-plot svg");
  if (!drawn) throw new Error("there is no plot");
  const copy = drawn.cloneNode(true) as SVGElement;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(WIDTH));
  copy.setAttribute("height", String(HEIGHT));
  const image = new Image();
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  image.src = url;
  await image.decode().finally(() => URL.revokeObjectURL(url));
  const canvas = new OffscreenCanvas(3 * WIDTH, 3 * HEIGHT);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gave no canvas for the plot.");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob();
}
