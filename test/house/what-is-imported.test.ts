import { readdirSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The files that importing one loads, their size, the packages and Node's own modules, in the package that was built. */
function loadedBy(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const builtins = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(
      /(?<=^|;)(?:import|export)\b[^"'`;(]*?"([^"]+)"(?=;|$)/gm,
    )) {
      if (from.startsWith(".")) follow(resolve(dirname(file), from));
      else (isBuiltin(from) ? builtins : packages).add(from);
    }
  };
  follow(resolve(dist, entry));
  const bytes = [...files].reduce((sum, file) => sum + statSync(file).size, 0);
  return { files, bytes, packages, builtins };
}

// A file costs Node about 0.3 ms, and 100 KB of code about 5 ms; `node:fs` brings Node's streams along (3 ms), and undici
// takes longer than all of this.
it("loads two files and no dependency until a model is called", () => {
  const { files, bytes, packages, builtins } = loadedBy("index.js");
  expect([...packages]).toEqual([]);
  expect([...builtins]).toEqual(["node:path"]);
  expect(files.size).toBeGreaterThan(1);
  expect(files.size).toBeLessThan(4);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(300_000);
});

it("sees the dependencies of what needs some", () => {
  expect([...loadedBy("telemetry/index.js").packages]).toContain("@opentelemetry/api");
});

// `--version`, `--help` and a mistake need no command; a question needs neither workflows nor voices nor a protocol.
it("loads of the command what is asked for", () => {
  const chunks = readdirSync(resolve(dist, "chunks")).map((name) => `chunks/${name}`);
  const program = loadedBy(chunks.find((name) => name.startsWith("chunks/run-cli-")) ?? "");
  expect([...program.packages]).toEqual(["commander"]);
  const commands = chunks.filter((name) => name.startsWith("chunks/ask-"));
  expect(commands).not.toEqual([]);
  for (const { files, packages } of commands.map(loadedBy)) {
    expect([...packages].filter((name) => ["undici", "yaml", "@opentelemetry/api"].includes(name))).toEqual([]);
    expect([...files].join()).not.toMatch(/workflows-|speech-(voices|pipeline)|dialects-anthropic|guards-pii/);
  }
});
