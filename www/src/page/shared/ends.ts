/** The names of a slider's ends. */
import type { TemplateResult } from "lit-html";
import { html } from "./html.ts";
import { t } from "./words.ts";

/** `falls`: further right is faster. */
export function ends(falls = false): TemplateResult {
  const names = [t("faster"), t("better")];
  if (falls) names.reverse();
  return html`<div class="ends">${names.map((name) => html`<span>${name}</span>`)}</div>`;
}
