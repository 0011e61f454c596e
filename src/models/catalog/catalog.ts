import type { CallingDialect } from "../../dialects/dialect.js";
import type { Capabilities, InputKind } from "../../stream/chat-model.js";
import type { ThoughtTags } from "../../stream/part-thoughts.js";
import { FAMILIES } from "./families.js";
import type { ModelFamily } from "./model-family.js";

/** What each protocol has a place for, beside text. What it writes still depends on the format and the form. */
const INPUTS_BY_DIALECT: Readonly<Record<string, readonly InputKind[]>> = {
  "openai-chat": ["image", "audio", "document"],
  "openai-responses": ["image", "audio", "document"],
  anthropic: ["image", "document"],
  gemini: ["image", "audio", "video", "document"],
  ollama: ["image"],
};

/**
 * What a model can do, as far as its service, its name and its protocol tell. A service all of whose models go on from a
 * beginning says so itself.
 *
 * @param provider for example `openai`.
 * @param model as the provider names it.
 */
export function capabilitiesOf(provider: string, model: string, dialect: CallingDialect): Capabilities {
  const jsonSchema = factOf("jsonSchema", model, provider);
  const limits = jsonSchema ? factOf("jsonSchemaLimits", model, provider) : undefined;
  const tools = factOf("tools", model, provider);
  const prefix = factOf("prefix", model, provider);
  const input = factOf("inputs", model, provider) ?? INPUTS_BY_DIALECT[dialect.name];
  return {
    ...(jsonSchema !== undefined && { jsonSchema }),
    ...(limits && { jsonSchemaLimits: limits }),
    ...(tools !== undefined && { tools }),
    ...(prefix !== undefined && { prefix }),
    ...(input && { input }),
  };
}

/** The tags around the reasoning of a model; `undefined` for models that say none in their text. */
export function thoughtTagsOf(provider: string, model: string): ThoughtTags | undefined {
  return factOf("thoughtTags", model, provider);
}

/** Whether a model thinks by itself, as far as its name tells, whoever serves it. */
export function isThinkingModel(model: string): boolean {
  return FAMILIES.some(({ models, thinks }) => thinks === true && models?.test(model) === true);
}

function factOf<K extends keyof ModelFamily>(fact: K, model: string, provider: string): ModelFamily[K] | undefined {
  const row = FAMILIES.find((family) => family[fact] !== undefined && isOf(family, model, provider));
  return row?.[fact];
}

function isOf({ providers, models }: ModelFamily, model: string, provider: string): boolean {
  return (providers?.includes(provider) ?? true) && (models?.test(model) ?? true);
}
