/** The choice of an elastic model's network by the time that it may take. */
import type { TemplateResult } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";
import { t } from "../shared/words.ts";

export function budgetField(session: Session, commands: Commands): TemplateResult {
  const { estimate, choice } = session;
  const choose = (field: HTMLInputElement) => {
    const budget = field.valueAsNumber;
    field.ariaInvalid = String(budget <= 0);
    if (budget <= 0) session.activity.remark(t("The time limit must be above 0 ms."));
    if (!(budget > 0) || !estimate) return;
    const network = choice.networkWithin(budget, estimate.milliseconds);
    if (network) commands.setNetwork(network);
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
          @change=${(event: Event) => choose(event.target as HTMLInputElement)}
        />
      </span>
    </div>
  `;
}
