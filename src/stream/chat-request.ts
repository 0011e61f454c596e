import type { JsonObject, JsonValue } from "../base/json.js";
import type { CacheHint, ChatMessage } from "./message.js";

/** A tool that the caller runs. */
export interface ToolDefinition {
  /** 1–64 of `A–Z a–z 0–9 _ -`, as all providers allow. */
  name: string;
  /** What it does and when to call it, for the model. */
  description?: string;
  /** JSON Schema of the arguments, an object type. */
  inputSchema: JsonObject;
  /** Ask the provider to hold the arguments to the schema, where it can. */
  strict?: boolean;
  /** Tool definitions up to and including this one may be cached by the provider. */
  cache?: CacheHint;
}

/** A tool that the provider runs (web search, code execution …), passed through to the dialect that knows it. */
export interface ProviderTool {
  /** The dialect it belongs to; any other refuses it. */
  dialect: string;
  /** The provider's type of tool, for example `web_search_20250305`. */
  type: string;
  /** Name under which its calls appear, where the provider wants one. */
  name?: string;
  /** The provider's settings for it, sent as they are. */
  args?: JsonObject;
}

/** Whether and which tool to call. `required` means any one. */
export type ToolChoice = "auto" | "none" | "required" | { name: string };

/** What form the answer takes. */
export type ResponseFormat =
  | { type: "text" }
  /** Any JSON object. */
  | { type: "json" }
  /** JSON that fits a schema. */
  | { type: "json-schema"; name: string; schema: JsonObject; description?: string; strict?: boolean };

/** How hard a model should think. Each dialect maps the levels to what its provider has. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "max";

/** Settings for the model's reasoning. */
export interface ReasoningOptions {
  /** Default: the provider's. */
  effort?: ReasoningEffort;
  /** Upper limit on reasoning, in tokens, where the provider takes one. */
  budgetTokens?: number;
  /** Whether reasoning should be shown (a summary, where the provider keeps the rest). */
  summary?: "auto" | "concise" | "detailed" | "none";
}

/**
 * What is asked of a model, in every dialect's terms. An option that a dialect cannot send is refused with a reason or
 * reported as a warning, never dropped in silence.
 */
export interface ChatRequest {
  /** The conversation so far, the oldest first. */
  messages: ChatMessage[];
  /** What the model may call. */
  tools?: (ToolDefinition | ProviderTool)[];
  /** Default: the provider's, which is `auto` with tools. */
  toolChoice?: ToolChoice;
  /** Whether the model may call several tools at once. Default: the provider's. */
  parallelToolCalls?: boolean;
  /** 0 to 2. */
  temperature?: number;
  /** 0 to 1. */
  topP?: number;
  /** At least 1. */
  topK?: number;
  /** Upper limit on the answer, in tokens. */
  maxTokens?: number;
  /** The answer ends before any of these. */
  stop?: string[];
  /** Same seed, same answer, as far as the provider can. */
  seed?: number;
  /** -2 to 2. */
  presencePenalty?: number;
  /** -2 to 2. */
  frequencyPenalty?: number;
  /** Default: the provider's. */
  reasoning?: ReasoningOptions;
  /** Default: text. */
  responseFormat?: ResponseFormat;
  /** An id of the end user, for the provider's abuse monitoring. */
  user?: string;
  /** Labels that the provider keeps with the call, where it can. */
  metadata?: Record<string, string>;
  /** Fields for one dialect or provider, by its name, merged into the wire request as they are. */
  providerOptions?: Record<string, Record<string, JsonValue>>;
}

/** Whether the provider runs a tool, and not the caller. */
export function isProviderTool(tool: ToolDefinition | ProviderTool): tool is ProviderTool {
  return "dialect" in tool;
}
