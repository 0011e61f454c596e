import { readdirSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../base/nearest.js";
import { configuredProviders, model as resolve } from "../models/registry.js";
import type { ModelInfo } from "../stream/chat-model.js";
import { invalid, SluiceError } from "../stream/error.js";
import { modelsFolder } from "./data-folder.js";
import type { Io } from "./io.js";

/**
 * The models that a service says it offers, as `model()` takes them.
 *
 * @throws {SluiceError} `invalid-argument` for a service that there is not; `unsupported` for one that cannot say; `missing-key`, and
 *   what calling it throws.
 */
export async function modelsOfProvider(provider: string, env: Io["env"]): Promise<ModelInfo[]> {
  if (provider === "llama") return pulledModels(env).map((id) => ({ id }));
  const providers = configuredProviders(env);
  const status = providers.find(({ id }) => id === provider);
  if (status === undefined) {
    const ids = [...providers.map(({ id }) => id), "llama"];
    const near = nearest(provider, ids);
    throw invalid(
      "provider",
      provider,
      near.length > 0 ? `a service (did you mean ${near.join(" or ")}?)` : ids.join(", "),
    );
  }
  try {
    // Which model is asked about does not matter: its service is asked.
    const asked = resolve(`${provider}/any`, { env });
    if (asked.list !== undefined) return await asked.list();
  } catch (thrown) {
    // No model was asked.
    throw thrown instanceof SluiceError ? thrown.with({ model: provider }) : thrown;
  }
  const message = `${status.label} has no list of its models that could be asked for: see ${status.hint}`;
  throw new SluiceError("unsupported", message, { field: "provider" });
}

/** Files that `sluice pull` has fetched. */
function pulledModels(env: Io["env"]): string[] {
  const folder = modelsFolder(env);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".gguf"))
      .map((name) => `llama/${join(folder, name)}`);
  } catch {
    return [];
  }
}
