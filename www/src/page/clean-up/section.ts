/** The clean-up of compressed pictures: a strength, or what suits the picture's file. */
import type { TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";
import { t } from "../shared/words.ts";

/** In %. Larger steps would be coarse, and smaller ones make no visible difference. */
const STEP = 5;

export function cleanUpSection(session: Session, commands: Commands): TemplateResult {
  const { clean, canClean, strength } = session;
  const isAutomatic = clean === "auto";
  return html`
    <section aria-labelledby="clean-title">
      <h2 id="clean-title">Clean-up</h2>
      <div class="zoom">
        <input
          type="range"
          aria-labelledby="clean-title"
          aria-describedby="clean-about"
          aria-valuetext="${strength} %"
          data-testid="clean"
          min="0"
          max="100"
          step=${STEP}
          ?disabled=${!canClean}
          .value=${live(String(strength))}
          @input=${(event: Event) => commands.setClean((event.target as HTMLInputElement).valueAsNumber)}
        />
        <output aria-hidden="true">${strength}&nbsp;%</output>
      </div>
      <label class="check">
        <input
          type="checkbox"
          data-testid="clean-auto"
          ?disabled=${!canClean}
          .checked=${live(isAutomatic)}
          @change=${() => commands.setClean(isAutomatic ? strength : "auto")}
        />
        Automatic: as much as the file needs
      </label>
      <p class="about" id="clean-about">${about(session)}</p>
    </section>
  `;
}

function about({ canClean, source }: Session): TemplateResult | string {
  if (!canClean) return t("This model cannot clean up compressed pictures. The SplitSR models marked “best” can.");
  if (!source) return t("Removes the blocks and specks that JPEG and WebP compression leave.");
  const { compression } = source;
  // The engine's words are English in each language.
  return compression
    ? html`Compressed: <span lang="en">${compression.description}</span>.`
    : t("This picture shows no trace of compression.");
}
