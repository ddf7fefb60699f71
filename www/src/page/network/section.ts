/**
 * The chosen model's hyper-parameters, which choose among the trained models, and what the network
 * costs.
 */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { slicesOf, type ModelEntry, type NetworkInfo, type SplitSrConfig } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import {
  configOf,
  elasticFor,
  holds,
  modelWith,
  parameters,
  trainedWith,
  type Parameter,
} from "../session/hyper-parameters.ts";
import type { Session } from "../session/session.ts";
import { folded } from "../shared/folded.ts";
import { html } from "../shared/html.ts";
import { modelLabel } from "../shared/model-names.ts";
import { lossText } from "../session/loss-text.ts";
import { estimateText, missingPart, zoomText } from "../shared/text.ts";
import { fixed, plural, t, whole } from "../shared/words.ts";
import { rangeField } from "./range-field.ts";

/** Loaded when the section is opened; null if that failed. */
let lazy: typeof import("./lazy.ts") | null | undefined;

async function loadLazy(session: Session): Promise<void> {
  lazy ??= await import("./lazy.ts").catch(() => null);
  session.changed();
}

/** The hybrid index saves far more work than the split ratio. */
const effectiveFirst = parameters.toSorted(
  (a, b) => Number(b.key === "hybrid_index") - Number(a.key === "hybrid_index"),
);

export function networkSection(session: Session, commands: Commands): TemplateResult | typeof nothing {
  const { entry, network, isTrained, isElastic, isFolded } = session.choice;
  if (!entry) return nothing;
  const content = html`
    ${
      // A network without weights must be changed here, and the sliders are for everybody.
      isTrained && !isElastic
        ? html`<p class="about">For those who study the network. To enlarge pictures, you need nothing here.</p>`
        : nothing
    }
    ${
      network
        ? html`<div class="parameters">
              ${effectiveFirst.map((parameter) =>
                isElastic && isNumber(parameter)
                  ? html`${slider(commands, network, parameter)}
                    ${parameter.key === "split_ratio" ? sliceTemplate(session) : nothing}`
                  : parameterField(session, commands, network, parameter),
              )}
            </div>
            ${isElastic ? nothing : elasticButton(session, commands, network)}`
        : nothing
    }
    ${
      network
        ? splitsrTemplate(session, isElastic ? elasticTemplate(session, commands, entry, network) : nothing)
        : otherTemplate(session, entry)
    }
    ${lazy === null ? html`<p class="trouble">${missingPart()}</p>` : nothing}
  `;
  return folded("network", t("Network"), !isTrained || (isElastic && !isFolded), content, () => void loadLazy(session));
}

/** A SplitSR network; empty until its costs are known. `more` comes between costs and drawing. */
function splitsrTemplate(session: Session, more: TemplateResult | typeof nothing): TemplateResult {
  const { networkInfo } = session;
  return html`
    <p class="about" data-testid="network-facts">${networkInfo ? infoText(session, networkInfo) : nothing}</p>
    ${more} ${networkInfo ? lazy?.splitsrDrawing(networkInfo) : nothing}
  `;
}

/** Another architecture. */
function otherTemplate(
  session: Session,
  { config, params, macs_720p: macs720p, receptive_field }: ModelEntry,
): TemplateResult {
  return html`
    <p class="about" data-testid="network-facts">
      ${config.architecture.toUpperCase()} is included for comparison and has none of SplitSR's hyper-parameters.
      ${infoText(session, { params, macs720p, receptiveField: receptive_field })}
    </p>
    ${config.architecture === "splitsr" ? nothing : lazy?.otherDrawing(config)}
  `;
}

const isNumber = ({ key }: Parameter) => key === "split_ratio" || key === "hybrid_index";

/** A hyper-parameter of an elastic model, which has weights for every value. */
function slider(commands: Commands, network: SplitSrConfig, { key, testId, label, values }: Parameter): TemplateResult {
  const chosen = network[key];
  const options = values(network, true);
  const numbers = options.map(([value]) => Number(value));
  const [min = 0, next = 1] = numbers;
  const text = options.find(([value]) => value === chosen)?.[1] ?? String(chosen);
  return rangeField({
    testId,
    label: t(label),
    min,
    max: numbers.at(-1) ?? 1,
    step: next - min,
    value: Number(chosen),
    text,
    falls: key === "hybrid_index",
    onInput: (value) => commands.setNetwork({ [key]: value }),
  });
}

/** The cost and the quality of the network that the sliders choose. */
function sliceTemplate(session: Session): TemplateResult {
  const { choice, estimate } = session;
  const { macs720p = 0, psnrY } = choice.sliceInfo ?? {};
  const facts = [
    t`${fixed(macs720p / 1e9, 1)} billion multiply-adds for 1280 × 720`,
    estimate ? estimateText(estimate.milliseconds) : "",
    psnrY === undefined ? "" : `PSNR ${fixed(psnrY, 2)} dB`,
    lossText(session),
  ];
  return html`<b class="full" data-testid="slice-score">${facts.filter(Boolean).join("; ")}</b>`;
}

