// Builds the npm package into lib/: readable modules with source maps, types, and in lib/files what is loaded when it
// is needed. Bundlers follow `new URL("./files/…", import.meta.url)`, which copies a file and may rename it. So each
// worker is one file that imports nothing, and is told the addresses: see src/engine/files.ts.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "vite";

const root = import.meta.dirname;
const models = join(root, "../models");
const out = join(root, "lib.new");

const bundles = ["simd128", "relaxed-simd", "codecs", "gpu"];
const missing = bundles.filter((name) => !existsSync(join(root, "src/wasm", name)));
if (missing.length > 0) throw new Error(`These bundles are not built: ${missing.join(", ")}. Run pkg-scripts/build.`);

const workers = ["coordinator", "tile-worker", "gpu-worker"];
const inPackage = ["splitsr-x2"];
const entries = JSON.parse(readFileSync(join(models, "index.json"), "utf8"));
const chosen = entries.filter(({ name }) => inPackage.includes(name));

/** Gives the names of files where the site's build gives addresses. */
const names = {
  name: "splitsr-names",
  enforce: "pre",
  load(id) {
    const [path, query] = id.split("?");
    const bundle = /\/wasm\/([^/]+)\/splitsr_bg\.wasm$/.exec(path)?.[1];
    if (query === "url" && bundle) return `export default "${bundle}.wasm";`;
    if (query === "worker&url") return `export default "${basename(path, ".ts")}.js";`;
    return undefined;
  },
};

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

function bundle(entry, folder, isWorker) {
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
    plugins: [names, untouched],
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      minify: false,
      sourcemap: true,
      lib: { entry, formats: ["es"] },
      rolldownOptions: {
        output: {
          entryFileNames: "[name].js",
          chunkFileNames: "[name].js",
          ...(isWorker ? { codeSplitting: false } : {}),
        },
      },
    },
  });
}

rmSync(out, { recursive: true, force: true });
const entryFiles = ["splitsr", "gpu"].map((name) => [name, join(root, `src/package/${name}.ts`)]);
await bundle(Object.fromEntries(entryFiles), out, false);
for (const name of workers) await bundle({ [name]: join(root, `src/engine/${name}.ts`) }, join(out, "files"), true);
for (const name of bundles) cpSync(join(root, `src/wasm/${name}/splitsr_bg.wasm`), join(out, `files/${name}.wasm`));
for (const { file } of chosen) cpSync(join(models, file), join(out, "files", file));
const tsc = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.package.json"), "--outDir", join(out, "types")], {
  stdio: "inherit",
});
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) cpSync(join(root, "..", name), join(root, name));

// Beside, and moved when complete: a build that fails leaves the last one whole.
rmSync(join(root, "lib"), { recursive: true, force: true });
renameSync(out, join(root, "lib"));
