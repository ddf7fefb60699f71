/**
 * The curves of a fine-tuning as SVG, which follows the page's theme and has labels for screen
 * readers. uPlot draws on a canvas and is ten times as much code.
 */
import { nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import type { Point } from "../session/storage.ts";
import { clamp } from "../shared/clamp.ts";
import { html } from "../shared/html.ts";
import { fixed, plural, whole } from "../shared/words.ts";

/** More points cannot be distinguished. */
const MAX_POINTS = 400;

/** A curve that averages neighbouring points when it has too many. */
export class Curve {
  /** Each is the mean of `#stride` steps, at the last of them. */
  #points: Point[];
  #stride: number;
  #pending: Point[] = [];

  constructor(points: readonly Point[] = []) {
    this.#points = [...points];
    const [[first] = [0], [second] = [1]] = points;
    this.#stride = Math.max(1, second - first);
  }

  add(step: number, value: number): void {
    this.#pending.push([step, value]);
    if (this.#pending.length < this.#stride) return;
    this.#points.push([step, meanOf(this.#pending)]);
    this.#pending = [];
    if (this.#points.length < MAX_POINTS) return;
    this.#stride *= 2;
    const halves: Point[] = [];
    for (let at = 1; at < this.#points.length; at += 2) {
      const pair = this.#points.slice(at - 1, at + 1);
      halves.push([pair[1]?.[0] ?? 0, meanOf(pair)]);
    }
    this.#points = halves;
  }

  /** Forgets the points from `step` on: those steps are repeated. */
  cut(step: number): void {
    const isBefore = ([at]: Point) => at < step;
    this.#points = this.#points.filter(isBefore);
    this.#pending = this.#pending.filter(isBefore);
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** The mean of the last points, since the curve is noisy. */
  get last(): number | undefined {
    const last = [...this.#points, ...this.#pending].slice(-10);
    return last.length > 0 ? meanOf(last) : undefined;
  }
}

function meanOf(points: readonly Point[]): number {
  return points.reduce((sum, [, value]) => sum + value, 0) / points.length;
}

const WIDTH = 360;
const HEIGHT = 150;
const LEFT = 44;
const RIGHT = WIDTH - 6;
const TOP = 8;
const BOTTOM = HEIGHT - 22;
/** The least range of an axis with levels, in dB. */
const MIN_SPAN = 1;
/** The distance between two lines of text. */
const CLOSE = 14;

interface Plot {
  points: readonly Point[];
  /** Whether the curve is smoothed and the single points are shown too. */
  isNoisy: boolean;
  /** Levels to compare with. */
  levels: readonly Level[];
  /** The point of the best step. */
  best?: Point | undefined;
  steps: number;
  digits: number;
  /** The alternative text. */
  label: string;
}

export function plot({ points, isNoisy, levels, best, steps, digits, label }: Plot): TemplateResult {
  const shown = isNoisy ? smoothed(points) : points;
  const [low, high] = range(points, levels, isNoisy);
  const x = (step: number) => LEFT + (Math.min(step, steps) / steps) * (RIGHT - LEFT);
  const y = (value: number) => BOTTOM - ((clamp(value, low, high) - low) / (high - low)) * (BOTTOM - TOP);
  const path = (curve: readonly Point[]) =>
    curve.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const text = (content: string, left: number, top: number, anchor: string) =>
    svg`<text x=${left} y=${top} text-anchor=${anchor}>${content}</text>`;
  const isEmpty = points.length === 0;
  const numberText = (value: number) => fixed(value, high - low < 0.5 ? digits + 1 : digits);
  return html`
    <svg class="curves" role="img" aria-label=${label} viewBox="0 0 ${WIDTH} ${HEIGHT}">
      <path class="frame" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}" />
      ${isEmpty ? nothing : [text(numberText(high), LEFT - 6, TOP + 8, "end"), text(numberText(low), LEFT - 6, BOTTOM, "end")]}
      ${text("0", LEFT, HEIGHT - 6, "start")}
      ${text(plural(steps, "{0} step", "{0} steps", whole(steps)), RIGHT, HEIGHT - 6, "end")}
      ${apart(levels, y).map((level) => levelTemplate(level, y))}
      ${isNoisy ? svg`<polyline class="single" points=${path(points)} />` : nothing}
      <polyline class="curve" points=${path(shown)} />
      ${best ? svg`<circle class="best" cx=${x(best[0])} cy=${y(best[1])} r="4" />` : nothing}
    </svg>
  `;
}

interface Level {
  value: number;
  label: string;
  mark: string;
}

/** Joins the texts of levels that lie close together. */
function apart(levels: readonly Level[], y: (value: number) => number): (Level & { words: string })[] {
  const sorted = levels.toSorted((a, b) => b.value - a.value);
  const worded = sorted.map((level) => ({ ...level, words: `${level.label} ${fixed(level.value, 2)}` }));
  for (const [at, level] of worded.entries()) {
    const next = worded[at + 1];
    if (!next || y(next.value) - y(level.value) > CLOSE) continue;
    level.words += `, ${next.words}`;
    next.words = "";
  }
  return worded;
}

function levelTemplate(
  { value, words, mark }: Level & { words: string },
  y: (value: number) => number,
): SVGTemplateResult {
  // Above its line where there is room.
  const top = y(value) < TOP + 18 ? y(value) + 13 : y(value) - 5;
  return svg`
    <line class=${mark} x1=${LEFT} x2=${RIGHT} y1=${y(value)} y2=${y(value)} />
    <text class="level" x=${RIGHT - 2} y=${top} text-anchor="end">${words}</text>
  `;
}

/**
 * The range of the axis: the curve, the levels and a margin. So a gain is seen beside what the
 * model gained over bicubic before, and one of a tenth of a level fills no plot.
 */
function range(points: readonly Point[], levels: Plot["levels"], isNoisy: boolean): [low: number, high: number] {
  const values = points.map(([, value]) => value).toSorted((a, b) => a - b);
  // A few outliers must not flatten the rest.
  const cut = isNoisy ? Math.floor(values.length * 0.02) : 0;
  const all = [values[cut] ?? 0, values[values.length - 1 - cut] ?? 1];
  if (isNoisy) {
    const [low = 0, high = 1] = all;
    const margin = 0.1 * (high - low) || 0.1 * Math.abs(high) || 1;
    return [Math.max(0, low - margin), high + margin];
  }
  all.push(...levels.map(({ value }) => value));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = Math.max(MIN_SPAN, high - low);
  return [low - 0.1 * span, low + 1.1 * span];
}

function smoothed(points: readonly Point[]): Point[] {
  let mean: number | undefined;
  return points.map(([step, value]) => {
    mean = mean === undefined ? value : mean + 0.12 * (value - mean);
    return [step, mean];
  });
}
