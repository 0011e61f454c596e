import { isJsonObject } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import { CAPABILITIES } from "../stream/check-capabilities.js";
import { boolean, type Check, exactly, filledString, having } from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import { capabilitiesOf, thoughtTagsOf } from "./catalog/catalog.js";
import { echo } from "./echo.js";
import { calledModel } from "./http/called-model.js";
import { llamaOfName } from "./llama/llama-of-name.js";
import { modelLoadedLater } from "./model-loaded-later.js";
import type { Environment, Provider } from "./provider.js";
import { defaultEnvironment, firstSet } from "./provider-environment.js";
import { type ModelOptions, serviceOf } from "./provider-service.js";
import { PROVIDERS } from "./providers.js";
import { SERVICE_OPTIONS } from "./service-options.js";

/** Providers by their ids. */
export type ProviderTable = ReadonlyMap<string, Provider>;

let shared: Map<string, Provider> | undefined;

/** Those that `model` knows. */
export function sharedProviders(): Map<string, Provider> {
  shared ??= new Map(PROVIDERS.map((provider) => [provider.id, provider]));
  return shared;
}

const TAGS = exactly("thoughtTags", { open: filledString, close: filledString, opened: boolean });

const thoughtTags: Check = (value, path) => {
  if (typeof value === "boolean") return;
  if (!isJsonObject(value)) throw invalid(path, value, "true, false, or an object of tags");
  TAGS(value, path);
};

const MODEL = exactly("model", {
  dialect: having("a dialect", "writeRequest", "reader"),
  capabilities: CAPABILITIES,
  ...SERVICE_OPTIONS,
  thoughtTags,
} satisfies Record<keyof ModelOptions, Check>);

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
  return namedModel(id, options);
}

/** The same, of the providers of a table. */
export function namedModel(
  asked: string,
  options: ModelOptions = {},
  providers: ProviderTable = sharedProviders(),
): ChatModel {
  // Names often come from a variable that may not be set.
  if (typeof asked !== "string") throw invalid("model", asked, "a name such as openai/gpt-5");
  MODEL(options, "");
  if (asked === "echo") return echo();
  const inProcess = providers.has("llama") ? undefined : llamaOfName(asked, options);
  if (inProcess !== undefined) return inProcess;
  const { provider, name } = findProvider(asked, options.env, providers);
  const id = `${provider.id}/${name}`;
  const dialect = options.dialect ?? provider.dialectOf?.(name) ?? provider.dialect;
  const service = serviceOf(provider, id, name, options);
  const known = capabilitiesOf(provider.id, name, dialect);
  const capabilities = { ...known, ...provider.capabilities, ...options.capabilities };
  const list = async (call?: CallOptions) => {
    const { listModels } = await import("./list-models.js");
    return listModels(provider, id, service, call);
  };
  const called = calledModel({
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

/**
 * The provider of a model and its name there.
 *
 * @param id as `model` takes it.
 * @param env where the variable stands that names the usual model. Default `process.env`.
 * @throws {SluiceError} `unknown-model` with the nearest names.
 */
export function findProvider(
  id: string,
  env: Environment = defaultEnvironment(),
  providers: ProviderTable = sharedProviders(),
): { provider: Provider; name: string } {
  const slash = id.indexOf("/");
  const provider = providers.get(slash === -1 ? id : id.slice(0, slash));
  const usual = provider?.modelEnv === undefined ? undefined : firstSet([provider.modelEnv], env)?.value;
  const name = slash === -1 ? usual : id.slice(slash + 1);
  if (provider !== undefined && name !== undefined && name !== "") return { provider, name };
  throw new SluiceError("unknown-model", explain(id, providers), { model: id });
}

function explain(id: string, providers: ProviderTable): string {
  const slash = id.indexOf("/");
  const given = slash === -1 ? id : id.slice(0, slash);
  const ids = [...new Set([...providers.keys(), "llama"])];
  const families = [...providers.values()].filter(({ families = [] }) =>
    families.some((start) => id.startsWith(start)),
  );
  const meant = families.map((provider) => `${provider.id}/${id}`);
  const quoted = JSON.stringify(id);
  const variable = providers.get(given)?.modelEnv;
  const orSet = variable === undefined ? "" : `, or set ${variable}`;
  if (ids.includes(given)) return `${quoted} names a provider and no model: write ${given}/MODEL${orSet}`;
  const near =
    slash === -1 ? nearest(given, ["echo", ...ids]) : nearest(given, ids).map((one) => one + id.slice(slash));
  const names = [...meant, ...near];
  const hint = names.length > 0 ? `did you mean ${names.join(" or ")}?` : `the providers are ${ids.join(", ")}`;
  if (slash === -1) return `${quoted} does not say whose model it is: write PROVIDER/MODEL; ${hint}`;
  return `${quoted}: there is no provider ${JSON.stringify(given)}; ${hint}`;
}
