/** The names of a slider's ends: each slider runs from cheaper to better. */
import type { TemplateResult } from "lit-html";
import { html } from "./html.ts";
import { t } from "./words.ts";

export function ends(): TemplateResult {
  return html`<div class="ends"><span>${t("faster")}</span><span>${t("better")}</span></div>`;
}
