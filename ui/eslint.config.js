import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default tseslint.config(
  { ignores: ["dist/", "dist-http/", "node_modules/", "src/bindings/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      // TypeScript knows the names of the browser.
      "no-undef": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // The window is a screen (I7): what leaves it goes through the seam.
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@tauri-apps/*"], message: "Only src/backend*.ts talks to Tauri." },
            { group: ["#backend"], message: "Only src/main.ts chooses the backend." },
          ],
        },
      ],
      "no-restricted-globals": [
        "error",
        ...["localStorage", "sessionStorage", "indexedDB", "caches", "fetch", "EventSource"].map(
          (name) => ({ name, message: "The window keeps nothing and has no network of its own." }),
        ),
      ],
      "no-restricted-properties": [
        "error",
        ...["localStorage", "sessionStorage", "indexedDB", "caches", "fetch"].map((property) => ({
          object: "window",
          property,
          message: "The window keeps nothing and has no network of its own.",
        })),
      ],
      "no-console": "error",
      "svelte/no-at-html-tags": "error",
      "svelte/no-inline-styles": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
  },
  {
    // The linter sees other components and snippets as `any`; svelte-check knows their types.
    files: ["**/*.svelte"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["src/backend*.ts", "src/main.ts"],
    rules: { "no-restricted-imports": "off", "no-restricted-globals": "off" },
  },
  // What a test counted is for whoever runs it.
  { files: ["src/**/*.test.ts"], rules: { "no-console": "off" } },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
