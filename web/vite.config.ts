import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Smaller files gain nothing. */
const WORTH_BYTES = 512;

/** Writes each file as brotli and gzip beside itself, so that the server compresses nothing. */
function compressed(): Plugin {
  return {
    name: "compressed",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (source.length < WORTH_BYTES || fileName.endsWith(".map")) continue;
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          this.emitFile({ type: "asset", fileName: `${fileName}.br`, source: brotliCompressSync(source, quality) });
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
        }
      },
    },
  };
}

/** In the browser prices are those of the package: there is no file of others. */
function browserPrices(): Plugin {
  const twin = join(import.meta.dirname, "src/price/browser-prices.ts");
  return {
    name: "browser-prices",
    enforce: "pre",
    resolveId: (source) => (source.endsWith("/default-prices.js") ? twin : null),
  };
}

/** The detector of voices asks for `module` where it runs in Node, which it does not here. */
function withoutNode(): Plugin {
  const empty = "\0none";
  return {
    name: "without-node",
    enforce: "pre",
    resolveId: (source) => (source === "module" ? empty : null),
    load: (id) => (id === empty ? "export const createRequire = undefined;" : null),
  };
}

/** The web app, as the server serves it from `dist/web`. */
export default defineConfig({
  root: import.meta.dirname,
  // It works under any path that the server is mounted at.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    // Data URLs are not fetched from the server, and so are not allowed by its policy everywhere.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // A slow machine is no fault of the build's.
      checks: { bundlerTimings: false },
      input: {
        index: join(import.meta.dirname, "index.html"),
        "sluice-chat": join(import.meta.dirname, "element/sluice-chat.ts"),
      },
      output: {
        // Other pages name this one: its address stays the same.
        entryFileNames: ({ name }) => (name === "sluice-chat" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es", plugins: () => [withoutNode()] },
  plugins: [browserPrices(), compressed()],
  logLevel: "warn",
});
