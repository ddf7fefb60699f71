/** The network of the chosen model: its hyper-parameters, which choose among the trained models, and what it costs. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { ModelEntry, NetworkFacts, SplitSrConfig } from "../module/splitsr.ts";
import type { App } from "./app.ts";
import { MISSING_PART, roundZoom } from "./text.ts";

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
  const start = nearest ? `, or train this network on your pictures, beginning with ${nearest.name}` : "";
  return `No model has been trained with these hyper-parameters. Choose values with a ✓, or a model from the list${start}.`;
}

/** The hyper-parameters in which a network differs from a model's. */
export function differenceText(network: SplitSrConfig, entry: ModelEntry | undefined): string {
  const own = configOf(entry);
  return parameters
    .filter(({ key }) => network[key] !== own?.[key])
    .map(({ key, label, values }) => {
      const name = values(network).find(([value]) => value === network[key])?.[1] ?? String(network[key]);
      return `${label.toLowerCase()} ${name}`;
    })
    .join(", ");
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

/** Loaded when the section is opened; null: that was tried in vain. */
let drawings: typeof import("./network-drawing.ts") | null | undefined;

async function loadDrawings(app: App): Promise<void> {
  drawings ??= await import("./network-drawing.ts").catch(() => null);
  app.refresh();
}

export function networkSection(app: App): TemplateResult | typeof nothing {
  const { entry, network } = app.choice;
  if (!entry) return nothing;
  return html`
    <details class="network" @toggle=${() => void loadDrawings(app)}>
      <summary>Network</summary>
      ${
        network
          ? html`<div class="parameters">${parameters.map((parameter) => choice(app, network, parameter))}</div>`
          : nothing
      }
      ${network ? splitsrTemplate(app) : otherTemplate(app, entry)}
      ${drawings === null ? html`<p class="trouble">${MISSING_PART}</p>` : nothing}
    </details>
  `;
}

/** Of the hyper-parameters of the moment; nothing until it is known what they come to. */
function splitsrTemplate(app: App): TemplateResult {
  const { networkFacts } = app;
  return html`
    <p class="about" data-testid="network-facts">${networkFacts ? factsText(app, networkFacts) : nothing}</p>
    ${networkFacts ? drawings?.splitsrDrawing(networkFacts) : nothing}
  `;
}

/** A network that has other hyper-parameters, or none. */
function otherTemplate(app: App, { config, params, macs_720p: macs720p, receptive_field }: ModelEntry): TemplateResult {
  return html`
    <p class="about" data-testid="network-facts">
      ${config.architecture.toUpperCase()}, to compare with: it has none of SplitSR's hyper-parameters.
      ${factsText(app, { params, macs720p, receptiveField: receptive_field })}
    </p>
    ${config.architecture === "splitsr" ? nothing : drawings?.otherDrawing(config)}
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

function factsText(
  app: App,
  facts: Pick<NetworkFacts, "params" | "macs720p"> & { receptiveField?: number | null | undefined },
): string {
  const { params, macs720p, receptiveField } = facts;
  const field = receptiveField === null ? "the whole picture" : `${receptiveField} × ${receptiveField} pixels`;
  const sees = receptiveField === undefined ? "" : `; sees ${field}`;
  return (
    `${params.toLocaleString("en")} parameters; ${(macs720p / 1e9).toFixed(1)} billion multiply-adds for 1280 × 720` +
    `${sees}${speedText(app)}.`
  );
}

/** As measured with this model, or what the speed of the device lets expect. */
function speedText({ speeds, estimate, choice, backend }: App): string {
  if (!choice.isTrained) return "";
  const measured = speeds.of(choice.name, backend);
  if (measured) {
    const { perMegapixel, zoom } = measured;
    const place = measured.backend.toUpperCase();
    return `; ${Math.round(perMegapixel)} ms a megapixel of the result, measured on this ${place} at ×${roundZoom(zoom)}`;
  }
  if (!estimate) return "";
  const perMegapixel = estimate.milliseconds / ((estimate.width * estimate.height) / 1e6);
  return `; about ${Math.round(perMegapixel)} ms a megapixel of the result (estimated)`;
}
