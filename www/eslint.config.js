import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config({ ignores: ["dist", "src/wasm", "test-results"] }, js.configs.recommended, {
  files: ["**/*.ts"],
  extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
  languageOptions: { parserOptions: { projectService: true } },
  rules: {
    // tsc asks for brackets where there is an index signature.
    "@typescript-eslint/dot-notation": "off",
    // Only type aliases are assignable to an index signature, as the tables of the workers' methods are.
    "@typescript-eslint/consistent-type-definitions": "off",
    // Numbers in sentences are what this page writes all day.
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    // `void promise` is how a click handler says that nobody waits for it.
    "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
  },
});
