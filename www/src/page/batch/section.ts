/** The pictures of a batch and their states. */
import type { TemplateResult } from "lit-html";
import type { Batch } from "../session/batch.ts";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";
import { unlessOff } from "../shared/unless-off.ts";
import { type Phrase, t } from "../shared/words.ts";

const MARKS = { waiting: "·", working: "…", done: "✓", failed: "✗" };

const states: Record<keyof typeof MARKS, Phrase> = {
  waiting: "waiting",
  working: "working",
  done: "done",
  failed: "failed",
};

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
            <span role="img" aria-label=${t(states[state])}>${MARKS[state]}</span> ${folder}${file.name}
            ${why && html`<small>${why}</small>`}
          </li>
        `,
      )}
    </ul>
    <button
      type="button"
      class="wide"
      data-testid="batch-run"
      ?disabled=${!zoomIsValid || !choice.isTrained}
      aria-disabled=${activity.isBusy}
      @click=${unlessOff(activity.isBusy, () => commands.runBatch())}
    >
      ${done > 0 && done < items.length ? t`Enlarge the remaining ${items.length - done}` : t`Enlarge all ${items.length} and save as zip`}
    </button>
  `;
}
