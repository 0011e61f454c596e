import type { ChatModel } from "../stream/chat-model.js";
import { filledString } from "../stream/checks.js";
import { checkProvider } from "./check-provider.js";
import { findProvider, namedModel, type ProviderTable, sharedProviders } from "./named-model.js";
import type { Environment, Provider, ProviderStatus } from "./provider.js";
import { configuredBy, defaultEnvironment, givenBaseUrl, variableToSet } from "./provider-environment.js";
import type { ModelOptions } from "./provider-service.js";
import { PROVIDERS } from "./providers.js";

/** Finds models by their names. Applications may have one of their own, or add to the one that `model` uses. */
export class Registry {
  readonly #providers = new Map<string, Provider>();

  /** @param providers default: those that are built in. */
  constructor(providers: readonly Provider[] = PROVIDERS) {
    for (const provider of providers) this.register(provider);
  }

  /**
   * Adds a provider, or puts it in the place of the one with the same id.
   *
   * @throws {SluiceError} `invalid-argument` for an id with a slash or white space.
   */
  register(provider: Provider): void {
    checkProvider(provider);
    this.#providers.set(provider.id, provider);
  }

  /** Those that are registered, in the order in which they were. */
  get providers(): readonly Provider[] {
    return [...this.#providers.values()];
  }

  /**
   * The model of a name such as `openai/gpt-5` or `openrouter/anthropic/claude-sonnet-4.5`; `echo` is the one that
   * repeats the user's message, `llama/model.gguf` a file that runs in this process. A provider's name alone is the model that
   * its variable names (`OLLAMA_DEFAULT_MODEL`). Nothing is sent.
   *
   * @throws {SluiceError} `unknown-model` with the nearest names; `missing-key` with the variable to set;
   *   `invalid-argument` for invalid settings.
   */
  model(asked: string, options: ModelOptions = {}): ChatModel {
    return namedModel(asked, options, this.#providers);
  }

  /** What is set for each provider, and what to set for the rest. */
  configured(env: Environment = defaultEnvironment()): ProviderStatus[] {
    return statusOf(this.#providers, env);
  }

  /**
   * The provider of a model and its name there.
   *
   * @param id as `model` takes it.
   * @param env where the variable stands that names the usual model. Default `process.env`.
   * @throws {SluiceError} `unknown-model` with the nearest names.
   */
  find(id: string, env: Environment = defaultEnvironment()): { provider: Provider; name: string } {
    filledString(id, "id");
    return findProvider(id, env, this.#providers);
  }
}

/**
 * Adds a provider to those that `model` knows, or puts it in the place of the one with the same id.
 *
 * @throws {SluiceError} `invalid-argument` for an id with a slash or white space.
 * @example
 * ```ts
 * import { openAiChat } from "sluice/dialects";
 * import { registerProvider } from "sluice/models";
 *
 * registerProvider({
 *   id: "acme",
 *   label: "Acme",
 *   dialect: openAiChat,
 *   baseUrl: "https://llm.acme.example/v1",
 *   baseUrlEnv: ["ACME_BASE_URL"],
 *   keyEnv: ["ACME_API_KEY"],
 *   keyRequired: true,
 *   auth: "bearer",
 *   hint: "ask the platform team",
 * });
 * ```
 */
export function registerProvider(provider: Provider): void {
  checkProvider(provider);
  sharedProviders().set(provider.id, provider);
}

/** What is set for each provider that `model` knows, and what to set for the rest. */
export function configuredProviders(env: Environment = defaultEnvironment()): ProviderStatus[] {
  return statusOf(sharedProviders(), env);
}

function statusOf(providers: ProviderTable, env: Environment): ProviderStatus[] {
  return [...providers.values()].map((provider) => {
    const { id, label, hint, keyRequired } = provider;
    const by = configuredBy(provider, env);
    const at = givenBaseUrl(provider, env)?.value ?? provider.baseUrl;
    return {
      id,
      label,
      ...(by !== undefined && { configuredBy: by }),
      toSet: variableToSet(provider, env),
      ...(at !== undefined && { baseUrl: at }),
      local: !keyRequired,
      hint,
    };
  });
}
