/**
 * Finds the texts in a template and puts others in their places. A text is what a block holds
 * between other blocks, so that a sentence stays whole: its values are `{0}`, `{1}`, its elements
 * `<0>…</0>`. `words.mjs` uses the same code.
 */

/** Translates an English text. */
export type TranslateText = (english: string) => string;

interface Element {
  tag: string;
  open: string;
  close: string;
  content: Part[];
}

type Part = string | Element;

/** Elements that can be a part of a sentence. */
const INLINE = /^(?:a|b|button|code|em|kbd|label|small|span|strong)$/;
const EMPTY = /^(?:img|input|meta|link)$/;
const SILENT = /^(?:noscript|script|style)$/;
const TOKEN = /<\/([\w-]+)\s*>|<([\w-]+)((?:[^<>"']|"[^"]*"|'[^']*')*)>|[^<]+/g;
const ATTRIBUTE = /(?<=\s(?:title|aria-label|aria-valuetext|alt|placeholder|label)=")[^"]*/g;
/** The placeholder of a value. */
const VALUE = /\0(\d+)\0/g;

const hasLetters = (text: string) => /\p{L}/u.test(text.replace(VALUE, "").replace(/&\w+;/g, ""));

/** Translates the strings between a template's values. Returns others, and which value is where. */
export function translate(
  strings: readonly string[],
  translateText: TranslateText,
): { strings: string[]; order: number[] } {
  const markup = strings.reduce((all, part, at) => `${all}\0${at - 1}\0${part}`);
  const pieces = rewritten(parse(markup), translateText).split(VALUE);
  return {
    strings: pieces.filter((_, at) => at % 2 === 0),
    order: pieces.filter((_, at) => at % 2 === 1).map(Number),
  };
}

function parse(markup: string): Part[] {
  const root: Element = { tag: "", open: "", close: "", content: [] };
  const path = [root];
  for (const [token, closed, opened, attributes = ""] of markup.matchAll(TOKEN)) {
    const parent = path.at(-1) ?? root;
    if (closed !== undefined) {
      if (parent.tag !== closed) throw new Error(`</${closed}> ends <${parent.tag}>`);
      parent.close = token;
      path.pop();
    } else if (opened === undefined) {
      parent.content.push(token);
    } else {
      const element: Element = { tag: opened, open: token, close: "", content: [] };
      parent.content.push(element);
      if (!EMPTY.test(opened) && !attributes.endsWith("/")) path.push(element);
    }
  }
  return root.content;
}

const isInline = (part: Part): boolean =>
  typeof part === "string" || (INLINE.test(part.tag) && part.content.every(isInline));

function rewritten(parts: readonly Part[], translateText: TranslateText): string {
  let all = "";
  let run: Part[] = [];
  for (const part of parts) {
    if (isInline(part)) run.push(part);
    else {
      all += inRun(run, translateText) + outside(part, translateText);
      run = [];
    }
  }
  return all + inRun(run, translateText);
}

/** A part that is no part of a sentence. */
function outside(part: Part, translateText: TranslateText): string {
  if (typeof part === "string") return part;
  const { tag, content, close } = part;
  return opening(part, translateText) + rewritten(content, SILENT.test(tag) ? (text) => text : translateText) + close;
}

const textIn = (part: Part): string => (typeof part === "string" ? part : part.content.map(textIn).join(""));

const filled = (text: string, values: readonly string[]): string =>
  text.replace(/\{(\d)\}/g, (_, at: string) => values[Number(at)] ?? "");

/**
 * Translates a run between two blocks: as one sentence, if it has text beside its elements and
 * values.
 */
function inRun(run: readonly Part[], translateText: TranslateText): string {
  const isMixed = run.some((part) => typeof part === "string" && part.replace(VALUE, "").trim() !== "");
  if (!isMixed || !hasLetters(run.map(textIn).join("")))
    return run.map((part) => outside(part, translateText)).join("");
  const values: string[] = [];
  const elements: Element[] = [];
  const key = (part: Part): string => {
    if (typeof part === "string") return part.replace(VALUE, (value) => `{${values.push(value) - 1}}`);
    const at = elements.push(part) - 1;
    return `<${at}>${part.content.map(key).join("").trim()}</${at}>`;
  };
  const [, before = "", text = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(run.map(key).join("")) ?? [];
  const translated = translateText(text.replace(/\s+/g, " "));
  const put = (element: Element | undefined, isEnd: boolean) =>
    element ? (isEnd ? element.close : opening(element, translateText)) : "";
  const whole = translated.replace(/<(\/?)(\d)>/g, (_, end, at: string) => put(elements[Number(at)], end === "/"));
  return before + filled(whole, values) + after;
}

/** The opening tag, with its attributes that are texts. */
const opening = ({ open }: Element, translateText: TranslateText): string =>
  open.replace(ATTRIBUTE, (text) => attribute(text, translateText));

function attribute(text: string, translateText: TranslateText): string {
  if (!hasLetters(text)) return text;
  const values: string[] = [];
  const key = text.replace(VALUE, (value) => `{${values.push(value) - 1}}`);
  return filled(translateText(key.replace(/\s+/g, " ")), values);
}
