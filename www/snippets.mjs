// Fails if an example in the manuals or in the public doc comments does not compile, or gives the
// element an attribute that it does not have. TypeScript is checked against the declarations that
// are published.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..");
const documents = [
  "README.md",
  "docs/module.md",
  "www/README.md",
  "www/src/module/splitsr.ts",
  "www/src/package/splitsr.ts",
  "www/src/package/node.ts",
];

/** A reader's surroundings: a picture, a place to show it, and functions that are called back. */
const surroundings = `
  import type { TuneOptions, UpscaleOptions } from "./splitsr.js";
  declare global {
    const file: File;
    const pictures: File[];
    const image: HTMLImageElement;
    const signal: AbortSignal;
    const onProgress: NonNullable<UpscaleOptions["onProgress"]>;
    const onStep: NonNullable<TuneOptions["onStep"]>;
    const onScore: NonNullable<TuneOptions["onScore"]>;
  }
`;

/** A file of memory by its path; and those on the disk, each parsed once. */
const made = new Map();
const parsed = new Map();

/** A program whose files may be in memory. */
function program(files, options) {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => made.has(path) || fileExists(path);
  host.readFile = (path) => made.get(path) ?? readFile(path);
  host.directoryExists = undefined;
  host.getSourceFile = (path, ...rest) => {
    if (!parsed.has(path)) parsed.set(path, getSourceFile.call(host, path, ...rest));
    return parsed.get(path);
  };
  host.writeFile = (path, text) => made.set(path, text);
  return ts.createProgram(files, options, host);
}

/** The examples of a document: language, text, and the line on which each begins. */
function examplesOf(document) {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^([ */]*)```(\w+).*\n([^]*?)^\1```/gm)].map(
    ({ index, 1: margin, 2: language, 3: body }) => ({
      place: { document, line: text.slice(0, index).split("\n").length + 1 },
      language,
      text: body
        .split("\n")
        .map((line) => line.slice(margin.length))
        .join("\n"),
    }),
  );
}

const examples = documents.flatMap(examplesOf);
const failures = [];

const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(
  join(import.meta.dirname, "tsconfig.docs.json"),
  { outDir: join(import.meta.dirname, "published") },
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => failures.push(diagnostic.messageText) },
);
program(fileNames, options).emit();

// Beside the site's module, which is imported as "./splitsr.js".
const folder = resolve(options.outDir, "module");
const places = new Map();
for (const { place, language, text } of examples) {
  if (language !== "ts") continue;
  const path = join(folder, `${place.document.replaceAll(/\W/g, "-")}-${place.line}.ts`);
  // An example without an import continues the first one.
  made.set(path, /^import .* from /m.test(text) ? text : `import { createUpscaler } from "splitsr"; ${text}`);
  places.set(path, place);
}
const global = join(folder, "surroundings.ts");
made.set(global, surroundings);
const reader = program([global, ...places.keys()], {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ["node"],
  strict: true,
  skipLibCheck: true,
  noUncheckedSideEffectImports: true,
  noEmit: true,
  paths: Object.fromEntries(
    ["splitsr", "splitsr/gpu", "splitsr/node"].map((name) => [
      name,
      [join(options.outDir, "package", `${name.split("/").at(-1)}.d.ts`)],
    ]),
  ),
});
for (const { file, start, messageText } of ts.getPreEmitDiagnostics(reader)) {
  const place = file && places.get(file.fileName);
  const line = place && place.line + file.getLineAndCharacterOfPosition(start).line;
  failures.push(`${place ? `${place.document}:${line}: ` : ""}${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}

const element = join(import.meta.dirname, "src/module/zoom-element");
const itsCode = readdirSync(element).map((name) => readFileSync(join(element, name), "utf8"));
for (const { place, language, text } of examples) {
  if (language !== "html") continue;
  for (const [, attributes] of text.matchAll(/<splitsr-zoom([^>]*)>/g)) {
    for (const [name] of attributes.replaceAll(/="[^"]*"/g, "").matchAll(/\S+/g)) {
      if (itsCode.some((code) => code.includes(`"${name}"`))) continue;
      failures.push(`${place.document}:${place.line}: splitsr-zoom has no ${name}`);
    }
  }
}

for (const failure of failures) console.error(failure);
console.log(`${places.size} examples in TypeScript, ${failures.length} failures`);
process.exitCode = failures.length > 0 || places.size === 0 ? 1 : 0;
