import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * Allows files to import only what lies below them. `forbidden` is a regular expression for import
 * paths, which are relative; `lit` says whether templates are allowed.
 */
const layer = (files, forbidden, message, lit = true) => ({
  files: files.map((pattern) => `src/${pattern}`),
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: forbidden, message },
          ...(lit ? [] : [{ regex: "^lit-html", message: "There are no templates below the features." }]),
        ],
      },
    ],
  },
});

/** From a folder of `page/`: what lies beside `page/` and may be imported. */
const outside = "(?:module/core|api/(?:index|next-task)|(?:remote|offline)/protocol)\\.ts";

/** main → panel → app → features → session → shared → ../module; see `src/page/main.ts`. */
const page = [
  layer(
    ["page/*/**/*.ts"],
    `^(?:\\.\\./(?!session/|shared/|\\.\\./)|\\.\\./\\.\\./(?!${outside}))`,
    "A feature imports itself, session/, shared/ and ../module. Ask for what concerns others through Commands.",
  ),
  layer(
    ["page/session/**/*.ts"],
    `^(?:\\.\\./(?!shared/|\\.\\./)|\\.\\./\\.\\./(?!${outside}))`,
    "session/ imports itself, shared/ and ../module.",
    false,
  ),
  layer(
    ["page/shared/**/*.ts"],
    `^(?:\\.\\./(?!\\.\\./)|\\.\\./\\.\\./(?!${outside}))`,
    "shared/ imports itself and ../module.",
  ),
  layer(
    ["page/app.ts"],
    "/(?:main|panel|section|engine/.*)\\.ts$",
    "app.ts imports the features' models, session/, shared/ and ../module.",
    false,
  ),
  layer(["page/panel.ts"], "/main\\.ts$|/engine/", "panel.ts imports app.ts and what lies below it."),
  layer(["page/main.ts"], "^\\.\\./", "main.ts imports only files of the page."),
];

/**
 * The session neither draws nor listens: `main.ts` and the features do. From the files of shared/
 * that do so, it imports types alone.
 */
const noDom = {
  files: ["src/page/session/**/*.ts"],
  rules: {
    "no-restricted-globals": ["error", "document", "window", "history", "location", "addEventListener"],
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: "/shared/(?:demos|first-interaction|folded|html|incoming|model-options|save|unless-edited)\\.ts$",
            message: "This file uses templates or the DOM, which the session does without.",
            allowTypeImports: true,
          },
        ],
      },
    ],
  },
};

/** page → module → engine → api; node/ stands in for files of module/ and engine/ */
const folders = [
  layer(
    ["api/**/*.ts"],
    "^node:|^(?:\\.\\./)+(?:engine|module|page|offline|remote|node)/",
    "api/ imports only itself.",
  ),
  layer(["engine/**/*.ts"], "^node:|^(?:\\.\\./)+(?:module|page|offline|node)/", "engine/ imports itself and api/."),
  layer(["module/**/*.ts"], "^node:|^(?:\\.\\./)+(?:page|offline|node)/", "module/ imports itself, engine/ and api/."),
  layer(["node/**/*.ts"], "^(?:\\.\\./)+(?:page|offline|package)/", "node/ imports itself, module/, engine/ and api/."),
];

export default tseslint.config(
  { ignores: ["dist", "lib", "src/wasm", "test-results"] },
  js.configs.recommended,
  { files: ["*.mjs"], languageOptions: { globals: { console: "readonly", process: "readonly" } } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // tsc asks for brackets where there is an index signature.
      "@typescript-eslint/dot-notation": "off",
      // Only type aliases are assignable to an index signature, which the workers' methods need.
      "@typescript-eslint/consistent-type-definitions": "off",
      // Sentences with numbers are common in this page.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `void promise` in a click handler says that nobody waits for it.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  ...page,
  noDom,
  ...folders,
);
