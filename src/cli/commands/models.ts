import { ollamaAddress } from "../../models/ollama-address.js";
import { configuredProviders } from "../../models/registry.js";
import { EXIT } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { modelTable } from "../model-table.js";
import { ollamaModels } from "../ollama-probe.js";

/** Lists what is configured, what answers on this machine, and what to set for the rest. */
export async function modelsCommand(options: { json?: boolean }, io: Io): Promise<number> {
  const local = await ollamaModels(io.env);
  if (options.json) {
    const found = {
      providers: configuredProviders(io.env),
      ollama: { url: ollamaAddress(io.env), models: local ?? null },
    };
    await write(io.stdout, `${JSON.stringify(found, undefined, 2)}\n`);
    return EXIT.ok;
  }
  const here =
    local === undefined
      ? `Ollama does not answer at ${ollamaAddress(io.env)}`
      : `Ollama at ${ollamaAddress(io.env)}: ${local.map((name) => `ollama/${name}`).join(", ") || "no model is pulled"}`;
  await write(
    io.stdout,
    `Services:\n${modelTable(io.env)}\n\nOn this machine:\n  ${here}\n  echo says back what you say\n`,
  );
  return EXIT.ok;
}
