import { configuredProviders } from "../models/registry.js";
import type { Io } from "./io.js";

/** Services and what is set for them, as a table for people. */
export function modelTable(env: Io["env"]): string {
  const rows = configuredProviders(env)
    .filter((provider) => !provider.local)
    .map(({ id, configuredBy, toSet, hint }) => [
      id,
      configuredBy === undefined ? "–" : "ready",
      configuredBy === undefined ? `set ${toSet}  (${hint})` : `by ${configuredBy}`,
    ]);
  const width = Math.max(...rows.map(([id = ""]) => id.length));
  return rows
    .map(([id = "", state = "", note = ""]) => `  ${id.padEnd(width)}  ${state.padEnd(5)}  ${note}`)
    .join("\n");
}
