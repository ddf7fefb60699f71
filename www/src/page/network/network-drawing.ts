/**
 * Draws networks from their hyper-parameters: their layers, and which channels each block
 * convolves.
 */
import { nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import type { ChannelFlow, ModelEntry, NetworkInfo, SplitSrConfig } from "../../module/core.ts";
import { html } from "../shared/html.ts";
import { plural, t } from "../shared/words.ts";

const WIDTH = 300;
/** The height of a layer. */
const BAR = 18;
/** Between two layers. */
const GAP = 5;
/** The height of a block in the overview. */
const ROW = 5;
/** Between two groups. */
const SPACE = 5;
/** The heights in the enlarged group of a block's channels, and of the lines to the next block. */
const CELL_HEIGHT = 8;
const LINES_HEIGHT = 18;
/** Blocks in the enlarged group: more would look the same. */
const MAX_BLOCKS = 8;

/** A part of a drawing, from the top down. */
interface Piece {
  height: number;
  content: SVGTemplateResult | SVGTemplateResult[];
}

/** The factors of the pixel shuffles. */
const steps: Record<number, readonly number[]> = { 2: [2], 3: [3], 4: [2, 2] };

export function splitsrDrawing({ config, lightGroups, channelFlow }: NetworkInfo): TemplateResult {
  const { channels, blocks, groups, attention, scale } = config;
  const light = lightGroups.filter(Boolean).length;
  const hasLightUpsampler = config.replacement !== "features";
  const upsampler = steps[scale]?.flatMap((factor) =>
    hasLightUpsampler
      ? [
          groupsPiece([touched(channelFlow, channels, 1)], [true], channels),
          bar(t`Upsampler: 1 × 1, ${channels} → ${channels * factor ** 2}, pixel shuffle ×${factor}`, "light"),
        ]
      : [bar(t`Upsampler: 3 × 3, ${channels} → ${channels * factor ** 2}, pixel shuffle ×${factor}`)],
  );
  const all = Array.from({ length: blocks }, () => [[0, channels] as const]);
  const lightRows = touched(channelFlow, channels, blocks);
  const pieces = [
    bar(t`Head: 3 × 3, 3 → ${channels}`),
    groupsPiece(
      lightGroups.map((isLight) => (isLight ? lightRows : all)),
      lightGroups,
      channels,
      true,
    ),
    bar(t`3 × 3, ${channels} → ${channels}, plus the head's output`),
    ...(upsampler ?? []),
    bar(t`Tail: 3 × 3, ${channels} → 3`),
  ];
  const gates = attention === null ? "" : t("Each standard block ends with channel attention.");
  const label = hasLightUpsampler
    ? t`Head, ${groups} groups of ${blocks} blocks, ${light} of them lightweight, lightweight upsampler, tail`
    : t`Head, ${groups} groups of ${blocks} blocks, ${light} of them lightweight, standard upsampler, tail`;
  return html`
    ${drawing(label, pieces)}
    <p class="about">
      Read the drawing from top to bottom. Each column is a group. Each row is a block, and its bars are the channels it
      convolves, in colour in lightweight groups. The group's own convolution is at the bottom. ${gates} A ✓ in the
      lists marks a choice with trained weights.
    </p>
    ${
      light > 0 || hasLightUpsampler
        ? html`
            ${enlarged(config, channelFlow, light > 0 ? Math.min(blocks, MAX_BLOCKS) : 1)}
            <p class="about">
              ${light > 0 ? t("A lightweight group, enlarged:") : t("A lightweight block, enlarged:")}
              ${channelFlow.about}
            </p>
          `
        : nothing
    }
  `;
}

/** Draws a network of another architecture. */
export function otherDrawing(config: Exclude<ModelEntry["config"], SplitSrConfig>): TemplateResult {
  if (config.architecture === "srcnn") {
    const layers = ["9 × 9, 1 → 64", "5 × 5, 64 → 32", "5 × 5, 32 → 1"];
    const pieces = [bar(t`Bicubic, ×${config.scale}; then on luma only`), ...layers.map((layer) => bar(layer))];
    return drawing(t`Bicubic enlargement, then three convolutions on luma only: ${layers.join("; ")}`, pieces);
  }
  const { channels, blocks, scale } = config;
  const rows = Array.from({ length: blocks }, () => [[0, channels] as const]);
  const groups = config.architecture === "san" ? config.groups : 1;
  const label =
    config.architecture === "san"
      ? t`Head, non-local block, ${groups} groups with second-order attention, non-local block, upsampler, tail`
      : t`Head, ${blocks} residual blocks, upsampler, tail`;
  const nonLocal = bar(t("Non-local block in windows of 24 × 24 pixels"));
  const middle = groupsPiece(Array(groups).fill(rows), Array(groups).fill(false), channels);
  return drawing(label, [
    bar(t`Head: 3 × 3, 3 → ${channels}`),
    ...(config.architecture === "san"
      ? [nonLocal, middle, bar(t("Second-order attention at the end of each group")), nonLocal]
      : [middle, bar(t`3 × 3, ${channels} → ${channels}, plus the head's output`)]),
    ...(steps[scale] ?? []).map((factor) =>
      bar(t`Upsampler: 3 × 3, ${channels} → ${channels * factor ** 2}, pixel shuffle ×${factor}`),
    ),
    bar(t`Tail: 3 × 3, ${channels} → 3`),
  ]);
}

function drawing(label: string, pieces: readonly Piece[]): TemplateResult {
  let top = 0;
  const placed = pieces.map(({ height, content }, index) => {
    const at = top;
    top += height + GAP;
    return svg`
      <g transform="translate(0 ${at})">
        ${index > 0 ? svg`<path class="line" d="M${WIDTH / 2} ${-GAP}v${GAP}" />` : nothing}${content}
      </g>
    `;
  });
  return html`
    <svg class="drawing" role="img" aria-label=${label} viewBox="0 0 ${WIDTH} ${top - GAP}">${placed}</svg>
  `;
}

/** A layer, in words. */
function bar(text: string, kind = ""): Piece {
  const content = svg`
    <rect class="bar ${kind}" width=${WIDTH} height=${BAR} rx="3" />
    <text class=${kind} x=${WIDTH / 2} y=${BAR - 4.5}>${text}</text>
  `;
  return { height: BAR, content };
}

/** Runs of channels. */
type Spans = readonly (readonly [from: number, count: number])[];

/** The groups side by side, each with the rows of its blocks and its convolution. */
function groupsPiece(
  groups: readonly (readonly Spans[])[],
  lightGroups: readonly boolean[],
  channels: number,
  convolves = false,
): Piece {
  const wide = (WIDTH - SPACE * (groups.length - 1)) / groups.length;
  const cell = wide / channels;
  const blocks = groups[0]?.length ?? 0;
  const content = groups.map(
    (rows, group) => svg`
      <g transform="translate(${group * (wide + SPACE)} 0)" class=${lightGroups[group] ? "light" : "standard"}>
        ${rows.map(
          (spans, block) => svg`
            <rect class="idle" y=${block * ROW} width=${wide} height=${ROW - 1} />
            ${spans.map(([from, count]) => svg`<rect x=${from * cell} y=${block * ROW} width=${count * cell} height=${ROW - 1} />`)}
          `,
        )}
        ${convolves ? svg`<rect class="conv" y=${blocks * ROW} width=${wide} height=${ROW - 1} />` : nothing}
      </g>
    `,
  );
  return { height: (blocks + (convolves ? 1 : 0)) * ROW - 1, content };
}

/** Which channels each block in turn convolves, by their indices before the first. */
function touched({ convolved, movesTo }: ChannelFlow, channels: number, blocks: number): Spans[] {
  let indices = Array.from({ length: channels }, (_, channel) => channel);
  return Array.from({ length: blocks }, () => {
    const spans: [number, number][] = [];
    for (const [channel, index] of indices.entries()) {
      if (!convolved[index]) continue;
      const last = spans.at(-1);
      if (last && last[0] + last[1] === channel) last[1]++;
      else spans.push([channel, 1]);
    }
    indices = indices.map((index) => movesTo[index] ?? index);
    return spans;
  });
}

/** A lightweight group: its blocks from the top down, and the path of each channel between them. */
function enlarged({ channels }: SplitSrConfig, { convolved, movesTo }: ChannelFlow, blocks: number): TemplateResult {
  const cell = WIDTH / channels;
  const indices = Array.from({ length: channels }, (_, index) => index);
  const path = (are: boolean, draw: (index: number) => string) =>
    indices
      .filter((index) => convolved[index] === are)
      .map(draw)
      .join("");
  const line = (index: number) =>
    `M${(index + 0.5) * cell} ${CELL_HEIGHT}L${((movesTo[index] ?? index) + 0.5) * cell} ${CELL_HEIGHT + LINES_HEIGHT}`;
  const square = (index: number) =>
    `M${(index + 1 / 16) * cell} 0h${cell * (7 / 8)}v${CELL_HEIGHT}h${cell * (-7 / 8)}z`;
  const rows = Array.from(
    { length: blocks },
    (_, block) => svg`
      <g transform="translate(0 ${block * (CELL_HEIGHT + LINES_HEIGHT)})">
        <path class="line" d=${path(false, line)} />
        <path class="line light" d=${path(true, line)} />
        <path class="idle" d=${path(false, square)} />
        <path class="active" d=${path(true, square)} />
      </g>
    `,
  );
  const bottom = blocks * (CELL_HEIGHT + LINES_HEIGHT);
  return html`
    <svg
      class="drawing"
      role="img"
      aria-label=${plural(
        blocks,
        "The channels of {0} block, and how they move from one block to the next",
        "The channels of {0} blocks, and how they move from one block to the next",
        blocks,
      )}
      viewBox="0 0 ${WIDTH} ${bottom + CELL_HEIGHT}"
    >
      ${rows}
      <rect class="conv" y=${bottom} width=${WIDTH} height=${CELL_HEIGHT} />
    </svg>
  `;
}
