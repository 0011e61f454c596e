import type { JsonObject } from "../base/json.js";
import { model as registryModel } from "../models/named-model.js";
import type { ChatModel } from "../stream/chat-model.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ModelAsked, WorkflowServices } from "./services.js";

/** Providers that the ancestors name otherwise. */
const PROVIDER_NAMES = new Map([
  ["google", "gemini"],
  ["gemini_vision", "gemini"],
  ["google_ai", "gemini"],
  ["claude", "anthropic"],
  ["anthropic_vision", "anthropic"],
  ["openai_vision", "openai"],
  ["gpt", "openai"],
  ["llava", "ollama"],
]);
/** What the ancestors' `auto` means: whatever the run was given. */
const AUTO = new Set(["auto", "default", ""]);

/**
 * The model of a step: its own provider and model, else those of the workflow's config (`default_llm_provider`,
 * `default_model`), else the run's.
 *
 * @throws {SluiceError} `invalid-argument` where nobody names one; as `model()` for what the registry refuses.
 */
export function findModel(asked: ModelAsked, settings: JsonObject, services: WorkflowServices): ChatModel {
  const usual = stringOf(settings.default_llm_provider);
  const provider = stringOf(asked.provider) ?? usual;
  const own =
    asked.provider === undefined || stringOf(asked.provider) === usual ? stringOf(settings.default_model) : undefined;
  const name = stringOf(asked.model) ?? own;
  const wanted = { step: asked.step, ...(provider && { provider }), ...(name && { model: name }) };
  const given = givenModel(wanted, services.models);
  if (given !== undefined && given !== null) return checkedModel(given);
  if (provider === undefined && name === undefined) {
    if (services.model !== undefined) return services.model;
    const message = "no model: name a provider and a model in the step or in the workflow's config";
    throw new SluiceError("invalid-argument", message, { field: "config.provider" });
  }
  return registryModel(registryName(provider, name));
}

function givenModel(asked: ModelAsked, models: WorkflowServices["models"]): ChatModel | undefined {
  if (models === undefined) return undefined;
  if (typeof models === "function") return models(asked);
  const { provider = "", model = "", step } = asked;
  for (const name of [`${provider}/${model}`, model, provider, step, "*"]) {
    if (name !== "" && Object.hasOwn(models, name)) return models[name];
  }
  return undefined;
}

/** `gemini` and `gemini-1.5-pro` as the registry takes them; a name that says its provider is taken as it is. */
function registryName(provider: string | undefined, name: string | undefined): string {
  if (provider === undefined) return name ?? "";
  const id = PROVIDER_NAMES.get(provider) ?? provider;
  if (name === undefined) return id;
  return name.startsWith(`${id}/`) ? name : `${id}/${name}`;
}

/** The resolver is the user's function. */
function checkedModel(found: ChatModel): ChatModel {
  if (typeof found.stream === "function") return found;
  throw invalid("models", found, "nothing, or a chat model: model(name) makes one of its name");
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && !AUTO.has(value) ? value : undefined;
}
