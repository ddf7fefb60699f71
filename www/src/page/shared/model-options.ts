/** Lists of models to choose from. */
import { nothing, type TemplateResult } from "lit-html";
import { html } from "./html.ts";
import { modelLabel, usualModels } from "./model-names.ts";
import { t } from "./words.ts";

const isElastic = (name: string) => name.startsWith("splitsr-elastic-");

/** The options of a list of models: those of the page, and the visitor's own. */
export function modelOptions(shipped: readonly string[], own: readonly string[], chosen?: string): TemplateResult {
  const groups = [
    [t("For photographs"), [...usualModels.keys()].filter((name) => shipped.includes(name))],
    [t("Yours"), own],
    [t("Many networks in one"), shipped.filter(isElastic)],
    [t("For research"), shipped.filter((name) => !usualModels.has(name) && !isElastic(name))],
  ] as const;
  return html`${groups.map(([label, names]) =>
    names.length > 0
      ? html`<optgroup label=${label}>
          ${names.map((name) => {
            const isChosen = name === chosen;
            return html`<option value=${name} title=${name} ?selected=${isChosen}>${modelLabel(name)}</option>`;
          })}
        </optgroup>`
      : nothing,
  )}`;
}
