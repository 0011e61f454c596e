import { configuredProviders } from "../../models/registry.js";
import { EXIT } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { type LocalServer, localServers } from "../local-servers.js";
import { modelTable } from "../model-table.js";

/** Models that need no server. */
const IN_PROCESS = `  llama/FILE.gguf: runs the file in this process, with the package node-llama-cpp; sluice pull fetches one
  echo: says back what you say`;

/** Lists what is configured, what answers on this machine, and what to set for the rest. */
export async function modelsCommand(options: { json?: boolean }, io: Io): Promise<number> {
  const local = await localServers(io.env);
  const text = options.json
    ? JSON.stringify({ services: configuredProviders(io.env), local }, undefined, 2)
    : `Services:\n${modelTable(io.env)}\n\nOn this machine:\n${local.map(describe).join("\n")}\n${IN_PROCESS}`;
  await write(io.stdout, `${text}\n`);
  return EXIT.ok;
}

/** One line about a server of one's own. */
function describe({ label, baseUrl, models }: LocalServer): string {
  if (models === undefined) return `  ${label} does not answer at ${baseUrl}`;
  return `  ${label} at ${baseUrl}: ${models.join(", ") || "has no model yet"}`;
}
