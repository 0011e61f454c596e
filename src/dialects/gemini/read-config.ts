import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatRequest, ReasoningOptions, ResponseFormat } from "../../stream/chat-request.js";
import { numberOption, stopOption } from "../request-option.js";
import { badRequest, WireObject } from "../wire-object.js";
import { otherFields } from "./opaque.js";
import { readSchema } from "./read-schema.js";

/** Fields that every dialect has a term for; the others are kept for a model that speaks this one. */
const KNOWN = [
  "temperature",
  "topP",
  "topK",
  "maxOutputTokens",
  "stopSequences",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "thinkingConfig",
  "candidateCount",
];

/** Fields that only Gemini has, as far as they are documented. */
const OWN = {
  responseSchema: "object",
  responseJsonSchema: ["object", "boolean"],
  responseLogprobs: "boolean",
  logprobs: "number",
  responseModalities: "texts",
  speechConfig: "object",
  imageConfig: "object",
  mediaResolution: "string",
  enableEnhancedCivicAnswers: "boolean",
} as const;

/** The options of a client's `generationConfig`, and what only Gemini has. */
export function readConfig(body: WireObject): { options: Partial<ChatRequest>; own: JsonObject } {
  const config = body.object("generationConfig") ?? new WireObject({}, "generationConfig");
  config.check(OWN);
  const count = config.number("candidateCount");
  if (count !== undefined && count !== 1) throw badRequest(config.field("candidateCount"), count, "1");
  const format = readFormat(config);
  const thinking = config.object("thinkingConfig");
  const reasoning = thinking && readThinking(thinking);
  const fields = {
    temperature: numberOption(config, "temperature", "temperature"),
    topP: numberOption(config, "topP", "topP"),
    topK: numberOption(config, "topK", "topK"),
    maxTokens: numberOption(config, "maxOutputTokens", "maxTokens"),
    stop: stopOption(config, "stopSequences"),
    seed: numberOption(config, "seed", "seed"),
    presencePenalty: numberOption(config, "presencePenalty", "presencePenalty"),
    frequencyPenalty: numberOption(config, "frequencyPenalty", "frequencyPenalty"),
    reasoning: reasoning && Object.keys(reasoning).length > 0 ? reasoning : undefined,
    responseFormat: format.format,
  };
  const options = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const own = otherFields(config.value, [...KNOWN, ...format.fields]);
  const moreThinking = thinking === undefined ? {} : ownThinking(thinking);
  return { options, own: Object.keys(moreThinking).length > 0 ? { ...own, thinkingConfig: moreThinking } : own };
}

/** @returns the format, and the fields that it says. */
function readFormat(config: WireObject): { format?: ResponseFormat; fields: string[] } {
  const type = config.string("responseMimeType");
  if (type === undefined || type === "text/plain") return { fields: ["responseMimeType"] };
  if (type !== "application/json") return { fields: [] };
  const fields = ["responseMimeType", "responseJsonSchema", "responseSchema"];
  const given = config.any("responseJsonSchema") ?? readSchema(config.any("responseSchema") ?? null);
  if (!isJsonObject(given)) return { format: { type: "json" }, fields };
  return { format: { type: "json-schema", name: "response", schema: given }, fields };
}

const LEVELS = ["MINIMAL", "LOW", "MEDIUM", "HIGH", "THINKING_LEVEL_UNSPECIFIED"] as const;
const EFFORTS = { MINIMAL: "minimal", LOW: "low", MEDIUM: "medium", HIGH: "high" } as const;

function readThinking(config: WireObject): ReasoningOptions {
  const word = config.string("thinkingLevel")?.toUpperCase();
  const level = LEVELS.find((one) => one === word);
  if (word !== undefined && level === undefined) {
    throw badRequest(config.field("thinkingLevel"), word, LEVELS.join(", "));
  }
  const budget = isAutomatic(config) ? undefined : numberOption(config, "thinkingBudget", "budgetTokens");
  const shown = config.boolean("includeThoughts");
  return {
    ...(level !== undefined && level !== "THINKING_LEVEL_UNSPECIFIED" && { effort: EFFORTS[level] }),
    ...(budget === 0 && { effort: "none" }),
    ...(budget !== undefined && budget > 0 && { budgetTokens: budget }),
    ...(shown !== undefined && { summary: shown ? "auto" : "none" }),
  };
}

/** A budget of -1 leaves it to the model, which we say by saying nothing. */
function isAutomatic(config: WireObject): boolean {
  return config.any("thinkingBudget") === -1;
}

function ownThinking(config: WireObject): JsonObject {
  const automatic = isAutomatic(config) ? { thinkingBudget: -1 } : {};
  return { ...otherFields(config.value, ["thinkingLevel", "thinkingBudget", "includeThoughts"]), ...automatic };
}
