/** The section of the panel that opens fine-tuning and shows how it goes. */
import { nothing, type TemplateResult } from "lit-html";
import type { Session } from "../session/session.ts";
import { folded } from "../shared/folded.ts";
import { modelLabel } from "../shared/model-names.ts";
import type { FineTuneLauncher } from "./launcher.ts";
import { html } from "../shared/html.ts";
import { t, whole } from "../shared/words.ts";

export function fineTuneSection({ choice }: Session, launcher: FineTuneLauncher): TemplateResult {
  const { tuning, saved, trouble, waiting, discarded } = launcher;
  const start = choice.trained?.name;
  const isActive = [tuning?.isBusy, saved, trouble, waiting.length, discarded].some(Boolean);
  const content = html`
    <button
      type="button"
      class="wide"
      data-testid="finetune-open"
      aria-haspopup="dialog"
      ?disabled=${!start}
      @click=${() => void launcher.open()}
    >
      ${tuning?.isBusy ? t("Show progress") : choice.newNetwork ? t("Train on your pictures") : t("Fine-tune on your pictures")}
    </button>
    ${
      tuning?.isBusy
        ? html`<progress aria-label="Fine-tuning" max="1" .value=${tuning.fraction}></progress>
            <p class="about" data-testid="finetune-line">${tuning.line}</p>`
        : html`<p class="about">
            ${choice.newNetwork ? html`Trains the network you chose on this device. It starts from <b>${modelLabel(start ?? "")}</b>, the closest trained model.` : html`Makes <b>${modelLabel(start ?? "")}</b> better at pictures like yours. Training runs on this device.`}
          </p>`
    }
    <div role="status">
      ${
        saved && choice.entryOf(saved.name)
          ? html`<p class="about" data-testid="finetune-saved">
              Saved <b>${saved.name}</b>. ${saved.text}
              <button
                type="button"
                class="link"
                data-testid="finetune-undo"
                title="Delete ${saved.name} and go back to ${modelLabel(saved.before)}"
                @click=${() => void launcher.undoSave()}
              >
                Undo
              </button>
            </p>`
          : nothing
      }
      ${trouble ? html`<p class="about wrong">${trouble}</p>` : nothing}
    </div>
    ${waitingTemplate(launcher)}
  `;
  return folded("tuning", t("Fine-tune"), isActive, content);
}

/** Stored fine-tunings, to resume or discard them. */
function waitingTemplate(launcher: FineTuneLauncher): TemplateResult {
  const { waiting, discarded, tuning } = launcher;
  return html`
    ${
      waiting.length > 0
        ? html`<ul class="waiting" data-testid="finetune-waiting">
            ${waiting.map(
              (kept) => html`
                <li>
                  <button
                    type="button"
                    class="grow"
                    data-testid="finetune-resume"
                    ?disabled=${tuning?.isBusy ?? false}
                    @click=${() => void launcher.open(kept)}
                  >
                    Resume ${kept.name} from step ${whole(kept.step)}
                  </button>
                  <button
                    type="button"
                    data-testid="finetune-discard"
                    aria-label="Discard ${kept.name}"
                    @click=${() => void launcher.discard(kept)}
                  >
                    Discard
                  </button>
                </li>
              `,
            )}
          </ul>`
        : nothing
    }
    ${
      discarded
        ? html`<p class="about" role="status">
            Discarded ${discarded.kept.name}.
            <button type="button" class="link" @click=${() => void launcher.restore()}>Undo</button>
          </p>`
        : nothing
    }
  `;
}
