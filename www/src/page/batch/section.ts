/** The pictures of a batch and their states. */
import { html, type TemplateResult } from "lit-html";
import type { Batch } from "../session/batch.ts";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";

const MARKS = { waiting: "·", working: "…", done: "✓", failed: "✗" };

export function batchTemplate(
  { activity, zoomIsValid, choice }: Session,
  { items, done }: Batch,
  commands: Commands,
): TemplateResult {
  return html`
    <ul class="batch" data-testid="batch">
      ${items.map(
        ({ file, folder, state, why }) => html`
          <li data-state=${state}>
            <span aria-label=${state}>${MARKS[state]}</span> ${folder}${file.name} ${why && html`<small>${why}</small>`}
          </li>
        `,
      )}
    </ul>
    <button
      type="button"
      class="wide"
      data-testid="batch-run"
      ?disabled=${activity.isBusy || !zoomIsValid || !choice.isTrained}
      @click=${() => void commands.runBatch()}
    >
      ${done > 0 && done < items.length ? `Enlarge the remaining ${items.length - done}` : `Enlarge all ${items.length} and save as zip`}
    </button>
  `;
}
