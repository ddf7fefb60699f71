/**
 * The page's texts in the visitor's language. A text in the source is English, and the key of its
 * translations in `languages/`. `words.mjs` finds these texts by how they are written here.
 */
import type { TemplateResult } from "lit-html";

/** A text that is passed to `t`, maybe later: string literals of this type are translated. */
export type Phrase = string & { readonly phrase?: never };

type Value = string | number;

/** The forms of a text that depends on a number: one for each of the language's categories. */
type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

/**
 * Translations, by their English texts. `{0}` stands for a value, `<0>` for an element in a
 * sentence.
 */
export type Texts = Readonly<Record<string, string | Forms>>;

export interface Language {
  /** As in `lang`. */
  tag: string;
  texts: Texts;
  template: (strings: TemplateStringsArray, values: unknown[]) => TemplateResult;
}

/** Undefined for English. */
let language: Language | undefined;
const listeners: (() => void)[] = [];

export const currentLanguage = (): Language | undefined => language;

/** The language as in `lang`, which numbers follow too. */
export const languageTag = (): string => language?.tag ?? "en";

/** Undefined is English. */
export function setLanguage(next: Language | undefined): void {
  language = next;
  for (const listener of listeners) listener();
}

/** Calls the listener after each change of the language. */
export function onLanguage(listener: () => void): void {
  listeners.push(listener);
}

/** Translates a text: t("Open a picture"), or with values t`Reading ${name}…`. */
export function t(text: Phrase | TemplateStringsArray, ...values: Value[]): string {
  const english = typeof text === "string" ? text : text.reduce((all, part, at) => `${all}{${at - 1}}${part}`);
  const translated = language?.texts[english];
  return fill(typeof translated === "string" ? translated : english, values);
}

/**
 * Translates a text that depends on a number:
 * plural(count, "{0} step", "{0} steps", whole(count)). The last form is its key.
 */
export function plural(count: number, one: string, other: string, ...values: Value[]): string {
  const translated = language?.texts[other];
  const form =
    typeof translated === "object"
      ? (translated[new Intl.PluralRules(languageTag()).select(count)] ?? translated.other)
      : (translated ?? (count === 1 ? one : other));
  return fill(form ?? other, values);
}

const fill = (text: string, values: readonly Value[]): string =>
  text.replace(/\{(\d)\}/g, (placeholder, index: string) => String(values[Number(index)] ?? placeholder));

/** A number with separators of thousands. */
export const whole = (value: number): string => value.toLocaleString(languageTag());

/** A number with this many digits after the point. */
export const fixed = (value: number, digits: number): string =>
  value.toLocaleString(languageTag(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
