/** lit's `html` in the visitor's language: a template is written in English, and may become another one. */
import { html as english, type TemplateResult } from "lit-html";
import { currentLanguage } from "./words.ts";

export const html = (strings: TemplateStringsArray, ...values: unknown[]): TemplateResult =>
  currentLanguage()?.template(strings, values) ?? english(strings, ...values);