/** Explains elastic models, and plots the networks of this one. */
function elasticTemplate(
  session: Session,
  commands: Commands,
  entry: ModelEntry,
  network: SplitSrConfig,
): TemplateResult {
  const { models } = session;
  const single = trainedWith(network, models);
  const slices = slicesOf(entry, network.hybrid_mode);
  const singles = models.flatMap((model) => {
    const psnrY = model.scores?.validation_psnr_y;
    const config = model.elastic ? undefined : configOf(model);
    if (!config || psnrY === undefined || !holds(entry, config)) return [];
    return [{ label: modelLabel(model.name), macs720p: model.macs_720p, psnrY }];
  });
  const score = single?.scores?.validation_psnr_y;
  const scored = slices.some(({ psnrY }) => psnrY !== undefined);
  return html`
    <p class="about">
      This model contains a network for each split ratio, hybrid index and mode. Moving a slider updates the result if
      that takes at most four seconds.
      ${
        single
          ? html`<button
                type="button"
                class="link"
                data-testid="use-single"
                @click=${() => commands.setModel(single.name)}
              >
                ${modelLabel(single.name)}</button
              >&nbsp;was trained for this network alone${score === undefined ? "" : `: ${fixed(score, 2)} dB`}.`
          : nothing
      }
    </p>
    ${scored ? lazy?.budgetField(session, commands) : nothing} ${lazy?.scheduleFields(session, commands)}
    ${lazy?.slicePlot(slices, singles, network, commands)}
  `;
}

/** Offers the elastic model, at the same hyper-parameters. */
function elasticButton({ models }: Session, commands: Commands, network: SplitSrConfig) {
  const elastic = elasticFor(network, models);
  if (!elastic) return nothing;
  return html`
    <button
      type="button"
      class="wide"
      data-testid="try-elastic"
      title="One model for every split ratio, hybrid index and hybrid mode"
      @click=${() => commands.setElastic(elastic.name)}
    >
      Trade quality for speed: ${modelLabel(elastic.name)}
    </button>
  `;
}

function parameterField(
  { models }: Session,
  commands: Commands,
  network: SplitSrConfig,
  { key, testId, label, values }: Parameter,
): TemplateResult {
  const chosen = network[key];
  const options = values(network);
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, String(chosen)] as const];
  const trained = all.filter(([value]) => modelWith({ ...network, [key]: value }, models));
  const untrained = all.filter((option) => !trained.includes(option));
  return html`
    <label>
      <span>${t(label)}</span>
      <select
        data-testid=${testId}
        @change=${(event: Event) => {
          const text = (event.target as HTMLSelectElement).value;
          const option = all.find(([value]) => String(value) === text);
          if (option) commands.setNetwork({ [key]: option[0] });
        }}
      >
        ${[trained, untrained].map((some) => {
          if (some.length === 0) return nothing;
          return html`
            <optgroup label=${some === trained ? t("Trained") : t("Not trained: train it yourself")}>
              ${some.map(
                ([value, name]) =>
                  html`<option value=${String(value)} .selected=${live(value === chosen)}>
                    ${name}${some === trained ? " ✓" : ""}
                  </option>`,
              )}
            </optgroup>
          `;
        })}
      </select>
    </label>
  `;
}

function infoText(
  session: Session,
  info: Pick<NetworkInfo, "params" | "macs720p"> & { receptiveField?: number | null | undefined },
): string {
  const { params, macs720p, receptiveField } = info;
  const facts = [
    t`${whole(params)} parameters`,
    t`${fixed(macs720p / 1e9, 1)} billion multiply-adds for 1280 × 720`,
    receptiveField === null ? t("receptive field: the whole picture") : "",
    receptiveField ? t`receptive field: ${receptiveField} × ${receptiveField} pixels` : "",
    speedText(session),
    session.choice.isTrained ? trainedText(session.choice.entry) : "",
  ];
  return `${facts.filter(Boolean).join("; ")}.`;
}

/** Says how long a model was trained: comparing models compares that too. */
function trainedText(entry: ModelEntry | undefined): string {
  const training = entry?.training;
  if (!training?.hours) return "";
  if (training.hours >= 1) return t`trained for ${fixed(training.hours, 1)} hours`;
  const minutes = Math.max(1, Math.round(training.hours * 60));
  return plural(minutes, "trained for {0} minute", "trained for {0} minutes", minutes);
}

/** The speed as measured with this model, or as estimated. */
function speedText({ speeds, estimate, choice, backend }: Session): string {
  if (!choice.isTrained) return "";
  const measured = speeds.of(choice.key, backend);
  if (measured) {
    const { perMegapixel, zoom } = measured;
    const device = measured.backend.toUpperCase();
    return t`${Math.round(perMegapixel)} ms per megapixel of the result, measured on this ${device} at ×${zoomText(zoom)}`;
  }
  if (!estimate) return "";
  const perMegapixel = estimate.milliseconds / ((estimate.width * estimate.height) / 1e6);
  return t`about ${Math.round(perMegapixel)} ms per megapixel of the result (estimated)`;
}
