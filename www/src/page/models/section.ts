/** The list of models, and the visitor's own among them. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import type { OwnModel } from "../session/storage.ts";
import { html } from "../shared/html.ts";
import { filesOf } from "../shared/incoming.ts";
import { modelLabel } from "../shared/model-names.ts";
import { modelOptions } from "../shared/model-options.ts";
import { save } from "../shared/save.ts";
import { gainText } from "../shared/text.ts";
import { plural, t, whole } from "../shared/words.ts";

/** The choice of the model, and the remarks about the chosen one. */
export function modelTemplate(session: Session, commands: Commands): TemplateResult {
  const { models, own, choice } = session;
  const { entry: model, isTrained, isChosen } = choice;
  const chosen = isTrained ? session.model : "";
  return html`
    <label class="model">
      <span>Model</span>
      <select
        data-testid="model"
        .value=${live(chosen)}
        @change=${(event: Event) => commands.setModel((event.target as HTMLSelectElement).value)}
      >
        ${
          // Hyper-parameters without weights are not a model in the list. Every model can then be
          // chosen again.
          models.length > 0 ? html`<option value="" ?selected=${!chosen} disabled hidden>Not trained</option>` : nothing
        }
        ${modelOptions(
          choice.shipped.map(({ name }) => name),
          own.names,
          chosen,
        )}
      </select>
    </label>
    ${
      model && isTrained
        ? html`<p class="about">
            ${isChosen ? t("You chose this model.") : t("Chosen automatically, to suit the factor.")}
          </p>`
        : nothing
    }
    ${
      isChosen
        ? html`<p class="about">
            <button type="button" class="link" data-testid="model-follow" @click=${() => commands.clearModelChoice()}>
              Choose the model automatically
            </button>
          </p>`
        : nothing
    }
    ${ownModelsTemplate(session, commands)}
  `;
}

/** The commands for the chosen model if it is the visitor's own, and the input for model files. */
function ownModelsTemplate({ own, choice, model }: Session, commands: Commands): TemplateResult {
  const chosen = choice.isTrained ? own.named(model) : undefined;
  return html`
    ${
      chosen
        ? html`
            <p class="about">${originText(chosen)}</p>
            <div class="row own">
              <button
                type="button"
                class="grow"
                data-testid="model-download"
                @click=${() => save(chosen.file, `${chosen.entry.name}.safetensors`)}
              >
                Download model
              </button>
              <button
                type="button"
                class="grow"
                data-testid="model-delete"
                @click=${() => void commands.removeModel(chosen.entry.name)}
              >
                Delete
              </button>
            </div>
          `
        : nothing
    }
    <p class=${own.note || own.removed ? "about" : "unseen"} role="status" data-testid="model-note">
      ${own.note}
      ${
        own.removed
          ? html`Deleted ${own.removed.entry.name}.
              <button type="button" class="link" data-testid="model-undo" @click=${() => void commands.restoreModel()}>
                Undo
              </button>`
          : nothing
      }
    </p>
    <input
      id="model-file"
      class="unseen"
      type="file"
      accept=".safetensors"
      aria-label="Load a model from a file"
      data-testid="model-file"
      @change=${(event: Event) => {
        const [file] = filesOf(event);
        if (file) void commands.addModel(file);
      }}
    />
    <p class="about"><label class="link" for="model-file">Load a model from a file</label></p>
  `;
}

function originText({ tuned }: OwnModel): string {
  if (!tuned) return t("Your model, loaded from a file and stored on this device.");
  const from = modelLabel(tuned.from);
  const figures = [from, whole(tuned.step), gainText(tuned.gain)];
  if (tuned.isOther) {
    return plural(
      tuned.step,
      "Your model: a new network started from {0} and trained for {1} step ({2} vs. {0}). It is stored on this device.",
      "Your model: a new network started from {0} and trained for {1} steps ({2} vs. {0}). It is stored on this device.",
      ...figures,
    );
  }
  if (tuned.step === 0)
    return t`Your model: ${from} unchanged, because no step improved it. It is stored on this device.`;
  return plural(
    tuned.step,
    "Your model: {0} fine-tuned for {1} step ({2}). It is stored on this device.",
    "Your model: {0} fine-tuned for {1} steps ({2}). It is stored on this device.",
    ...figures,
  );
}
