import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The version of a package that an import from here finds; `undefined` where that cannot be known (Yarn without folders). */
export function installedVersion(name: string): string | undefined {
  // In a bundle that is no module there is no such URL.
  const here: string | undefined = import.meta.url;
  const folders = here === undefined ? [] : (createRequire(here).resolve.paths(name) ?? []);
  for (const folder of folders) {
    try {
      const found: { version?: unknown } = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8"));
      if (typeof found.version === "string") return found.version;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
