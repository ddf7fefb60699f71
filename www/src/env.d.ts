interface ImportMetaEnv {
  /** Whether all WebAssembly bundles were there when the site was built: see vite.config.ts. */
  readonly COMPLETE: boolean;
}
