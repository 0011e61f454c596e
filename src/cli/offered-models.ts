import { readdirSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../base/nearest.js";
import { model as resolve } from "../models/named-model.js";
import { configuredProviders } from "../models/registry.js";
import type { ModelInfo } from "../stream/chat-model.js";
import { invalid, SluiceError } from "../stream/error.js";
import { usualModel } from "./choose-model.js";
import { modelsFolder } from "./data-folder.js";
import type { Io } from "./io.js";

/**
 * The models that a service says it offers, as `model()` takes them.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown service; `unsupported` for one that cannot say; `missing-key`, and
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

/** Models of one service. */
export interface Offer {
  /** What stands before the slash. */
  provider: string;
  /** As `model()` takes them. */
  models: readonly string[];
}

/** How long services may take to say what they offer, in ms. */
const ASK_MS = 4_000;

/** What can be asked now: of each service that is configured, each server that answers here, and files that were fetched. */
export async function offers(env: Io["env"]): Promise<Offer[]> {
  const asked = configuredProviders(env).filter(({ local, configuredBy }) => local || configuredBy !== undefined);
  const found = await Promise.all(asked.map(async ({ id }) => ({ provider: id, models: await offered(id, env) })));
  const own = [...pulledModels(env), "echo"];
  return [...found.filter(({ models }) => models.length > 0), { provider: "here", models: own }];
}

/** What one service offers; the model that is usual there where it does not say in time. */
async function offered(provider: string, env: Io["env"]): Promise<string[]> {
  const usual = usualModel(provider);
  try {
    const asked = resolve(`${provider}/any`, { env });
    const found = await asked.list?.({ timeouts: { totalMs: ASK_MS }, retry: { retries: 0 } });
    if (found !== undefined) return found.map(({ id }) => id);
  } catch {
    // A server that does not run here offers nothing.
  }
  return usual === undefined ? [] : [usual];
}
