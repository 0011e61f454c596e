// What makes the build for browsers of the same source: `name.browser.ts` stands in for `name.ts`, and modules of Node are
// there with functions that say they are not.
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import { root } from "./setup.mjs";

const PREFIX = "\0node:";

/** A plugin for Rolldown. */
export function browserTwins() {
  return {
    name: "browser-twins",
    resolveId(source, importer) {
      const bare = source.replace(/^node:/, "");
      if (builtinModules.includes(bare)) return { id: PREFIX + bare, moduleSideEffects: false };
      if (!source.startsWith(".") || importer === undefined) return null;
      const twin = resolve(dirname(importer), source).replace(/\.js$/, ".browser.ts");
      // What stands in for a module may load it later.
      return existsSync(twin) && twin !== importer ? twin : null;
    },
    async load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const name = `node:${id.slice(PREFIX.length)}`;
      const exported = Object.keys(await import(name)).filter((one) => /^[a-zA-Z_]\w*$/.test(one) && one !== "default");
      const lines = exported.map((one) => `export const ${one} = /* @__PURE__ */ absent("${name}", "${one}");`);
      return `import { absent } from ${JSON.stringify(join(root, "src", "base", "absent.ts"))};\n${lines.join("\n")}\n`;
    },
    generateBundle(_options, bundle) {
      // What an inlined constant leaves behind: no module here does anything when it is loaded, and bundlers warn of it.
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk") chunk.code = chunk.code.replace(/^import "\.[^"]*";\n/gm, "");
      }
    },
  };
}
