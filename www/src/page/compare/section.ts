/** The list of baselines: adds, shows and removes them, and says how they compare. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Distance } from "../../module/core.ts";
import type { Result, Session } from "../session/session.ts";
import { baselineLabel, MAX_BASELINES, ORIGINAL } from "../shared/baselines.ts";
import { folded } from "../shared/folded.ts";
import { html } from "../shared/html.ts";
import { timeText } from "../shared/text.ts";
import { unlessOff } from "../shared/unless-off.ts";
import type { BaselineResult, Comparison } from "./comparison.ts";
import { rivalOptions } from "./rivals.ts";
import { closerText, scoresText } from "./verdict.ts";
import { fixed, t, type Phrase } from "../shared/words.ts";

export function compareSection(session: Session, comparison: Comparison): TemplateResult {
  const { result, activity } = session;
  const { baselines: names, shown, showsDifference } = session.comparison;
  const made = result && comparison.baseline(shown);
  const isFree = (name: string) => !names.includes(name);
  const isFull = names.length >= MAX_BASELINES;
  const first = names.length === 0 ? t("The original") : isFull ? t`${MAX_BASELINES} at most` : t("Add another…");
  const content = html`
    ${
      names.length > 0
        ? html`<ul class="baselines" data-testid="rivals">
            ${[ORIGINAL, ...names].map((name) => baselineTemplate(session, comparison, name))}
          </ul>`
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
      ${rivalOptions(session, isFree)}
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
            ${result && made ? testTemplate(session, comparison, result) : nothing}
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

/** The test of which is better. It takes time, so it waits for a click. */
function testTemplate(
  { source, activity, comparison: { shown } }: Session,
  comparison: Comparison,
  { model }: Result,
): TemplateResult {
  const test = comparison.testOf(shown);
  const isOff = activity.isBusy || test !== undefined;
  return html`
    <button
      type="button"
      class="wide"
      data-testid="closer"
      aria-disabled=${isOff}
      @click=${unlessOff(isOff, () => comparison.test())}
    >
      Which is better?
    </button>
    <p class="about" data-testid="closer-verdict" aria-live="polite">
      ${test ? `${closerText(test, model, shown, Boolean(source?.compression))} ${scoresText(test)}` : nothing}
    </p>
    <p class="about">
      Shrinks the picture by ${comparison.testScale}, enlarges it again with both, and compares each with the original.
    </p>
  `;
}

/** How a baseline compares with the result, in words: its PSNR would be taken for its quality. */
function figures({ distance, milliseconds, pixels }: BaselineResult): string {
  const all = `${verdictText(distance)} ${timeText(milliseconds)}`;
  return pixels ? all : t`${all}; recomputed when shown, to save memory`;
}

/** How far apart two pictures are, from this PSNR on. */
const verdicts: readonly [number, Phrase][] = [
  [50, "The difference cannot be seen."],
  [40, "The difference is hardly visible."],
  [30, "The difference is slightly visible."],
];

function verdictText({ psnrY, largest }: Distance): string {
  if (psnrY === null)
    return largest === 0
      ? t("The two are identical.")
      : t("The two are equally bright everywhere and differ only in colour.");
  return t(verdicts.find(([psnr]) => psnrY >= psnr)?.[1] ?? "The difference is clearly visible.");
}

function distanceText(distance: Distance): string {
  const { psnrY, ssimY, largest, mean } = distance;
  const verdict = verdictText(distance);
  if (psnrY === null) return verdict;
  const ssim = ssimY === null ? "" : `, SSIM ${fixed(ssimY, 4)}`;
  return `${verdict} ${t`Difference from the result: PSNR ${fixed(psnrY, 2)} dB${ssim}. Values from 0 to 255 differ by ${fixed(mean, 2)} on average and by at most ${largest}.`}`;
}
