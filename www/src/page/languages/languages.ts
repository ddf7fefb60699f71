/** The languages of the page, and which one is shown. The choice is stored on this device. */
import { remembered, remember } from "../shared/remembered.ts";
import { languageTag, setLanguage, type Texts } from "../shared/words.ts";

interface Listed {
  tag: string;
  /** In the language itself. */
  name: string;
  /** Its texts are loaded when they are shown. English ones are in the source. */
  load?: () => Promise<{ texts: Texts }>;
}

export const languages: readonly Listed[] = [
  { tag: "en", name: "English" },
  { tag: "de", name: "Deutsch", load: () => import("./de.ts") },
  { tag: "ko", name: "한국어", load: () => import("./ko.ts") },
];

const KEY = "language";

/** The visitor's earlier choice, or else the first of the browser's languages that the page has. */
function preferred(): string | undefined {
  const tags = [remembered(KEY) ?? "", ...navigator.languages].map((tag) => tag.toLowerCase().replace(/[-_].*$/, ""));
  return tags.find((tag) => languages.some((language) => language.tag === tag));
}

/** Shows the visitor's language, or English if that cannot be loaded. */
export async function startLanguage(): Promise<void> {
  const tag = preferred();
  if (tag !== undefined) await show(tag).catch(() => undefined);
}

/** Changes the language; the choice is kept. @throws if it cannot be loaded. */
export async function chooseLanguage(tag: string): Promise<void> {
  await show(tag);
  remember(KEY, tag);
}

/** The language that was asked for last: two files may be on their way. */
let latest = "en";

async function show(tag: string): Promise<void> {
  latest = tag;
  const load = languages.find((language) => language.tag === tag)?.load;
  const loaded = load && (await Promise.all([load(), import("./speaking.ts")]));
  if (latest !== tag || languageTag() === tag) return;
  if (loaded) setLanguage(loaded[1].createLanguage(tag, loaded[0].texts));
  else setLanguage(undefined);
}
