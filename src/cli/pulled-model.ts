import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { installedVersion } from "../base/installed-version.js";
import { modelsFolder } from "./data-folder.js";
import type { Io } from "./io.js";

/** The newest file that `sluice pull` has fetched, as `model()` takes it; `undefined` if there is none, or nothing to run it. */
export function pulledModel(env: Io["env"]): string | undefined {
  const folder = modelsFolder(env);
  if (!existsSync(folder) || installedVersion("node-llama-cpp") === undefined) return undefined;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".gguf"))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return files[0] === undefined ? undefined : `llama/${files[0]}`;
}
