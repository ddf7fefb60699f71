import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { defineConfig, transformWithOxc, type HtmlTagDescriptor, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const root = import.meta.dirname;
const modelsFolder = resolve(process.env.SPLITSR_MODELS ?? join(root, "../models"));

const isServed = (name: string) => /^(index\.json|replay\.webp|.*\.safetensors)$/.test(name);

/**
 * Serves the repository's `models/` in development and copies what the page loads of it into the
 * build.
 */
function models(): Plugin {
  let outDir = "";
  return {
    name: "splitsr-models",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use("/models", (request, response, next) => {
        const name = basename(new URL(request.url ?? "/", "http://localhost").pathname);
        if (!isServed(name)) {
          next();
          return;
        }
        readFile(join(modelsFolder, name)).then((bytes) => response.end(bytes), next);
      });
    },
    async writeBundle() {
      await mkdir(join(outDir, "models"), { recursive: true });
      for (const name of (await readdir(modelsFolder)).filter(isServed)) {
        await cp(join(modelsFolder, name), join(outDir, "models", name));
      }
    },
  };
}

/**
 * Allows this site's own files only; `blob:` is for pictures that the page made. The one frame is
 * `fetch.html`. Builds only, since the dev server needs more.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src blob:",
  "connect-src 'self' blob:",
  "worker-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function contentSecurityPolicy(): Plugin {
  return {
    name: "splitsr-csp",
    apply: "build",
    transformIndexHtml: (_, { path }) => (path === FRAME ? [] : [policyTag(policy)]),
  };
}

function policyTag(content: string): HtmlTagDescriptor {
  return { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content }, injectTo: "head-prepend" };
}

/** Loads pictures from other sites, in a sandbox and only when the visitor says so. */
const FRAME = "/fetch.html";

/**
 * Inlines the script of `fetch.html`, which has no origin to load it from. Its policy allows that
 * script and other sites.
 */
function frame(): Plugin {
  return {
    name: "splitsr-frame",
    transformIndexHtml: {
      order: "post",
      async handler(_, { path }) {
        if (path !== FRAME) return [];
        const file = join(root, "src/remote/frame.ts");
        const { code } = await transformWithOxc(await readFile(file, "utf8"), file);
        const hash = createHash("sha256").update(code).digest("base64");
        const policy = `default-src 'none'; script-src 'sha256-${hash}'; connect-src https: http:`;
        return [policyTag(policy), { tag: "script", attrs: { type: "module" }, children: code, injectTo: "head" }];
      },
    },
  };
}

/**
 * Names `src/wasm/NAME/splitsr_bg.wasm` and `splitsr.js` after their bundle, so that logs show
 * which is which.
 */
function bundleName(path: string | undefined): string | undefined {
  return /\/wasm\/([^/]+)\/splitsr/.exec(path ?? "")?.[1];
}

/** WebGPU's bundles take minutes to build: `pkg-scripts/build first` makes a site without them. */
const unbuilt = ["gpu", "tune-gpu"].filter((name) => !existsSync(join(root, "src/wasm", name)));

/** Stands in for the bundles that are not built: no address, and an empty module around them. */
function withoutUnbuilt(): Plugin {
  const prefix = "\0unbuilt:";
  return {
    name: "splitsr-unbuilt",
    enforce: "pre",
    resolveId: (id) => (unbuilt.includes(bundleName(id) ?? "") ? prefix + id : undefined),
    load: (id) => (id.startsWith(prefix) ? (id.endsWith("?url") ? 'export default "";' : "export {};") : undefined),
  };
}

const chunkFileNames = (chunk: { name: string; moduleIds: string[] }) =>
  `assets/${bundleName(chunk.moduleIds.at(-1)) ?? chunk.name}-[hash].js`;
const assetFileNames = (asset: { originalFileNames: string[] }) =>
  `assets/${bundleName(asset.originalFileNames[0]) ?? "[name]"}-[hash][extname]`;

/**
 * The service worker, which gets the list of the site's files. Only the page uses it, `splitsr.js`
 * does not.
 */
const serviceWorker = VitePWA({
  strategies: "injectManifest",
  srcDir: "src/offline",
  filename: "service-worker.ts",
  // The page registers it, with a relative address.
  injectRegister: false,
  // It is in public/, as it is.
  manifest: false,
  injectManifest: {
    globPatterns: ["**/*"],
    // No service worker controls a sandboxed document, which loads nothing without a connection.
    globIgnores: ["types/**", "fetch.html", "manifest.webmanifest", "icon-*.png", "**/*.md"],
    // Their names have a hash of their content already.
    dontCacheBustURLsMatching: /^assets\//,
    // More than the largest file, which is the network on WebGPU.
    maximumFileSizeToCacheInBytes: 32e6,
    // The worker reports how much there is to keep.
    manifestTransforms: [
      (entries) => Promise.resolve({ manifest: entries.map((entry) => ({ ...entry, bytes: entry.size })) }),
    ],
  },
});

export default defineConfig({
  // Relative, so that the built folder works from any path of any static host.
  base: "./",
  // Missing files give a 404, as on any static host, and not the page.
  appType: "mpa",
  plugins: [withoutUnbuilt(), models(), contentSecurityPolicy(), frame(), serviceWorker],
  // An incomplete site has no service worker: a reload must find the complete one.
  define: {
    "import.meta.env.COMPLETE": JSON.stringify(unbuilt.length === 0),
    "import.meta.env.PACKAGE": "false",
  },
  worker: {
    format: "es",
    plugins: () => [withoutUnbuilt()],
    rolldownOptions: { shimMissingExports: unbuilt.length > 0, output: { chunkFileNames, assetFileNames } },
  },
  build: {
    target: "es2022",
    // The page is small enough to load in one go; inlined assets would need a wider content
    // security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        page: join(root, "index.html"),
        fetch: join(root, "fetch.html"),
        splitsr: join(root, "src/module/splitsr.ts"),
      },
      shimMissingExports: unbuilt.length > 0,
      // `splitsr.js` is a package entry: its exports stay although the page uses only some of them.
      preserveEntrySignatures: "allow-extension",
      output: {
        entryFileNames: (chunk) => (chunk.name === "splitsr" ? "splitsr.js" : "assets/[name]-[hash].js"),
        assetFileNames,
      },
    },
  },
});
