import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import {
  type ChatRequest,
  isProviderTool,
  type ReasoningOptions,
  type ToolDefinition,
} from "../../stream/chat-request.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { chatHistory } from "./chat-history.js";
import { grammarSchema } from "./grammar-schema.js";
import type { ChatFunctions, ChatHistoryItem, SamplingOptions } from "./node-llama-cpp.js";

/** A request in llama.cpp's terms. */
export interface AnswerPlan {
  history: ChatHistoryItem[];
  sampling: SamplingOptions;
  maxTokens: number | undefined;
  stop: readonly string[];
  /** The schema to hold the answer to. */
  schema: JsonObject | undefined;
  functions: ChatFunctions | undefined;
  parallelCalls: boolean;
  /** Tokens that the model may think for; `undefined`: as many as it likes. */
  thoughtTokens: number | undefined;
  /** What is not done as it was asked. */
  warnings: Warning[];
}

/** llama.cpp's own default; that of its wrapper is 0, at which small models repeat themselves. */
const TEMPERATURE = 0.8;

/** Tokens that penalties look back on: llama.cpp's default. */
const PENALTY_TOKENS = 64;

/** What `providerOptions.llama` may hold: options of node-llama-cpp's sampling that no other model has. */
const OWN_OPTIONS = ["minP", "repeatPenalty", "dryRepeatPenalty", "xtc"] as const;

/**
 * Says how a request is answered.
 *
 * @throws {SluiceError} `unsupported` or `invalid-argument`, naming the field that cannot be honoured.
 */
export function planAnswer(request: ChatRequest): AnswerPlan {
  const warnings: Warning[] = [];
  const functions = planTools(request, warnings);
  for (const field of ["user", "metadata"] as const) {
    if (request[field] !== undefined) warnings.push({ field, message: "not used: the model runs in this process" });
  }
  return {
    history: chatHistory(request.messages, warnings),
    sampling: planSampling(request, warnings),
    maxTokens: request.maxTokens,
    stop: request.stop ?? [],
    schema: planSchema(request, functions, warnings),
    functions,
    parallelCalls: request.parallelToolCalls ?? true,
    thoughtTokens: planThoughts(request.reasoning, warnings),
    warnings,
  };
}

function planSampling(request: ChatRequest, warnings: Warning[]): SamplingOptions {
  const { temperature = TEMPERATURE, topP, topK, seed, presencePenalty, frequencyPenalty } = request;
  for (const field of ["presencePenalty", "frequencyPenalty"] as const) {
    if (!request[field]) continue;
    warnings.push({ field, message: `counted over the last ${PENALTY_TOKENS} tokens, not the whole answer` });
  }
  const penalised = Boolean(presencePenalty) || Boolean(frequencyPenalty);
  return {
    temperature,
    // llama.cpp takes 32 bits.
    seed: (seed ?? Math.floor(Math.random() * 2 ** 32)) >>> 0,
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    repeatPenalty: penalised && {
      penalty: 1,
      lastTokens: PENALTY_TOKENS,
      ...(presencePenalty !== undefined && { presencePenalty }),
      ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    },
    ...ownOptions(request.providerOptions?.llama),
  };
}

function ownOptions(options: Record<string, JsonValue> = {}): SamplingOptions {
  const own: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(options)) {
    const known = OWN_OPTIONS.find((option) => option === name);
    if (known === undefined) throw invalid(`providerOptions.llama.${name}`, value, `one of ${OWN_OPTIONS.join(", ")}`);
    own[known] = value;
  }
  return own;
}

function planTools({ tools = [], toolChoice = "auto" }: ChatRequest, warnings: Warning[]): ChatFunctions | undefined {
  const own = tools.map((tool, index): ToolDefinition => {
    if (!isProviderTool(tool)) return tool;
    const field = `tools[${index}]`;
    throw new SluiceError("unsupported", `${field}: a tool of ${tool.dialect} cannot run behind llama`, { field });
  });
  if (own.length === 0 || toolChoice === "none") return undefined;
  if (toolChoice !== "auto") {
    const found = typeof toolChoice === "string" ? toolChoice : `the tool ${toolChoice.name}`;
    const message = `toolChoice: found ${found}; allowed by llama: auto, none (a template cannot make a model call a tool)`;
    throw new SluiceError("unsupported", message, { field: "toolChoice" });
  }
  return Object.fromEntries(own.map((tool, index) => [tool.name, writeFunction(tool, index, warnings)]));
}

function writeFunction(
  { description, inputSchema }: ToolDefinition,
  index: number,
  warnings: Warning[],
): ChatFunctions[string] {
  const params = grammarSchema({ type: "object", ...inputSchema }, `tools[${index}].inputSchema`, warnings);
  // One without parameters is called with none.
  const takes = Object.keys(inputSchema.properties ?? {}).length > 0 || inputSchema.additionalProperties !== undefined;
  return { ...(description !== undefined && { description }), ...(takes && { params }) };
}

function planSchema(
  { responseFormat }: ChatRequest,
  functions: ChatFunctions | undefined,
  warnings: Warning[],
): JsonObject | undefined {
  if (responseFormat === undefined || responseFormat.type === "text") return undefined;
  if (functions !== undefined) {
    const message = `responseFormat: found ${responseFormat.type} beside tools; llama.cpp holds an answer to one of both`;
    throw new SluiceError("unsupported", message, { field: "responseFormat" });
  }
  const schema: JsonObject = responseFormat.type === "json" ? { type: "object" } : responseFormat.schema;
  return grammarSchema(schema, "responseFormat.schema", warnings);
}

function planThoughts(reasoning: ReasoningOptions = {}, warnings: Warning[]): number | undefined {
  const { effort, budgetTokens, summary } = reasoning;
  if (summary !== undefined) {
    warnings.push({ field: "reasoning.summary", message: "not used: all that the model thinks is shown" });
  }
  if (effort === "none") return 0;
  if (effort !== undefined) {
    const message = "not used: the model thinks as long as it likes, or as reasoning.budgetTokens says";
    warnings.push({ field: "reasoning.effort", message });
  }
  return budgetTokens;
}
