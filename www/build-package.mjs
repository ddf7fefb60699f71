// Builds the npm package into lib/: readable modules with source maps, types, and in lib/files what
// is loaded when it is needed. Bundlers follow `new URL("./files/…", import.meta.url)`, which
// copies a file and may rename it. So each worker is one file that imports nothing, and gets the
// addresses in a message: see src/engine/files.ts.
//
// The entries for Node are built from the same sources. A file in src/node stands in for the one of
// the same name in src/engine or src/module, and src/node/globals.ts has the browser's globals that
// Node lacks.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "vite";

const root = import.meta.dirname;
const models = join(root, "../models");
const out = join(root, "lib.new");

const bundles = ["simd128", "relaxed-simd", "codecs", "gpu"];
const missing = bundles.filter((name) => !existsSync(join(root, "src/wasm", name)));
if (missing.length > 0) throw new Error(`These bundles are not built: ${missing.join(", ")}. Run pkg-scripts/build.`);

const workers = ["coordinator", "tile-worker", "gpu-worker"];
const threads = ["node-coordinator", "node-tile-worker"];
const inPackage = ["splitsr-x2"];
const entries = JSON.parse(readFileSync(join(models, "index.json"), "utf8"));
const chosen = entries.filter(({ name }) => inPackage.includes(name));

/** Gives the names of files where the site's build gives addresses. */
const names = (prefix) => ({
  name: "splitsr-names",
  enforce: "pre",
  load(id) {
    const [path, query] = id.split("?");
    const bundle = /\/wasm\/([^/]+)\/splitsr_bg\.wasm$/.exec(path)?.[1];
    if (query === "url" && bundle) return `export default "${bundle}.wasm";`;
    if (query === "worker&url") return `export default "${prefix}${basename(path, ".ts")}.js";`;
    return undefined;
  },
});

/** Vite's own way with `new URL("…", import.meta.url)` would put the files into the code. */
const FILE = /new URL\("\.\/files\//g;
const HIDDEN = /new HiddenURL\("\.\/files\//g;
const untouched = {
  name: "splitsr-untouched",
  enforce: "pre",
  // Each is replaced within its line, so the source map stays right.
  transform: (code) => ({ code: code.replace(FILE, 'new HiddenURL("./files/'), map: null }),
  renderChunk: (code) => ({ code: code.replace(HIDDEN, 'new URL("./files/'), map: null }),
};

const node = join(root, "src/node");
const standIns = {
  name: "splitsr-stand-ins",
  enforce: "pre",
  resolveId(source, importer) {
    // A stand-in may use what it stands in for.
    if (!importer || dirname(importer) === node || !source.endsWith(".ts")) return undefined;
    const folder = dirname(join(dirname(importer), source));
    if (!["src/engine", "src/module"].some((name) => folder === join(root, name))) return undefined;
    const file = join(node, basename(source));
    return existsSync(file) ? file : undefined;
  },
};
const globals = ["ImageBitmap", "ImageData", "fetch", "isSecureContext", "navigator"];
const forNode = {
  plugins: [names("node-"), untouched, standIns],
  chunks: "node-[name].js",
  rolldownOptions: {
    platform: "node",
    external: /^node:/,
    transform: { inject: Object.fromEntries(globals.map((name) => [name, [join(node, "globals.ts"), name]])) },
  },
};
const forBrowsers = { plugins: [names(""), untouched], chunks: "[name].js", rolldownOptions: {} };

function bundle(entry, folder, isWorker, { plugins, chunks, rolldownOptions } = forBrowsers) {
  return build({
    root,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    base: "./",
    define: {
      "import.meta.env.COMPLETE": "true",
      "import.meta.env.PACKAGE": "true",
      "import.meta.env.MODELS": JSON.stringify(chosen),
    },
    plugins,
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      minify: false,
      sourcemap: true,
      lib: { entry, formats: ["es"] },
      rolldownOptions: {
        ...rolldownOptions,
        output: {
          entryFileNames: "[name].js",
          chunkFileNames: chunks,
          ...(isWorker ? { codeSplitting: false } : {}),
        },
      },
    },
  });
}

rmSync(out, { recursive: true, force: true });
const entryFiles = (names) => Object.fromEntries(names.map((name) => [name, join(root, `src/package/${name}.ts`)]));
await bundle(entryFiles(["splitsr", "gpu"]), out, false);
await bundle(entryFiles(["node", "command"]), out, false, forNode);
const files = join(out, "files");
for (const name of workers) await bundle({ [name]: join(root, `src/engine/${name}.ts`) }, files, true);
for (const name of threads) await bundle({ [name]: join(node, `${name}.ts`) }, files, true, forNode);
for (const name of bundles) cpSync(join(root, `src/wasm/${name}/splitsr_bg.wasm`), join(files, `${name}.wasm`));
for (const { file } of chosen) cpSync(join(models, file), join(files, file));
const tsc = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.package.json"), "--outDir", join(out, "types")], {
  stdio: "inherit",
});
// npm packs only what is in a package's own folder.
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
  for (const folder of [root, models]) cpSync(join(root, "..", name), join(folder, name));
}

// Beside, and moved when complete: a build that fails leaves the last one whole.
rmSync(join(root, "lib"), { recursive: true, force: true });
renameSync(out, join(root, "lib"));
