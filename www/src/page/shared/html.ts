/** lit's `html` in the visitor's language: templates are written in English, and translated. */
import { html as english, type TemplateResult } from "lit-html";
import { currentLanguage } from "./words.ts";

export const html = (strings: TemplateStringsArray, ...values: unknown[]): TemplateResult =>
  currentLanguage()?.template(strings, values) ?? english(strings, ...values);
