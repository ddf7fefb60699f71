/** The network of the chosen model: its hyper-parameters, which choose among the trained models, what it costs, and a drawing of it. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { ModelEntry, NetworkFacts, SplitSrConfig } from "../module/splitsr.ts";
import type { App } from "./app.ts";

/** The hyper-parameters that a visitor may change, and the values to choose from. */
interface Parameter {
  key: "split_ratio" | "hybrid_index" | "hybrid_mode" | "replacement" | "block";
  testId: string;
  label: string;
  /** Its name in a link. */
  link: string;
  values: (config: SplitSrConfig) => readonly (readonly [value: string | number, label: string])[];
}

const ratios = [
  [0.125, "1/8"],
  [0.25, "1/4"],
  [0.375, "3/8"],
  [0.5, "1/2"],
  [0.75, "3/4"],
  [1, "1"],
] as const;

export const parameters: readonly Parameter[] = [
  { key: "split_ratio", testId: "split-ratio", label: "Split ratio", link: "a", values: () => ratios },
  {
    key: "hybrid_index",
    testId: "hybrid-index",
    label: "Hybrid index",
    link: "hi",
    values: ({ groups }) => Array.from({ length: groups + 1 }, (_, index) => [index, `${index} of ${groups}`] as const),
  },
  {
    key: "hybrid_mode",
    testId: "hybrid-mode",
    label: "Hybrid mode",
    link: "mode",
    values: () => [
      ["split-first", "split first"],
      ["standard-first", "standard first"],
      ["interleaved", "interleaved"],
    ],
  },
  {
    key: "replacement",
    testId: "replacement",
    label: "Replacement",
    link: "at",
    values: () => [
      ["features", "features"],
      ["upsampler", "upsampler"],
      ["both", "both"],
    ],
  },
  {
    key: "block",
    testId: "block",
    label: "Block",
    link: "block",
    values: () => [
      ["split", "split"],
      ["shuffle", "shuffle"],
      ["inverted-residual", "inverted residual"],
      ["idle", "idle"],
      ["ghost", "ghost"],
    ],
  },
];

/** What is said where no model has the hyper-parameters. */
export function untrainedText(nearest: ModelEntry | undefined): string {
  const start = nearest ? `, or fine-tune the nearest trained one, ${nearest.name}` : "";
  return `No model has been trained with these hyper-parameters. Choose values with a ✓, or a model from the list${start}.`;
}

/** A change of hyper-parameters. */
export type NetworkChange = Partial<Pick<SplitSrConfig, Parameter["key"]>>;

/** The hyper-parameters of a model, if it is a SplitSR network. */
export function configOf(entry: ModelEntry | undefined): SplitSrConfig | undefined {
  return entry?.config.architecture === "splitsr" ? entry.config : undefined;
}

/** Whether a model was trained with just these hyper-parameters. */
export function hasConfig(entry: ModelEntry | undefined, config: SplitSrConfig): boolean {
  const other = configOf(entry);
  return other !== undefined && differing(other, config).length === 0;
}

export function trainedWith(config: SplitSrConfig, entries: readonly ModelEntry[]): ModelEntry | undefined {
  return entries.find((entry) => hasConfig(entry, config));
}

/** The model of the same scale that differs in the fewest hyper-parameters, and in those the least. */
export function nearestTo(config: SplitSrConfig, entries: readonly ModelEntry[]): ModelEntry | undefined {
  const distance = (other: SplitSrConfig) =>
    differing(other, config).length +
    Math.abs(other.split_ratio - config.split_ratio) / 2 +
    Math.abs(other.hybrid_index - config.hybrid_index) / (2 * config.groups);
  const candidates = entries.flatMap((entry) => {
    const other = configOf(entry);
    return other?.scale === config.scale ? [{ entry, distance: distance(other) }] : [];
  });
  return candidates.toSorted((a, b) => a.distance - b.distance)[0]?.entry;
}

function differing(a: SplitSrConfig, b: SplitSrConfig): string[] {
  const keys = Object.keys(b) as (keyof SplitSrConfig)[];
  return keys.filter((key) => a[key] !== b[key]);
}

