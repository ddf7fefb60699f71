/** The list of baselines: adds, shows and removes them, and says how they compare. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Distance } from "../../module/core.ts";
import type { Session } from "../session/session.ts";
import { baselineLabel, MAX_BASELINES, ORIGINAL, resizers } from "../shared/baselines.ts";
import { folded } from "../shared/folded.ts";
import { html } from "../shared/html.ts";
import { modelOptions } from "../shared/model-options.ts";
import { timeText } from "../shared/text.ts";
import type { BaselineResult, Comparison } from "./comparison.ts";
import { fixed, t, type Phrase } from "../shared/words.ts";

export function compareSection(session: Session, comparison: Comparison): TemplateResult {
  const { result, choice, own, activity } = session;
  const { baselines: names, shown, showsDifference } = session.comparison;
  const made = result && comparison.baseline(shown);
  const isFree = (name: string) => !names.includes(name);
  const shipped = choice.shipped.map(({ name }) => name).filter(isFree);
  const isFull = names.length >= MAX_BASELINES;
  const first = names.length === 0 ? t("The original") : isFull ? t`${MAX_BASELINES} at most` : t("Add another…");
  const content = html`
    ${
      names.length > 0
        ? html`<ul class="baselines" data-testid="rivals">
              ${[ORIGINAL, ...names].map((name) => baselineTemplate(session, comparison, name))}
            </ul>
            <p class="about">
              PSNR and SSIM show how close each one is to the result, not how good it is. “Score the models” shows which
              is better.
            </p>`
        : nothing
    }
    <select
      aria-labelledby="compare-title"
      data-testid="compare-model"
      .value=${live("")}
      ?disabled=${isFull || activity.isOccupied}
      @change=${(event: Event) => {
        void comparison.add((event.target as HTMLSelectElement).value);
      }}
    >
      <option value="" selected>${first}</option>
      <optgroup label="Resizers">
        ${resizers.map(([value, label]) => (isFree(value) ? html`<option value=${value}>${t(label)}</option>` : nothing))}
      </optgroup>
      ${modelOptions(shipped, own.names.filter(isFree))}
    </select>
    ${
      shown === ORIGINAL
        ? nothing
        : html`
            <label class="check">
              <input
                type="checkbox"
                data-testid="diff"
                ?disabled=${activity.isOccupied}
                .checked=${live(showsDifference)}
                @change=${(event: Event) => {
                  void comparison.showDifference((event.target as HTMLInputElement).checked);
                }}
              />
              Show differences
            </label>
            <p class="about" data-testid="distance">${made ? distanceText(made.distance) : nothing}</p>
          `
    }
  `;
  return folded("compare", t("Compare"), names.length > 0, content);
}

/** A baseline in the list, with a button to show it left of the line and one to remove it. */
function baselineTemplate(session: Session, comparison: Comparison, name: string): TemplateResult {
  const { own, activity } = session;
  const made = session.result && comparison.baseline(name);
  const label =
    name === ORIGINAL ? t("The original") : own.named(name) ? t`${baselineLabel(name)} (yours)` : baselineLabel(name);
  return html`
    <li>
      <button
        type="button"
        class="grow"
        aria-pressed=${name === session.comparison.shown}
        title="Show this to the left of the line"
        ?disabled=${activity.isOccupied}
        @click=${() => {
          void comparison.choose(name);
        }}
      >
        <span>${label}</span>
        ${made ? html`<small>${figures(made)}</small>` : nothing}
      </button>
      ${
        name === ORIGINAL
          ? nothing
          : html`<button
              type="button"
              aria-label="Remove ${label}"
              ?disabled=${activity.isOccupied}
              @click=${() => {
                void comparison.remove(name);
              }}
            >
              ×
            </button>`
      }
    </li>
  `;
}

/** How a baseline compares with the result. */
function figures({ distance: { psnrY, ssimY }, milliseconds, pixels }: BaselineResult): string {
  const psnr = psnrY === null ? t("identical") : `PSNR ${fixed(psnrY, 2)}`;
  const ssim = psnrY === null || ssimY === null ? "" : `, SSIM ${fixed(ssimY, 4)}`;
  const all = `${psnr}${ssim}, ${timeText(milliseconds)}`;
  return pixels ? all : t`${all}; recomputed when shown, to save memory`;
}

/** How far apart two pictures are, from this PSNR on. */
const verdicts: readonly [number, Phrase][] = [
  [50, "The difference cannot be seen."],
  [40, "The difference is hardly visible."],
  [30, "The difference is slightly visible."],
];

function distanceText({ psnrY, ssimY, largest, mean }: Distance): string {
  if (psnrY === null) return largest === 0 ? t("The two are identical.") : t("The two have the same luma.");
  const ssim = ssimY === null ? "" : `, SSIM ${fixed(ssimY, 4)}`;
  const verdict = t(verdicts.find(([psnr]) => psnrY >= psnr)?.[1] ?? "The difference is clearly visible.");
  return `${verdict} ${t`Difference from the result: PSNR ${fixed(psnrY, 2)} dB${ssim}. Values from 0 to 255 differ by ${fixed(mean, 2)} on average and by at most ${largest}.`}`;
}
