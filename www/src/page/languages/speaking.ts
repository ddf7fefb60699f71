/** Another language than English: its templates, and what `index.html` says. */
import { html } from "lit-html";
import { currentLanguage, languageTag, onLanguage, type Language, type Texts } from "../shared/words.ts";
import { translate, type TranslateText } from "./markup.ts";

export function createLanguage(tag: string, texts: Texts): Language {
  const translateText = translationFrom(texts);
  const known = new WeakMap<TemplateStringsArray, { strings: TemplateStringsArray; order: readonly number[] }>();
  const translated = (template: TemplateStringsArray) => {
    const { strings, order } = translate(template, translateText);
    // Without a text, lit goes on with the template that it knows.
    const isSame = strings.length === template.length && strings.every((part, at) => part === template[at]);
    return { strings: isSame ? template : Object.assign(strings, { raw: strings }), order };
  };
  return {
    tag,
    texts,
    template: (strings, values) => {
      const entry = known.get(strings) ?? translated(strings);
      known.set(strings, entry);
      return html(entry.strings, ...entry.order.map((at) => values[at]));
    },
  };
}

const translationFrom =
  (texts: Texts | undefined): TranslateText =>
  (english) => {
    const translated = texts?.[english];
    return typeof translated === "string" ? translated : english;
  };

/** The English texts of `index.html`, by their nodes: texts and attributes. */
const english = new Map<Text | Attr, string>();

/** Text that the page has put there itself is not in `texts`, or is replaced with its node. */
function remember(element: Element, texts: Texts): void {
  const attributes = ["title", "aria-label"].map((name) => element.getAttributeNode(name));
  for (const node of [...attributes, ...element.childNodes]) {
    if (node instanceof Element) remember(node, texts);
    else if (node && wordsIn(node) in texts) english.set(node as Text | Attr, wordsIn(node));
  }
}

const wordsIn = ({ nodeValue }: Node): string => nodeValue?.replace(/\s+/g, " ").trim() ?? "";

function translateDocument(): void {
  const { texts } = currentLanguage() ?? {};
  document.documentElement.lang = languageTag();
  // At first, all of it is English. Lit draws the rest.
  if (texts && english.size === 0) {
    for (const element of document.querySelectorAll("title, #stage > :not(#welcome), .handle, .panel"))
      remember(element, texts);
  }
  const translateText = translationFrom(texts);
  for (const [node, text] of english)
    node.nodeValue = (node.nodeValue ?? "").replace(/\S(?:.*\S)?/s, () => translateText(text));
}

onLanguage(translateDocument);