export function networkSection(app: App): TemplateResult | typeof nothing {
  const { networkFacts } = app;
  const { network } = app.choice;
  if (!network) return nothing;
  return html`
    <details class="network">
      <summary>Network</summary>
      <div class="parameters">${parameters.map((parameter) => choice(app, network, parameter))}</div>
      <p class="about" data-testid="network-facts">${networkFacts ? facts(app, networkFacts) : nothing}</p>
      ${networkFacts ? drawing(networkFacts) : nothing}
    </details>
  `;
}

function choice(app: App, network: SplitSrConfig, { key, testId, label, values }: Parameter): TemplateResult {
  const chosen = network[key];
  const options = values(network);
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, String(chosen)] as const];
  return html`
    <label>
      <span>${label}</span>
      <select
        data-testid=${testId}
        .value=${live(String(chosen))}
        @change=${(event: Event) => {
          const text = (event.target as HTMLSelectElement).value;
          const option = all.find(([value]) => String(value) === text);
          if (option) app.setNetwork({ [key]: option[0] });
        }}
      >
        ${all.map(([value, name]) => {
          const trained = trainedWith({ ...network, [key]: value }, app.models) ? " ✓" : "";
          return html`<option value=${String(value)} ?selected=${value === chosen}>${name}${trained}</option>`;
        })}
      </select>
    </label>
  `;
}

function facts({ estimate, choice }: App, { params, macs720p, receptiveField }: NetworkFacts): string {
  const sees = receptiveField === null ? "the whole picture" : `${receptiveField} × ${receptiveField} pixels`;
  const speed =
    estimate && choice.isTrained
      ? `; ${Math.round(estimate.milliseconds / ((estimate.width * estimate.height) / 1e6))} ms a megapixel on this device`
      : "";
  return (
    `${params.toLocaleString("en")} parameters; ${(macs720p / 1e9).toFixed(1)} billion multiply-adds for 1280 × 720; ` +
    `sees ${sees}${speed}.`
  );
}

const CELL = 2;
const ROW = 5;
const SPACE = 5;

/** Each group is a column of blocks, each block a row of the channels: dark where it convolves. */
function drawing({ config, lightGroups, splitChannels }: NetworkFacts): SVGTemplateResult | TemplateResult {
  const { channels, blocks, groups } = config;
  const wide = channels * CELL;
  const width = groups * (wide + SPACE) - SPACE;
  const height = (blocks + 1) * ROW;
  const light = lightGroups.filter(Boolean).length;
  const columns = lightGroups.map((isLight, group) => {
    const left = group * (wide + SPACE);
    const rows = Array.from({ length: blocks }, (_, block) =>
      isLight ? lightBlock(config, splitChannels, block) : [[0, channels] as const],
    );
    return svg`
      <g transform="translate(${left} 0)" class=${isLight ? "light" : "standard"}>
        ${rows.map(
          (spans, block) => svg`
            <rect class="idle" y=${block * ROW} width=${wide} height=${ROW - 1} />
            ${spans.map(([from, count]) => svg`<rect x=${from * CELL} y=${block * ROW} width=${count * CELL} height=${ROW - 1} />`)}
          `,
        )}
        <rect class="conv" y=${blocks * ROW} width=${wide} height=${ROW - 1} />
      </g>
    `;
  });
  return html`
    <svg
      class="drawing"
      role="img"
      aria-label="${groups} groups of ${blocks} blocks, ${light} of them lightweight"
      viewBox="0 0 ${width} ${height}"
    >
      ${columns}
    </svg>
    <p class="about">
      Each column is a group, each row one of its blocks and the channels that it convolves: dark in a standard group,
      bright in a lightweight one. The last row is the group's convolution. ✓: with trained weights.
    </p>
  `;
}

/** The channels that a lightweight block convolves, as runs. Channels keep their places: the rotation is not drawn. */
function lightBlock(config: SplitSrConfig, split: number, block: number): (readonly [from: number, count: number])[] {
  const { channels } = config;
  switch (config.block) {
    case "split": {
      const from = (block * split) % channels;
      const first = Math.min(split, channels - from);
      return first < split
        ? [
            [from, first],
            [0, split - first],
          ]
        : [[from, first]];
    }
    case "shuffle":
      return [[channels / 2, channels / 2]];
    case "idle":
      return [[0, split]];
    default:
      return [[0, channels]];
  }
}
