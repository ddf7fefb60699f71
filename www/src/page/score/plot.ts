/**
 * The plot of quality against cost. Its colours are attributes, because its PNG has no style sheet.
 */
import { nothing, render, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import { axis, ticksFrom } from "../shared/axes.ts";
import { baselineLabel } from "../shared/baselines.ts";
import type { Cost, Score } from "./score.ts";
import { html } from "../shared/html.ts";
import { fixed, languageTag, type Phrase, t } from "../shared/words.ts";

export const costs: readonly { value: Cost; label: Phrase }[] = [
  { value: "milliseconds", label: "milliseconds" },
  { value: "multiply-adds", label: "multiply-adds" },
];

const WIDTH = 320;
const HEIGHT = 220;
const LEFT = 40;
const RIGHT = WIDTH - 8;
const TOP = 8;
const BOTTOM = HEIGHT - 36;
/** The height of a name below the plot. */
const LINE = 14;

/**
 * A score's cost (as a power of ten) and quality, or their positions in the plot, and its number in
 * the table.
 */
interface Dot {
  number: number;
  name: string;
  isModel: boolean;
  x: number;
  y: number;
}

/** The scores that can be plotted. */
export function pointsOf(scores: readonly Score[], axis: Cost): Dot[] {
  return scores.flatMap(({ name, psnrY, milliseconds, cost }, index) => {
    // The resizers have hardly any multiply-adds, and an exact result has no PSNR.
    const x = axis === "milliseconds" ? Math.max(0.1, milliseconds) : (cost?.macs720p ?? 0) / 1e9;
    if (psnrY === null || x === 0) return [];
    return [{ number: index + 1, name, isModel: cost !== undefined, x: Math.log10(x), y: psnrY }];
  });
}

/** `chosen`: the model that gets a ring. `named`: names stand below, for use without the table. */
export function plot(scores: readonly Score[], cost: Cost, chosen: string, named = false): TemplateResult {
  const points = pointsOf(scores, cost);
  if (points.length === 0) return html``;
  const x = axis(
    points.map((point) => point.x),
    LEFT,
    RIGHT,
  );
  const y = axis(
    points.map((point) => point.y),
    BOTTOM,
    TOP,
  );
  const dots = points.map((point) => ({ ...point, x: x.at(point.x), y: y.at(point.y) }));
  const text = (content: string, left: number, top: number, anchor = "middle", colour = "#7a8480", size = 13) =>
    svg`<text x=${left} y=${top} text-anchor=${anchor} font-size=${size} fill=${colour}>${content}</text>`;
  const numbers = numbered(dots);
  const ticks = ticksFrom(x.low, x.high).map((value) =>
    text(value.toLocaleString(languageTag()), x.at(Math.log10(value)), BOTTOM + 14),
  );
  const unit = cost === "milliseconds" ? t("milliseconds") : t("billion multiply-adds for 1280 × 720");
  const height = HEIGHT + (named ? Math.ceil(points.length / 2) * LINE + 6 : 0);
  return html`
    <svg
      class="drawing plot"
      data-testid="score-plot"
      role="img"
      aria-label="PSNR vs. ${unit}; the numbers refer to the rows of the table"
      viewBox="0 0 ${WIDTH} ${height}"
      font-family="system-ui, sans-serif"
    >
      <rect x=${LEFT} y=${TOP} width=${RIGHT - LEFT} height=${BOTTOM - TOP} fill="none" stroke="#9aa5a1" />
      ${[y.low, y.high].map((value) => text(fixed(value, 1), LEFT - 4, y.at(value) + 3, "end"))}
      ${text("dB", LEFT - 4, (TOP + BOTTOM) / 2, "end")} ${ticks} ${text(unit, (LEFT + RIGHT) / 2, HEIGHT - 6)}
      ${dots.map(
        ({ name, isModel, x, y }) => svg`
          <circle cx=${x} cy=${y} r="3.5" fill=${colourOf(isModel)}><title>${baselineLabel(name)}</title></circle>
          ${name === chosen ? svg`<path d="M${x - 6} ${y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0" fill="none" stroke="#178a70" />` : nothing}
        `,
      )}
      ${numbers.map(({ x, y }, at) => leaderLine(dots[at], x, y))}
      ${numbers.map(({ number, isModel, x, y }) => text(String(number), x, y + 3.5, "middle", colourOf(isModel)))}
      ${
        named
          ? points.map(({ number, name, isModel }, index) => {
              const left = index % 2 === 0 ? LEFT : (LEFT + RIGHT) / 2;
              const top = HEIGHT + LINE * (Math.floor(index / 2) + 0.5);
              return text(`${number}  ${baselineLabel(name)}`, left, top, "start", colourOf(isModel), 9);
            })
          : nothing
      }
    </svg>
  `;
}

const colourOf = (isModel: boolean) => (isModel ? "#178a70" : "#7a8480");

/** A line from a dot to its number, where that is not just beside it. */
function leaderLine(dot: Dot | undefined, x: number, y: number): SVGTemplateResult | typeof nothing {
  const far = dot ? Math.hypot(x - dot.x, y - dot.y) : 0;
  if (!dot || far < 15) return nothing;
  const part = (far - 6) / far;
  const [right, down] = [(x - dot.x) * part, (y - dot.y) * part];
  return svg`<path d="M${dot.x} ${dot.y}l${right} ${down}" stroke="#9aa5a1" stroke-width="0.7" />`;
}

/** Places each number beside its dot so that it covers neither another dot nor another number. */
function numbered(dots: readonly Dot[]): Dot[] {
  const placed: Dot[] = [];
  const isFree = (x: number, y: number, own: Dot) =>
    x > LEFT + 8 &&
    x < RIGHT - 8 &&
    y > TOP + 5 &&
    y < BOTTOM - 5 &&
    placed.every((other) => Math.abs(other.x - x) >= 16 || Math.abs(other.y - y) >= 12) &&
    dots.every((other) => other === own || Math.abs(other.x - x) >= 11 || Math.abs(other.y - y) >= 9);
  for (const dot of dots) {
    const tried = [14, 19, 25, 32].flatMap((far) =>
      Array.from({ length: 12 }, (_, hour) => {
        const angle = (hour * Math.PI) / 6;
        return { x: dot.x + far * Math.cos(angle), y: dot.y - far * Math.sin(angle) };
      }),
    );
    const free = tried.find(({ x, y }) => isFree(x, y, dot)) ?? { x: dot.x + 14, y: dot.y };
    placed.push({ ...dot, ...free });
  }
  return placed;
}

/** The plot with names as a PNG, at three times the size. */
export async function plotAsPng(scores: readonly Score[], cost: Cost, chosen: string): Promise<Blob> {
  const holder = document.createElement("div");
  render(plot(scores, cost, chosen, true), holder);
  const drawn = holder.querySelector("svg");
  if (!drawn) throw new Error(t("There is nothing to plot."));
  const { width, height } = drawn.viewBox.baseVal;
  drawn.setAttribute("width", String(width));
  drawn.setAttribute("height", String(height));
  const image = new Image();
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" }));
  image.src = url;
  await image.decode().finally(() => URL.revokeObjectURL(url));
  const canvas = new OffscreenCanvas(3 * width, 3 * height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error(t("The browser could not draw the plot."));
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob();
}
