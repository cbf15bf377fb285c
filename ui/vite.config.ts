import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** Which of the two implementations of the seam is built in; the other is not in the output. */
const backendFor = (mode: string) =>
  fileURLToPath(
    new URL(mode === "http" ? "./src/backend-http.ts" : "./src/backend-tauri.ts", import.meta.url),
  );

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: {
    alias: { "#backend": backendFor(mode) },
    // Vitest would otherwise take Svelte's server build.
    ...(process.env["VITEST"] ? { conditions: ["browser"] } : {}),
  },
  css: { preprocessorOptions: { scss: { style: "compressed", quietDeps: true } } },
  build: {
    outDir: mode === "http" ? "dist-http" : "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // Sass has compressed it; vite 8's own minifier stumbles over nhsuk-frontend's CSS.
    cssMinify: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { port: 5173, strictPort: true },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
  },
}));
