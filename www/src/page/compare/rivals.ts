/** The list below the left picture's name: what the result is compared with. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Session } from "../session/session.ts";
import { MAX_BASELINES, ORIGINAL, resizers } from "../shared/baselines.ts";
import { html } from "../shared/html.ts";
import { modelOptions } from "../shared/model-options.ts";
import { t } from "../shared/words.ts";
import type { Comparison } from "./comparison.ts";
import { closerText } from "./verdict.ts";

/** Those that `isOffered` accepts, as options. */
export function rivalOptions(
  { choice, own }: Session,
  isOffered: (name: string) => boolean,
  chosen?: string,
): TemplateResult {
  const shipped = choice.shipped.map(({ name }) => name).filter(isOffered);
  return html`
    <optgroup label="Resizers">
      ${resizers.map(([value, label]) =>
        isOffered(value) ? html`<option value=${value} ?selected=${value === chosen}>${t(label)}</option>` : nothing,
      )}
    </optgroup>
    ${modelOptions(shipped, own.names.filter(isOffered), chosen)}
  `;
}

/** The list in the viewer: what is chosen is shown on the left, and the verdict below. */
export function rivalTemplate(session: Session, comparison: Comparison): TemplateResult | typeof nothing {
  const { result, activity } = session;
  const { baselines, shown } = session.comparison;
  if (!result) return nothing;
  const isFull = baselines.length >= MAX_BASELINES;
  const scales = new Map(session.models.map(({ name, scale }) => [name, scale]));
  // Models of the scale at which the two are tested; those of Compare are there anyway.
  const isOffered = (name: string) =>
    baselines.includes(name) || (!isFull && (scales.get(name) ?? comparison.testScale) === comparison.testScale);
  const chosen = shown === ORIGINAL ? "" : shown;
  return html`
    <select
      aria-label="Compare with"
      data-testid="rival"
      .value=${live(chosen)}
      ?disabled=${activity.isOccupied}
      @change=${({ target }: Event) => {
        const name = (target as HTMLSelectElement).value;
        void (name === ORIGINAL ? comparison.choose(name) : comparison.ask(name));
      }}
    >
      <option value="" ?selected=${chosen === ""} hidden>Compare with…</option>
      <option value=${ORIGINAL}>The original</option>
      ${rivalOptions(session, isOffered, chosen)}
    </select>
    ${shown === ORIGINAL || !comparison.baseline(shown) ? nothing : verdictTemplate(session, comparison, result.model)}
  `;
}

/** The verdict, or a button that asks for it. */
function verdictTemplate(
  { source, activity, comparison: { shown } }: Session,
  comparison: Comparison,
  model: string,
): TemplateResult | typeof nothing {
  const test = comparison.testOf(shown);
  if (test) {
    if (comparison.verdictIsClosed) return nothing;
    return html`
      <div class="verdict">
        <p data-testid="rival-verdict">${closerText(test, model, shown, Boolean(source?.compression))}</p>
        <button
          type="button"
          aria-label="Close"
          data-testid="rival-close"
          @click=${({ target }: Event) => {
            (target as Element).closest(".rival")?.querySelector("select")?.focus();
            comparison.closeVerdict();
          }}
        >
          ×
        </button>
      </div>
    `;
  }
  if (activity.isBusy) return nothing;
  return html`
    <button type="button" data-testid="rival-closer" @click=${() => void comparison.test()}>Which is better?</button>
  `;
}
