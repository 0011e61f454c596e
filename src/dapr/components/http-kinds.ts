import { anthropic } from "../../dialects/anthropic/anthropic.js";
import type { Dialect } from "../../dialects/dialect.js";
import { gemini } from "../../dialects/gemini/gemini.js";
import { openAiChatDialect } from "../../dialects/openai-chat/openai-chat.js";
import type { OpenAiChatQuirks } from "../../dialects/openai-chat/quirks.js";
import { isNearBy } from "../../models/http/default-timeouts.js";
import { httpModel } from "../../models/http/http-model.js";
import type { Environment } from "../../models/provider.js";
import { firstSet } from "../../models/provider-environment.js";
import { SluiceError } from "../../stream/error.js";
import { OPENAI_OPTIONS } from "../converse/read-alpha2-request.js";
import type { ComponentKind, OpenContext, OpenedComponent } from "./component-kind.js";
import { unfilledVariable } from "./unfilled-variable.js";
import { type RequestDefaults, withComponentDefaults } from "./with-component-defaults.js";

/** A component behind HTTP, but for what its metadata says. */
interface HttpKind {
  type: string;
  dialect: Dialect;
  /** The variable that names the model; it wins over the metadata. */
  modelEnv?: string;
  defaultModel: string;
  /** Where the service is unless the metadata says otherwise; may hold `{{model}}`. */
  endpoint: string;
  /** Variables that hold the key where the metadata has none. */
  keyEnv: readonly string[];
  /** What daprd says without a key; absent where none is needed. */
  missingKey?: string;
  /** The header that carries the key. Default `Authorization: Bearer …`. */
  keyHeader?: string;
  headers?: Readonly<Record<string, string>>;
  defaults?: (model: string) => Omit<RequestDefaults, "temperature" | "maxTokens">;
}

const OPENAI_ENDPOINT = "https://api.openai.com/v1";

/** OpenAI's own protocol, with the options that only this component has. */
const openAi = openAiChatDialect({ optionsFrom: [OPENAI_OPTIONS] });

/** The same for a service at another endpoint, which may take a message of nothing but text only as a string. */
const openAiElsewhere = openAiChatDialect({ optionsFrom: [OPENAI_OPTIONS], textParts: false });

/** OpenAI's protocol as most others speak it. Texts of Dapr's messages are always parts, which not all of them take. */
function compatible(quirks: OpenAiChatQuirks = {}): Dialect {
  return openAiChatDialect({ maxTokensField: "max_tokens", textParts: false, ...quirks });
}

/** Anthropic's protocol below an endpoint that holds the version, as Dapr's do. */
const anthropicBelowVersion: Dialect = {
  ...anthropic,
  writeRequest(request, target) {
    const wire = anthropic.writeRequest(request, target);
    return { ...wire, path: wire.path.replace(/^\/v1\b/, "") };
  },
};

/** Models that think take no temperature; by their names, as daprd tells them. */
const THINKS = /^(gpt-5|o1|o3|o4)(-|$|\.)/;

const anthropicKind: HttpKind = {
  type: "conversation.anthropic",
  dialect: anthropicBelowVersion,
  modelEnv: "ANTHROPIC_MODEL",
  defaultModel: "claude-sonnet-4-20250514",
  endpoint: "https://api.anthropic.com/v1",
  keyEnv: ["ANTHROPIC_API_KEY"],
  missingKey: "missing the Anthropic API key, set it in the ANTHROPIC_API_KEY environment variable",
  keyHeader: "x-api-key",
  // The version of the API that the dialect speaks (https://docs.anthropic.com/en/api/versioning).
  headers: { "anthropic-version": "2023-06-01" },
};

const openAiKind: HttpKind = {
  type: "conversation.openai",
  dialect: openAi,
  modelEnv: "OPENAI_MODEL",
  defaultModel: "gpt-5-nano",
  endpoint: OPENAI_ENDPOINT,
  keyEnv: ["OPENAI_API_KEY"],
  missingKey: "missing the OpenAI API key, set it in the OPENAI_API_KEY environment variable",
  defaults: (model) => (THINKS.test(model) ? { withoutTemperature: `${model} takes no temperature` } : {}),
};

/** The types of conversation components that are reached over HTTP. */
export const HTTP_KINDS: readonly ComponentKind[] = [
  { type: openAiKind.type, open: openOpenAi },
  { type: anthropicKind.type, open: openAnthropic },
  kindOf({
    type: "conversation.googleai",
    dialect: gemini,
    modelEnv: "GOOGLEAI_MODEL",
    defaultModel: "gemini-2.5-flash-lite",
    endpoint: "https://generativelanguage.googleapis.com/v1beta",
    keyEnv: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    missingKey: "missing the Google AI API key, set it in the GEMINI_API_KEY environment variable",
    keyHeader: "x-goog-api-key",
  }),
  kindOf({
    type: "conversation.mistral",
    // It sends the usage unasked, and refuses fields that it does not know.
    dialect: compatible({ streamOptions: false, reasoning: "none", history: "mistral" }),
    modelEnv: "MISTRAL_MODEL",
    defaultModel: "open-mistral-7b",
    endpoint: "https://api.mistral.ai/v1",
    keyEnv: ["MISTRAL_API_KEY"],
    missingKey: "mistral api key is required",
    defaults: () => ({ withoutMetadata: "Mistral keeps no labels" }),
  }),
  kindOf({
    type: "conversation.huggingface",
    dialect: compatible(),
    modelEnv: "HUGGINGFACE_MODEL",
    defaultModel: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
    endpoint: "https://router.huggingface.co/hf-inference/models/{{model}}/v1",
    keyEnv: ["HUGGINGFACE_API_KEY", "HF_TOKEN"],
    missingKey: "missing the Hugging Face API key, set it in the HUGGINGFACE_API_KEY environment variable",
  }),
  kindOf({
    type: "conversation.ollama",
    dialect: compatible(),
    modelEnv: "OLLAMA_MODEL",
    defaultModel: "llama3.2:latest",
    endpoint: "http://localhost:11434/v1",
    keyEnv: [],
  }),
  kindOf({
    type: "conversation.deepseek",
    dialect: compatible({ reasoning: "none", sendReasoning: "reasoning_content" }),
    defaultModel: "deepseek-chat",
    endpoint: "https://api.deepseek.com",
    keyEnv: ["DEEPSEEK_API_KEY"],
    missingKey: "missing the DeepSeek API key, set it in the DEEPSEEK_API_KEY environment variable",
  }),
];

