import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest, ReasoningOptions, ResponseFormat } from "../../stream/chat-request.js";
import { chatForm } from "./answer-form.js";
import { MODEL_OPTIONS } from "./model-options.js";
import { writeSettings } from "./write-settings.js";

/** The fields of a request that `/api/chat` and `/api/generate` share. */
export function writeOptions(request: ChatRequest, warnings: Warning[]): JsonObject {
  const options = writeSettings(request);
  for (const field of ["user", "metadata"] as const) {
    if (request[field] !== undefined) warnings.push({ field, message: "not sent: Ollama has no such option" });
  }
  const format = writeFormat(request.responseFormat);
  const exact = request.providerOptions?.[chatForm.name]?.think;
  const think = writeThink(request.reasoning, exact, warnings);
  return {
    ...(format !== undefined && { format }),
    ...(think !== undefined && { think }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

/** Merges the caller's own fields into a request; those that are the model's go into `options`. */
export function mergeOptions(body: JsonObject, own: Readonly<Record<string, JsonValue>> | undefined): void {
  for (const [key, value] of Object.entries(own ?? {})) {
    if (MODEL_OPTIONS.includes(key)) addOptions(body, { [key]: value });
    else if (key === "options" && isJsonObject(value)) addOptions(body, value);
    else body[key] = value;
  }
}

function addOptions(body: JsonObject, options: JsonObject): void {
  body.options = { ...(isJsonObject(body.options) && body.options), ...options };
}

function writeFormat(format: ResponseFormat | undefined): JsonValue | undefined {
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined;
    case "json":
      return "json";
    case "json-schema":
      return format.schema;
    default:
      return format satisfies never;
  }
}

/** @param exact Ollama's own word, which takes the place of ours. */
function writeThink(
  reasoning: ReasoningOptions | undefined,
  exact: JsonValue | undefined,
  warnings: Warning[],
): JsonValue | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens, summary } = reasoning;
  if (budgetTokens !== undefined) {
    warnings.push({ field: "reasoning.budgetTokens", message: "not sent: Ollama has levels, no budget" });
  }
  if (summary !== undefined) {
    warnings.push({ field: "reasoning.summary", message: "not sent: Ollama shows all that a model thinks" });
  }
  if (exact !== undefined) return exact;
  switch (effort) {
    case undefined:
      return true;
    case "none":
      return false;
    case "minimal":
    case "max": {
      const sent = effort === "max" ? "high" : "low";
      warnings.push({ field: "reasoning.effort", message: `sent as ${sent}, the nearest that Ollama has` });
      return sent;
    }
    case "low":
    case "medium":
    case "high":
      return effort;
    default:
      return effort satisfies never;
  }
}
