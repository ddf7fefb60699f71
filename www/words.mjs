// Fails if a language of the page lacks a text of the source, has one that is no longer used or
// other placeholders, or if a text is not marked as one. Texts are in templates, in
// index.html, and wherever a Phrase is expected.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

const root = import.meta.dirname;
const page = join(root, "src/page");
const languages = join(page, "languages");
const files = readdirSync(page, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !/languages\/[a-z]{2}(?:-[a-z-]+)?\.ts$/.test(name))
  .map((name) => join(page, name));

/** Loads a file in TypeScript that imports nothing but types. */
async function load(file) {
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

const { translate } = await load(join(languages, "markup.ts"));

const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config;
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(files, options);
const checker = program.getTypeChecker();

/** Names and units are the same in each language. */
const isText = (text) => /\p{Ll}{2}/u.test(text.replace(/\bSplitSR\b|\bWebP\b|\bms\b|\{\d\}|<\/?\d>/g, ""));

/** The texts of the source: where each one is, and whether it depends on a number. */
const texts = new Map();
const troubles = [];

const placeholdersIn = (text) => (text.match(/\{\d\}|<\/?\d>/g) ?? []).toSorted().join(" ");

function add(text, place, { isPlural = false, isSure = false } = {}) {
  if (!isText(text) && !isSure) return;
  const known = texts.get(text);
  if (known && known.isPlural !== isPlural) troubles.push(`${place}: "${text}" is used with and without a number`);
  texts.set(text, { place, isPlural });
}

const isPhrase = (type) =>
  type !== undefined &&
  (type.isUnion() ? type.types.some(isPhrase) : checker.getPropertyOfType(type, "phrase") !== undefined);

/** Parts of a template literal: one without values has one. */
const partsOf = (template) =>
  ts.isNoSubstitutionTemplateLiteral(template)
    ? [template.text]
    : [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)];

const joined = (parts) => parts.reduce((all, part, at) => `${all}{${at - 1}}${part}`);

/** Text that looks like a sentence but is shown to nobody. */
const looksShown = (text) =>
  /^ ?[\p{Lu};,][\p{L}’'-]*[ ,:].*\p{Ll}{2}/u.test(text) || /\p{Ll}{2} \p{Ll}{2,}/u.test(text);
/** Lists of words in lower case, such as classes, and errors that no visitor sees. */
const isNeverShown = /^(?:[a-z]+[ ,]*)+$|^the page has |^splitsr |^\(width|\.css/;

for (const file of files) {
  const source = program.getSourceFile(file);
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    const place = () => `${relative(root, file)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isTaggedTemplateExpression(node)) {
      const tag = node.tag.getText();
      const parts = partsOf(node.template);
      if (tag === "t") add(joined(parts), place(), { isSure: true });
      else if (tag === "html" || tag === "svg") {
        let found = 0;
        translate(parts, (text) => {
          found += isText(text) ? 1 : 0;
          add(text, place());
          return text;
        });
        if (tag === "svg" && found > 0) troubles.push(`${place()}: a text in svg\`\` is not translated`);
      }
      if (!ts.isNoSubstitutionTemplateLiteral(node.template))
        node.template.templateSpans.forEach((span) => visit(span.expression));
      return;
    }
    if (ts.isCallExpression(node) && node.expression.getText() === "plural") {
      const [count, one, other, ...values] = node.arguments;
      add(other.text, place(), { isPlural: true });
      if (placeholdersIn(one.text) !== placeholdersIn(other.text))
        troubles.push(`${place()}: the two forms have other values`);
      [count, ...values].forEach(visit);
      return;
    }
    const isName = ts.isPropertyAssignment(node.parent ?? node) && node.parent?.name === node;
    if (isName) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) {
      const isTemplate = ts.isTemplateExpression(node);
      const text = isTemplate ? joined(partsOf(node)) : node.text;
      if (isPhrase(checker.getContextualType(node))) {
        if (isTemplate) troubles.push(`${place()}: a text with values is written with t\`…\``);
        add(text, place());
      } else if (looksShown(text) && !isNeverShown.test(text))
        troubles.push(`${place()}: not marked as a text: ${text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const lit = source.statements.find((one) => ts.isImportDeclaration(one) && one.moduleSpecifier.text === "lit-html");
  const isOwn = /shared\/html\.ts$|languages\/speaking\.ts$/.test(file);
  if (!isOwn && lit?.importClause?.namedBindings?.elements?.some(({ name }) => name.text === "html")) {
    troubles.push(`${relative(root, file)}: templates use html of shared/html.ts`);
  }
}

const [, title, body] = /<title>(.*?)<\/title>.*(<main\b.*<\/main>)/s.exec(
  readFileSync(join(root, "index.html"), "utf8"),
);
add(title, "index.html");
translate([body], (text) => {
  add(text, "index.html");
  return text;
});

const names = readdirSync(languages);
for (const name of names.filter((name) => /^[a-z]{2}\.ts$/.test(name)).map((name) => name.slice(0, 2))) {
  const translated = {};
  const parts = names.filter((file) => file.startsWith(`${name}-`));
  for (const file of parts) {
    const { texts: some } = await load(join(languages, file));
    for (const text of Object.keys(some)) if (text in translated) troubles.push(`${file}: "${text}" is there twice`);
    Object.assign(translated, some);
  }
  const { importedFiles } = ts.preProcessFile(readFileSync(join(languages, `${name}.ts`), "utf8"));
  const imported = importedFiles.flatMap(({ fileName }) => /^\.\/(.*)/.exec(fileName)?.[1] ?? []);
  if (imported.toSorted().join() !== parts.toSorted().join())
    troubles.push(`${name}.ts: imports ${imported.join(", ")}, and there are ${parts.join(", ")}`);
  const { pluralCategories } = new Intl.PluralRules(name).resolvedOptions();
  for (const [text, { place, isPlural }] of texts) {
    const own = translated[text];
    if (own === undefined) {
      troubles.push(`${name}: lacks "${text}" (${place})`);
      continue;
    }
    if (
      typeof own === "string"
        ? isPlural
        : !isPlural || Object.keys(own).toSorted().join() !== pluralCategories.toSorted().join()
    ) {
      troubles.push(`${name}: "${text}" has ${isPlural ? `forms for ${pluralCategories.join(", ")}` : "one form"}`);
      continue;
    }
    for (const form of typeof own === "string" ? [own] : Object.values(own)) {
      if (placeholdersIn(form) !== placeholdersIn(text))
        troubles.push(`${name}: "${text}" has other values in "${form}"`);
    }
  }
  for (const text of Object.keys(translated)) if (!texts.has(text)) troubles.push(`${name}: "${text}" is not used`);
}

if (process.argv.includes("--list"))
  for (const [text, { place, isPlural }] of texts) console.log(JSON.stringify([text, isPlural, place]));
for (const trouble of troubles) console.error(trouble);
console.log(`${texts.size} texts, ${troubles.length} troubles`);
process.exitCode = troubles.length > 0 ? 1 : 0;
