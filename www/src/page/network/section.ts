/**
 * The chosen model's hyper-parameters, which choose among the trained models, and what the network
 * costs.
 */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { ModelEntry, NetworkInfo, SplitSrConfig } from "../../module/splitsr.ts";
import type { Commands } from "../session/commands.ts";
import { parameters, trainedWith, type Parameter } from "../session/hyper-parameters.ts";
import type { Session } from "../session/session.ts";
import { folded } from "../shared/folded.ts";
import { MISSING_PART, roundZoom } from "../shared/text.ts";

/** Loaded when the section is opened; null if that failed. */
let drawings: typeof import("./network-drawing.ts") | null | undefined;

async function loadDrawings(session: Session): Promise<void> {
  drawings ??= await import("./network-drawing.ts").catch(() => null);
  session.changed();
}

export function networkSection(session: Session, commands: Commands): TemplateResult | typeof nothing {
  const { entry, network, isTrained } = session.choice;
  if (!entry) return nothing;
  const content = html`
    ${
      network
        ? html`<div class="parameters">
            ${parameters.map((parameter) => parameterField(session, commands, network, parameter))}
          </div>`
        : nothing
    }
    ${network ? splitsrTemplate(session) : otherTemplate(session, entry)}
    ${drawings === null ? html`<p class="trouble">${MISSING_PART}</p>` : nothing}
  `;
  return folded("network", "Network", !isTrained, content, () => void loadDrawings(session));
}

/** A SplitSR network; empty until its costs are known. */
function splitsrTemplate(session: Session): TemplateResult {
  const { networkInfo } = session;
  return html`
    <p class="about" data-testid="network-facts">${networkInfo ? infoText(session, networkInfo) : nothing}</p>
    ${networkInfo ? drawings?.splitsrDrawing(networkInfo) : nothing}
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
    ${config.architecture === "splitsr" ? nothing : drawings?.otherDrawing(config)}
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
  return html`
    <label>
      <span>${label}</span>
      <select
        data-testid=${testId}
        .value=${live(String(chosen))}
        @change=${(event: Event) => {
          const text = (event.target as HTMLSelectElement).value;
          const option = all.find(([value]) => String(value) === text);
          if (option) commands.setNetwork({ [key]: option[0] });
        }}
      >
        ${all.map(([value, name]) => {
          const trained = trainedWith({ ...network, [key]: value }, models) ? " ✓" : "";
          return html`<option value=${String(value)} ?selected=${value === chosen}>${name}${trained}</option>`;
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
  const field = receptiveField === null ? "the whole picture" : `${receptiveField} × ${receptiveField} pixels`;
  const sees = receptiveField === undefined ? "" : `; receptive field: ${field}`;
  return (
    `${params.toLocaleString("en")} parameters; ${(macs720p / 1e9).toFixed(1)} billion multiply-adds for 1280 × 720` +
    `${sees}${speedText(session)}.`
  );
}

/** The speed as measured with this model, or as estimated. */
function speedText({ speeds, estimate, choice, backend }: Session): string {
  if (!choice.isTrained) return "";
  const measured = speeds.of(choice.name, backend);
  if (measured) {
    const { perMegapixel, zoom } = measured;
    const place = measured.backend.toUpperCase();
    return `; ${Math.round(perMegapixel)} ms per megapixel of the result, measured on this ${place} at ×${roundZoom(zoom)}`;
  }
  if (!estimate) return "";
  const perMegapixel = estimate.milliseconds / ((estimate.width * estimate.height) / 1e6);
  return `; about ${Math.round(perMegapixel)} ms per megapixel of the result (estimated)`;
}
