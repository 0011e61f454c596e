import { echo } from "../models/echo.js";
import { model as resolve } from "../models/named-model.js";
import { configuredProviders } from "../models/registry.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { Io } from "./io.js";
import { firstOllamaModel } from "./local-servers.js";
import { pulledModel } from "./pulled-model.js";

/** A model, and why it is this one. */
export interface Choice {
  model: ChatModel;
  because: string;
}

/** A model for each service that is configured by its key alone. */
const USUAL: Readonly<Record<string, string>> = {
  openai: "gpt-4.1-mini",
  openrouter: "openai/gpt-4.1-mini",
  groq: "llama-3.3-70b-versatile",
  deepseek: "deepseek-chat",
  mistral: "mistral-small-latest",
  xai: "grok-3-mini",
  together: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  fireworks: "accounts/fireworks/models/llama-v3p3-70b-instruct",
  cerebras: "llama-3.3-70b",
  perplexity: "sonar",
  anthropic: "claude-sonnet-4-5",
  gemini: "gemini-2.5-flash",
};

/** The model that a service is asked where nobody names one, as `model()` takes it. */
export function usualModel(provider: string): string | undefined {
  const name = Object.hasOwn(USUAL, provider) ? USUAL[provider] : undefined;
  return name === undefined ? undefined : `${provider}/${name}`;
}

/**
 * The first model that is really there: the one that was asked for, the one that answered last, `SLUICE_MODEL`, a service whose
 * key is set, a running Ollama on loopback, a file that `sluice pull` has fetched, else echo.
 *
 * @param last gave the last answer of the conversation that is gone on with.
 * @throws {SluiceError} `unknown-model`, `missing-key` for one that was asked for.
 */
export async function chooseModel(asked: string | undefined, env: Io["env"], last?: string): Promise<Choice> {
  if (asked !== undefined) return { model: resolve(asked, { env }), because: "asked for" };
  const before = last === undefined ? undefined : resolvable(last, env);
  if (before !== undefined) return { model: before, because: "it answered last" };
  if (env.SLUICE_MODEL) return { model: resolve(env.SLUICE_MODEL, { env }), because: "SLUICE_MODEL is set" };
  for (const provider of configuredProviders(env)) {
    const usual = usualModel(provider.id);
    if (provider.configuredBy === undefined || usual === undefined) continue;
    return { model: resolve(usual, { env }), because: `${provider.configuredBy} is set` };
  }
  const local = await firstOllamaModel(env);
  if (local !== undefined) return { model: resolve(local, { env }), because: "Ollama is running here" };
  const pulled = pulledModel(env);
  if (pulled !== undefined) return { model: resolve(pulled, { env }), because: "sluice pull has fetched it" };
  return {
    model: echo(),
    because: `no service is configured, so echo repeats what you write. For a real answer,
  run sluice keys set openai (others: sluice models), start Ollama, or run sluice pull (0.5 GB)`,
  };
}

/** A model that can be asked; echo answers only where nothing else does. */
function resolvable(name: string, env: Io["env"]): ChatModel | undefined {
  if (name === "echo") return undefined;
  try {
    return resolve(name, { env });
  } catch {
    return undefined;
  }
}
