import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest, ResponseFormat } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import { type GeminiTraits, traitsOf } from "./model-traits.js";
import { GEMINI, objectOf } from "./opaque.js";
import { restrictSchema } from "./restrict-schema.js";
import { writeMessages } from "./write-messages.js";
import { pathOf, writeSettings } from "./write-settings.js";
import { writeThinking } from "./write-thinking.js";
import { writeTools } from "./write-tools.js";

/** A request for an answer, as https://ai.google.dev/api/generate-content describes it. */
export function writeRequest(request: ChatRequest, { model, stream }: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  const traits = traitsOf(model);
  const config = writeConfig(request, traits, warnings);
  const body: JsonObject = {
    ...writeMessages(request.messages, traits, warnings),
    ...writeTools(request, warnings),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
  };
  warnOfMissing(request, warnings);
  mergeOptions(body, request.providerOptions?.[GEMINI] ?? {});
  refuseCandidates(body);
  return { path: pathOf({ model, stream }), body, warnings };
}

function writeConfig(request: ChatRequest, traits: GeminiTraits, warnings: Warning[]): JsonObject {
  const thinkingConfig = writeThinking(request.reasoning, traits, warnings);
  return defined({ ...writeSettings(request), ...writeFormat(request.responseFormat), thinkingConfig });
}

function writeFormat(format: ResponseFormat | undefined): JsonObject {
  switch (format?.type) {
    case undefined:
    case "text":
      return {};
    case "json":
      return { responseMimeType: "application/json" };
    case "json-schema":
      return { responseMimeType: "application/json", responseJsonSchema: restrictSchema(format.schema) };
    default:
      return format satisfies never;
  }
}

function warnOfMissing({ user, metadata }: ChatRequest, warnings: Warning[]): void {
  if (user !== undefined) warnings.push({ field: "user", message: "not sent: Gemini takes no id of a user" });
  if (metadata !== undefined && Object.keys(metadata).length > 0) {
    const message = "not sent: the Gemini API keeps no labels; for Vertex give them as providerOptions.gemini.labels";
    warnings.push({ field: "metadata", message });
  }
}

/**
 * Merges the caller's own fields. Objects are merged with what stands there, at any depth; `tools` are added; fields of
 * `functionDeclarations` are added to the function of the same name.
 */
function mergeOptions(body: JsonObject, options: Readonly<Record<string, JsonValue>>): void {
  const { tools, functionDeclarations, ...fields } = options;
  for (const [key, value] of Object.entries(fields)) body[key] = merged(body[key], value);
  const given = Array.isArray(body.tools) ? body.tools : [];
  if (Array.isArray(tools)) body.tools = [...given, ...tools];
  if (!Array.isArray(functionDeclarations)) return;
  for (const tool of given) {
    const declared = objectOf(tool).functionDeclarations;
    if (!isJsonObject(tool) || !Array.isArray(declared)) continue;
    tool.functionDeclarations = declared.map((own) => {
      const more = functionDeclarations.find((other) => objectOf(other).name === objectOf(own).name);
      return more === undefined ? own : merged(own, more);
    });
  }
}

function merged(before: JsonValue | undefined, value: JsonValue): JsonValue {
  if (!isJsonObject(before) || !isJsonObject(value)) return value;
  const both: JsonObject = { ...before };
  for (const [key, inner] of Object.entries(value)) both[key] = merged(both[key], inner);
  return both;
}

/** Several answers at once would be several streams in one. */
function refuseCandidates(body: JsonObject): void {
  const count = objectOf(body.generationConfig).candidateCount;
  if (count === undefined || count === 1) return;
  const field = `providerOptions.${GEMINI}.generationConfig.candidateCount`;
  throw new SluiceError("unsupported", `${field}: found ${JSON.stringify(count)}; allowed: 1`, { field });
}
