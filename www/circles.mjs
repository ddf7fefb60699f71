// Fails if files in src/ import each other in a circle. Imports of types count: they bind files
// together as well.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "src");
const files = readdirSync(root, { recursive: true })
  .filter((name) => name.endsWith(".ts") && !name.startsWith("wasm"))
  .map((name) => join(root, name));

const imports = new Map(
  files.map((file) => [
    file,
    ts
      .preProcessFile(readFileSync(file, "utf8"))
      .importedFiles.map(({ fileName }) => resolve(dirname(file), fileName.replace(/\?.*$/, "")))
      .filter((imported) => files.includes(imported)),
  ]),
);

const finished = new Set();
const circles = [];

function visit(file, path) {
  if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
  if (path.includes(file) || finished.has(file)) return;
  for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
  finished.add(file);
}

for (const file of files) visit(file, []);
for (const circle of circles) console.error(`circle: ${circle.map((file) => relative(root, file)).join(" → ")}`);
console.log(`${files.length} files, ${circles.length} circles of imports`);
process.exitCode = circles.length > 0 ? 1 : 0;
