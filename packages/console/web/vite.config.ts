import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const dist = join(import.meta.dirname, "../dist");

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    target: "esnext",
    // Fonts and pictures are files: the page's policy allows no other.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

/** Beside each text file, what browsers are sent: compressed once, as well as can be. */
function compressed(): Plugin {
  return {
    name: "compressed",
    closeBundle() {
      for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg)$/.test(file)) continue;
        const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        writeFileSync(join(dist, `${file}.br`), brotliCompressSync(readFileSync(join(dist, file)), options));
      }
    },
  };
}
