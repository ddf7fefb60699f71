/** The choice of an elastic model's network by the time that it may take. */
import type { TemplateResult } from "lit-html";
import { bestWithin, type SliceInfo } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";

/** `slices` are the networks of the chosen hybrid mode. */
export function budgetField(session: Session, slices: readonly SliceInfo[], commands: Commands): TemplateResult {
  const { estimate, choice } = session;
  const choose = (budget: number) => {
    const macs720p = choice.sliceMacs;
    if (!(budget > 0) || !estimate || macs720p === undefined) return;
    const best = bestWithin(budget, slices, { macs720p, milliseconds: estimate.milliseconds });
    if (best) commands.setNetwork({ split_ratio: best.splitRatio, hybrid_index: best.hybridIndex });
  };
  return html`
    <div class="zoom">
      <span id="budget-label" class="about">Time limit for the picture, in ms</span>
      <span class="number">
        <input
          type="number"
          aria-labelledby="budget-label"
          data-testid="budget"
          min="1"
          step="any"
          title="Chooses the best network expected to finish in this time"
          ?disabled=${!estimate}
          @change=${(event: Event) => choose((event.target as HTMLInputElement).valueAsNumber)}
        />
      </span>
    </div>
  `;
}