function kindOf(kind: HttpKind): ComponentKind {
  return { type: kind.type, open: (context) => open(kind, context) };
}

/** OpenAI, or with `apiType: azure` a deployment in Azure. */
function openOpenAi(context: OpenContext): OpenedComponent {
  const { env, settings } = context;
  if (settings.other("apiType").toLowerCase() === "azure") return openAzure(context);
  const endpoint = firstSet(["OPENAI_BASE_URL", "OPENAI_API_BASE"], env)?.value ?? OPENAI_ENDPOINT;
  const organization = firstSet(["OPENAI_ORGANIZATION"], env)?.value;
  const headers = organization === undefined ? {} : { "openai-organization": organization };
  const isOpenAi = new URL(OPENAI_ENDPOINT).host === hostOf(settings.endpoint || endpoint);
  return open({ ...openAiKind, endpoint, headers, dialect: isOpenAi ? openAi : openAiElsewhere }, context);
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

function openAzure(context: OpenContext): OpenedComponent {
  const { settings, env } = context;
  const { endpoint } = settings;
  const apiVersion = settings.other("apiVersion");
  if (endpoint === "" || apiVersion === "") {
    throw refused("endpoint and apiVersion must be provided when apiType is set to 'azure'");
  }
  const kind: HttpKind = {
    ...openAiKind,
    modelEnv: "AZURE_OPENAI_MODEL",
    defaultModel: "gpt-4.1-nano",
    keyEnv: ["AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"],
    keyHeader: "api-key",
  };
  const deployment = encodeURIComponent(modelOf(kind, settings.model, env));
  const address = `${endpoint.replace(/(?<!\/)\/+$/, "")}/openai/deployments/${deployment}`;
  return open(kind, { ...context, settings: { ...settings, endpoint: address } }, { "api-version": apiVersion });
}

/** Anthropic, or with `apiType: foundry` its models in Microsoft Foundry. */
function openAnthropic(context: OpenContext): OpenedComponent {
  const { settings } = context;
  if (settings.other("apiType").toLowerCase() === "foundry" && settings.endpoint === "") {
    throw refused("endpoint must be provided when apiType is set to 'foundry'");
  }
  return open(anthropicKind, context);
}

function open(kind: HttpKind, context: OpenContext, query: Readonly<Record<string, string>> = {}): OpenedComponent {
  const { name, settings, env, clock, http } = context;
  const modelName = modelOf(kind, settings.model, env);
  const baseUrl = endpointOf(kind, settings.endpoint, modelName);
  const model = httpModel({
    ...http,
    id: name,
    dialect: kind.dialect,
    model: modelName,
    capabilities: { streaming: true, tools: true },
    baseUrl,
    nearBy: isNearBy(baseUrl),
    query,
    headers: { ...kind.headers, ...authentication(kind, settings.key, env) },
    clock,
    // Only a Resiliency resource says what is tried again.
    retry: { retries: 0 },
  });
  const { temperature, maxTokens } = settings;
  const defaults: RequestDefaults = {
    ...kind.defaults?.(modelName),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
  return { model: withComponentDefaults(model, defaults), modelName };
}

function modelOf({ modelEnv, defaultModel }: HttpKind, given: string, env: Environment): string {
  const set = modelEnv === undefined ? undefined : firstSet([modelEnv], env)?.value;
  return set ?? (given || defaultModel);
}

/** The given endpoint; one that is only a host gets the path of the usual one. */
function endpointOf({ endpoint }: HttpKind, given: string, model: string): string {
  if (given === "" || given.includes("{{model}}")) return (given || endpoint).replace("{{model}}", model);
  if (!URL.canParse(given) || new URL(given).pathname !== "/" || endpoint.includes("{{")) return given;
  return given.replace(/(?<!\/)\/+$/, "") + new URL(endpoint).pathname.replace(/\/$/, "");
}

function authentication({ keyEnv, keyHeader, missingKey }: HttpKind, given: string, env: Environment) {
  // A variable that is exported is what a placeholder means.
  const exported = firstSet(keyEnv, env)?.value;
  const key = unfilledVariable(given) === undefined ? given || exported : (exported ?? given);
  if (key === undefined) {
    if (missingKey === undefined) return {};
    throw new SluiceError("missing-key", missingKey, { field: "key" });
  }
  if (!/^[\x21-\x7e]+$/.test(key)) throw refused("key: only printable ASCII without spaces is allowed");
  return keyHeader === undefined ? { authorization: `Bearer ${key}` } : { [keyHeader]: key };
}

function refused(message: string): SluiceError {
  return new SluiceError("invalid-argument", message);
}
