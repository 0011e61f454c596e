import { isJsonObject } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import {
  anything,
  boolean,
  type Check,
  callable,
  exactly,
  filledString,
  having,
  jsonObject,
  list,
  string,
  stringRecord,
} from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import { capabilitiesOf, thoughtTagsOf } from "./catalog/catalog.js";
import { echo } from "./echo.js";
import { httpModel } from "./http/http-model.js";
import { llamaOfName } from "./llama/llama-of-name.js";
import { modelLoadedLater } from "./model-loaded-later.js";
import type { Environment, Provider, ProviderStatus } from "./provider.js";
import { configuredBy, defaultEnvironment, firstSet, givenBaseUrl, variableToSet } from "./provider-environment.js";
import { type ModelOptions, serviceOf } from "./provider-service.js";
import { PROVIDERS } from "./providers.js";
import { SERVICE_OPTIONS } from "./service-options.js";

const TAGS = exactly("thoughtTags", { open: filledString, close: filledString, opened: boolean });

const thoughtTags: Check = (value, path) => {
  if (typeof value === "boolean") return;
  if (!isJsonObject(value)) throw invalid(path, value, "true, false, or an object of tags");
  TAGS(value, path);
};

const MODEL = exactly("model", {
  dialect: having("a dialect", "writeRequest", "reader"),
  capabilities: jsonObject,
  ...SERVICE_OPTIONS,
  thoughtTags,
} satisfies Record<keyof ModelOptions, Check>);

const PROVIDER = exactly(
  "a provider",
  {
    id: { required: filledString },
    label: string,
    dialect: { required: having("a dialect", "writeRequest", "reader") },
    dialectOf: callable,
    baseUrl: string,
    baseUrlEnv: list("an array of variables", anything),
    keyEnv: list("an array of variables", string),
    keyRequired: boolean,
    auth: anything,
    hint: string,
    modelEnv: string,
    families: list("an array of beginnings of names", string),
    headers: stringRecord,
    headersEnv: stringRecord,
    queryEnv: anything,
    address: callable,
    list: callable,
    capabilities: jsonObject,
  } satisfies Record<keyof Provider, unknown>,
  "provider",
);

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
    PROVIDER(provider, "");
    if (!/^[^/\s]+$/.test(provider.id))
      throw invalid("provider.id", provider.id, "a name without slash and white space");
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
    // Names often come from a variable that may not be set.
    if (typeof asked !== "string") throw invalid("model", asked, "a name such as openai/gpt-5");
    MODEL(options, "");
    if (asked === "echo") return echo();
    const inProcess = this.#providers.has("llama") ? undefined : llamaOfName(asked, options);
    if (inProcess !== undefined) return inProcess;
    const { provider, name } = this.find(asked, options.env);
    const id = `${provider.id}/${name}`;
    const dialect = options.dialect ?? provider.dialectOf?.(name) ?? provider.dialect;
    const service = serviceOf(provider, id, name, options);
    const known = capabilitiesOf(provider.id, name, dialect);
    const capabilities = { ...known, ...provider.capabilities, ...options.capabilities };
    const list = async (call?: CallOptions) => {
      const { listModels } = await import("./list-models.js");
      return listModels(provider, id, service, call);
    };
    const called = httpModel({
      id,
      dialect,
      model: name,
      ...service,
      capabilities,
      ...(provider.list && { list }),
    });
    const { thoughtTags = thoughtTagsOf(provider.id, name) ?? false } = options;
    if (thoughtTags === false) return called;
    const tags = thoughtTags === true ? {} : thoughtTags;
    return modelLoadedLater(called, async () => {
      const { thinkingSource } = await import("./thinking-source.js");
      return (request, call) => thinkingSource(called, tags, request, call);
    });
  }

  /** What is set for each provider, and what to set for the rest. */
  configured(env: Environment = defaultEnvironment()): ProviderStatus[] {
    return this.providers.map((provider) => {
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

  /**
   * The provider of a model and its name there.
   *
   * @param id as `model` takes it.
   * @param env where the variable stands that names the usual model. Default `process.env`.
   * @throws {SluiceError} `unknown-model` with the nearest names.
   */
  find(id: string, env: Environment = defaultEnvironment()): { provider: Provider; name: string } {
    const slash = id.indexOf("/");
    const provider = this.#providers.get(slash === -1 ? id : id.slice(0, slash));
    const usual = provider?.modelEnv === undefined ? undefined : firstSet([provider.modelEnv], env)?.value;
    const name = slash === -1 ? usual : id.slice(slash + 1);
    if (provider !== undefined && name !== undefined && name !== "") return { provider, name };
    throw new SluiceError("unknown-model", this.#explain(id), { model: id });
  }

  #explain(id: string): string {
    const slash = id.indexOf("/");
    const given = slash === -1 ? id : id.slice(0, slash);
    const ids = [...new Set([...this.#providers.keys(), "llama"])];
    const families = this.providers.filter(({ families = [] }) => families.some((start) => id.startsWith(start)));
    const meant = families.map((provider) => `${provider.id}/${id}`);
    const quoted = JSON.stringify(id);
    const variable = this.#providers.get(given)?.modelEnv;
    const orSet = variable === undefined ? "" : `, or set ${variable}`;
    if (ids.includes(given)) return `${quoted} names a provider and no model: write ${given}/MODEL${orSet}`;
    const near =
      slash === -1 ? nearest(given, ["echo", ...ids]) : nearest(given, ids).map((one) => one + id.slice(slash));
    const names = [...meant, ...near];
    const hint = names.length > 0 ? `did you mean ${names.join(" or ")}?` : `the providers are ${ids.join(", ")}`;
    if (slash === -1) return `${quoted} does not say whose model it is: write PROVIDER/MODEL; ${hint}`;
    return `${quoted}: there is no provider ${JSON.stringify(given)}; ${hint}`;
  }
}

let shared: Registry | undefined;

/** The registry that `model`, `stream` and `generate` use. */
export function sharedRegistry(): Registry {
  shared ??= new Registry();
  return shared;
}

/**
 * The model of a name such as `openai/gpt-5`: the provider's id, a slash, and the provider's name for the model. Key and
 * base URL come from the options or from the usual variables. Nothing is sent.
 *
 * @throws {SluiceError} `unknown-model` with the nearest names; `missing-key` with the variable to set;
 *   `invalid-argument` for invalid settings.
 * @example
 * ```ts
 * import { model } from "sluice";
 *
 * const hosted = model("anthropic/claude-sonnet-4-5"); // the key is in ANTHROPIC_API_KEY
 * const local = model("openai/qwen3", { baseUrl: "http://127.0.0.1:8000/v1", apiKey: "none" });
 * ```
 */
export function model(id: string, options?: ModelOptions): ChatModel {
  return sharedRegistry().model(id, options);
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
  sharedRegistry().register(provider);
}

/** What is set for each provider that `model` knows, and what to set for the rest. */
export function configuredProviders(env?: Environment): ProviderStatus[] {
  return sharedRegistry().configured(env);
}
