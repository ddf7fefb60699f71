/** The choice of language in the page's foot. Its text is a value, so that it keeps the focus. */
import type { TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";
import { missingPart } from "../shared/text.ts";
import { languageTag, t } from "../shared/words.ts";
import { chooseLanguage, languages } from "./languages.ts";

export function languageChoice(session: Session): TemplateResult {
  const choose = (tag: string) => chooseLanguage(tag).catch(() => session.activity.remark(missingPart()));
  return html`
    <p>
      <select
        class="language"
        aria-label=${t("Language")}
        data-testid="language"
        .value=${live(languageTag())}
        @change=${(event: Event) => void choose((event.target as HTMLSelectElement).value)}
      >
        ${languages.map(
          ({ tag, name }) => html`
            <option value=${tag} lang=${tag} translate="no" ?selected=${tag === languageTag()}>${name}</option>
          `,
        )}
      </select>
    </p>
  `;
}
