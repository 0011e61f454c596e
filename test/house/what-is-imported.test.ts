import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The files that importing one loads, and the packages, as they stand in the package that was built. */
function loadedBy(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(
      /(?<=^|;)(?:import|export)\b[^"'`;(]*?"([^"]+)"(?=;|$)/gm,
    )) {
      if (from.startsWith(".")) follow(resolve(dirname(file), from));
      else if (!isBuiltin(from)) packages.add(from);
    }
  };
  follow(resolve(dist, entry));
  return { files, packages };
}

// Each file costs Node about 1 ms, and undici alone more than all of this.
it("loads a few files and no dependency until a model is called", () => {
  const { files, packages } = loadedBy("index.js");
  expect([...packages]).toEqual([]);
  expect(files.size).toBeGreaterThan(1);
  expect(files.size).toBeLessThan(12);
});

it("sees the dependencies of what needs some", () => {
  expect([...loadedBy("telemetry/index.js").packages]).toContain("@opentelemetry/api");
});
