/** The schedule of an elastic model: which of its networks computes which part of the picture. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Commands } from "../session/commands.ts";
import { FULL_EFFORT } from "../session/defaults.ts";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";
import { scheduleText } from "../shared/text.ts";
import { t } from "../shared/words.ts";
import { rangeField } from "./range-field.ts";

export function scheduleFields({ choice, result, showsRungs }: Session, commands: Commands): TemplateResult {
  const { effort } = choice;
  const done = result?.upscaled.report.schedule;
  return html`
    <div class="parameters">
      ${rangeField({
        testId: "effort",
        label: t("Effort"),
        about: "effort-about",
        min: 0,
        max: FULL_EFFORT,
        step: 5,
        value: effort,
        text: `${effort}\u00a0%`,
        onInput: (value) => commands.setEffort(value),
      })}
    </div>
    <p class="about" id="effort-about" data-testid="schedule">
      ${
        done
          ? scheduleText(done)
          : t(
              "Below 100 %, the network enlarges only the parts that gain much from it. A smaller network or plain (bicubic) enlarging does the rest, on the processor.",
            )
      }
    </p>
    ${
      done
        ? html`<label class="check">
              <input
                type="checkbox"
                data-testid="rungs"
                .checked=${live(showsRungs)}
                @change=${() => commands.showRungs(!showsRungs)}
              />
              Show which network computed what
            </label>
            ${showsRungs ? legend() : nothing}`
        : nothing
    }
  `;
}

function legend(): TemplateResult {
  return html`<p class="about rungs">
    <span class="by-whole">${t("the network")}</span><span class="by-cheap">${t("the smaller network")}</span
    ><span>${t("bicubic")}</span>
  </p>`;
}
