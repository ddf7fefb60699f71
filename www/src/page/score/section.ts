/** The table and the plot of the scores. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { SplitSrConfig } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import { evaluationScales } from "../session/defaults.ts";
import type { Session } from "../session/session.ts";
import { baselineLabel } from "../shared/baselines.ts";
import { compressedNote } from "../shared/compressed-note.ts";
import { folded } from "../shared/folded.ts";
import { html } from "../shared/html.ts";
import { save } from "../shared/save.ts";
import { unlessOff } from "../shared/unless-off.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Cost, Score } from "./score.ts";
import { fixed, t } from "../shared/words.ts";

export function scoreSection(session: Session, evaluation: Evaluation, commands: Commands): TemplateResult {
  const { picture, source, activity, evaluationScale } = session;
  const { scores, plots } = evaluation;
  const content = html`
    <p class="about">
      Shrinks the picture, enlarges it again with every model and resizer, and compares each result with your picture.
      Higher PSNR and SSIM mean a closer match. Use a sharp picture.
    </p>
    ${compressedNote(source, "score-warning")}
    <div class="row">
      <select
        aria-label="Scale factor"
        data-testid="score-scale"
        .value=${live(String(evaluationScale))}
        @change=${(event: Event) => commands.setEvaluationScale(Number((event.target as HTMLSelectElement).value))}
      >
        ${evaluationScales.map((scale) => html`<option value=${scale} ?selected=${scale === evaluationScale}>×${scale}</option>`)}
      </select>
      <button
        type="button"
        class="grow"
        data-testid="score-run"
        ?disabled=${!picture}
        aria-disabled=${activity.isBusy}
        @click=${unlessOff(activity.isBusy, () => commands.evaluate())}
      >
        Score
      </button>
    </div>
    ${scores.length > 0 && plots ? scoresTemplate(session, evaluation, plots) : nothing}
  `;
  return folded("score", t("Score the models"), scores.length > 0, content);
}

function scoresTemplate(
  { picture, model, choice, evaluationScale: scale, activity }: Session,
  evaluation: Evaluation,
  { costs, plot, plotAsPng, pointsOf }: NonNullable<Evaluation["plots"]>,
): TemplateResult {
  const { scores, cost } = evaluation;
  const chosen = choice.isTrained ? model : "";
  const name = `${picture?.name ?? "picture"}-x${scale}`;
  return html`
    <div class="scroll">
      <table data-testid="score-table">
        <thead>
          <tr>
            <th scope="col">×${scale}</th>
            <th scope="col">PSNR</th>
            <th scope="col">SSIM</th>
            <th scope="col">ms</th>
          </tr>
        </thead>
        <tbody>
          ${scores.map(
            ({ name, network, psnrY, ssimY, milliseconds }, index) => html`
              <tr aria-current=${name === chosen}>
                <th scope="row"><span class="point">${index + 1}</span> ${rowLabel(name, network)}</th>
                <td>${psnrY === null ? t("exact") : fixed(psnrY, 2)}</td>
                <td>${ssimY === null ? "" : fixed(ssimY, 4)}</td>
                <td>${fixed(milliseconds, 0)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    <select
      class="below"
      aria-label="Horizontal axis of the plot"
      data-testid="score-cost"
      @change=${(event: Event) => evaluation.setCost((event.target as HTMLSelectElement).value as Cost)}
    >
      ${costs.map(({ value, label }) => html`<option value=${value} ?selected=${value === cost}>PSNR vs. ${t(label)}</option>`)}
    </select>
    ${plot(scores, cost, chosen)}
    <p class="about">Models are green, resizers grey. The ring marks the chosen model.</p>
    <div class="row">
      <button
        type="button"
        class="grow"
        data-testid="score-csv"
        @click=${() => save(new Blob([csv(scores)], { type: "text/csv" }), `${name}.csv`)}
      >
        Save as CSV
      </button>
      <button
        type="button"
        class="grow"
        data-testid="score-png"
        ?disabled=${pointsOf(scores, cost).length === 0}
        @click=${() =>
          void plotAsPng(scores, cost, chosen)
            .then((png) => save(png, `${name}.png`))
            .catch((error: unknown) => activity.remark(error))}
      >
        Save plot
      </button>
    </div>
  `;
}

function rowLabel(name: string, network: SplitSrConfig | undefined): string {
  const label = baselineLabel(name);
  if (!network) return label;
  const { split_ratio, hybrid_index } = network;
  return t`${label} (split ratio ${split_ratio}, hybrid index ${hybrid_index})`;
}

function csv(scores: readonly Score[]): string {
  const rows = scores.map(({ name, cost, network, psnrY, ssimY, milliseconds }) =>
    [
      ...[name, psnrY, ssimY, milliseconds.toFixed(1), cost?.params, cost?.macs720p],
      ...[network?.split_ratio, network?.hybrid_index, network?.hybrid_mode],
    ].join(","),
  );
  return `name,psnr_y,ssim_y,milliseconds,params,macs_720p,split_ratio,hybrid_index,hybrid_mode\n${rows.join("\n")}\n`;
}
