import { defined } from "../../base/defined.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatRequest, ReasoningOptions, ResponseFormat } from "../../stream/chat-request.js";
import { numberOption, oneOrMoreStops } from "../request-option.js";
import { badRequest, WireObject } from "../wire-object.js";

/** Model options that every dialect has a word for. */
const SHARED = [
  "temperature",
  "top_p",
  "top_k",
  "num_predict",
  "stop",
  "seed",
  "presence_penalty",
  "frequency_penalty",
];
/** Fields that only Ollama has, as far as they are documented. */
const OWN = {
  keep_alive: ["string", "number"],
  logprobs: "boolean",
  top_logprobs: "number",
  suffix: "string",
  template: "string",
  raw: "boolean",
  context: "array",
} as const;
/** Model options that only Ollama has. */
const OWN_OPTIONS = {
  num_ctx: "number",
  num_keep: "number",
  num_batch: "number",
  num_gpu: "number",
  main_gpu: "number",
  num_thread: "number",
  min_p: "number",
  typical_p: "number",
  tfs_z: "number",
  mirostat: "number",
  mirostat_tau: "number",
  mirostat_eta: "number",
  repeat_last_n: "number",
  repeat_penalty: "number",
  penalize_newline: "boolean",
  numa: "boolean",
  low_vram: "boolean",
  use_mmap: "boolean",
  use_mlock: "boolean",
} as const;
const FIELDS = ["model", "stream", "format", "think", "options"];

/** What the requests of `/api/chat` and `/api/generate` share; `known` are the fields that the caller reads itself. */
export function readOptions(body: WireObject, known: readonly string[]): Omit<ChatRequest, "messages"> {
  const options = body.object("options") ?? new WireObject({}, "options");
  body.check(OWN);
  options.check(OWN_OPTIONS);
  const predict = options.number("num_predict");
  const request = {
    temperature: numberOption(options, "temperature", "temperature"),
    topP: numberOption(options, "top_p", "topP"),
    topK: numberOption(options, "top_k", "topK"),
    // 0 and negative numbers mean no limit, or that of the context.
    maxTokens: predict !== undefined && predict > 0 ? numberOption(options, "num_predict", "maxTokens") : undefined,
    stop: oneOrMoreStops(options, "stop"),
    seed: numberOption(options, "seed", "seed"),
    presencePenalty: numberOption(options, "presence_penalty", "presencePenalty"),
    frequencyPenalty: numberOption(options, "frequency_penalty", "frequencyPenalty"),
    reasoning: readThink(body),
    responseFormat: readFormat(body),
    providerOptions: readOwnOptions(body, options, known),
  };
  return defined(request);
}

function readThink(body: WireObject): ReasoningOptions | undefined {
  switch (body.any("think")) {
    case undefined:
      return undefined;
    case true:
      return {};
    case false:
      return { effort: "none" };
    default: {
      const effort = body.oneOf("think", ["low", "medium", "high", "max"]);
      return effort === undefined ? undefined : { effort };
    }
  }
}

function readFormat(body: WireObject): ResponseFormat | undefined {
  const format = body.any("format");
  if (format === undefined || format === "") return undefined;
  if (format === "json") return { type: "json" };
  if (!isJsonObject(format)) throw badRequest("format", format, "json or a JSON schema");
  return { type: "json-schema", name: "response", schema: format };
}

/** What only Ollama has, kept for a model that is Ollama's. */
function readOwnOptions(
  body: WireObject,
  options: WireObject,
  known: readonly string[],
): ChatRequest["providerOptions"] {
  const own: JsonObject = without(body.value, [...FIELDS, ...known]);
  const predict = options.number("num_predict");
  const model: JsonObject = {
    ...without(options.value, SHARED),
    ...(predict !== undefined && predict <= 0 && { num_predict: predict }),
  };
  if (Object.keys(model).length > 0) own.options = model;
  // Ours is the most that each model has; not every version of Ollama has a word for that.
  if (body.any("think") === "max") own.think = "max";
  return Object.keys(own).length > 0 ? { ollama: own } : undefined;
}

function without(object: JsonObject, known: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null && !known.includes(key)));
}
