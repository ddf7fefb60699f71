interface ImportMetaEnv {
  /** Whether all WebAssembly bundles were there when the site was built: see vite.config.ts. */
  readonly COMPLETE: boolean;
  /** Whether this is the npm package, and not the site: see build-package.mjs. */
  readonly PACKAGE: boolean;
  /** The entries of `models/index.json` for the models in the npm package. */
  readonly MODELS: import("./api/index.ts").ModelEntry[];
}
