import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const IMPORT = /import \{([^}]*)\} from "sluice(\/[\w/]+)?"/g;

/** Names that a module of the benchmarks imports from the package, with the source file of the subpath. */
function imports(file: string): { name: string; index: string }[] {
  const code = readFileSync(`${root}bench/${file}`, "utf8");
  return [...code.matchAll(IMPORT)].flatMap(([, names = "", subpath = ""]) =>
    names.split(",").map((name) => ({ name: name.trim(), index: `${root}src${subpath}/index.ts` })),
  );
}

// The compiler does not see them: they are JavaScript, and import what is built.
describe("benchmarks", () => {
  const files = readdirSync(`${root}bench`, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".mjs") && !file.includes("node_modules"),
  );

  it("imports only what the package exports", () => {
    const missing = files.flatMap((file) =>
      imports(file)
        .filter(
          ({ name, index }) => !new RegExp(`^export \\{[^}]*\\b${name}\\b`, "m").test(readFileSync(index, "utf8")),
        )
        .map(({ name }) => `${file}: ${name}`),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});
