import { configuredProviders } from "../../models/registry.js";
import { EXIT } from "../exit-code.js";
import { type Io, shown, write } from "../io.js";
import { type LocalServer, localServers } from "../local-servers.js";
import { modelTable } from "../model-table.js";
import { modelsOfProvider } from "../offered-models.js";
import { reported } from "../reported.js";

/** Models that need no server. */
const IN_PROCESS = `  llama/FILE.gguf: runs the file in this process, with the package node-llama-cpp; sluice pull fetches one
  echo: repeats what you write`;

/** Lists what is configured, what answers on this machine, and what to set for the rest; or what a service offers. */
export async function modelsCommand(
  provider: string | undefined,
  options: { json?: boolean },
  io: Io,
): Promise<number> {
  if (provider !== undefined) return offersCommand(provider, options, io);
  const local = await localServers(io.env);
  const text = options.json
    ? JSON.stringify({ services: configuredProviders(io.env), local }, undefined, 2)
    : `Services:\n${modelTable(io.env)}\n\nOn this machine:\n${local.map(describe).join("\n")}\n${IN_PROCESS}`;
  await write(io.stdout, `${text}\n`);
  return EXIT.ok;
}

/** Lists what a service says that it offers, one name a line as `--model` takes it. */
function offersCommand(provider: string, options: { json?: boolean }, io: Io): Promise<number> {
  return reported(io, async () => {
    const models = await modelsOfProvider(provider, io.env);
    const lines = models.map(({ id }) => `${id}\n`).join("");
    await write(io.stdout, options.json ? `${JSON.stringify(models, undefined, 2)}\n` : shown(lines, io.stdout));
    if (models.length === 0) io.stderr.write(`${provider} has no model yet\n`);
  });
}

/** One line about a server of one's own. */
function describe({ label, baseUrl, models }: LocalServer): string {
  if (models === undefined) return `  ${label} does not answer at ${baseUrl}`;
  return `  ${label} at ${baseUrl}: ${models.join(", ") || "has no model yet"}`;
}
