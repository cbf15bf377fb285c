import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  /** A warning, most of all one about accessibility, stops the build. */
  onwarn(warning) {
    throw new Error(`${warning.code} in ${warning.filename ?? "?"}: ${warning.message}`);
  },
};
