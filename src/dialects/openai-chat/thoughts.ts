import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { filledString } from "../filled-string.js";
import { ReasoningDetails } from "./reasoning-details.js";
import { ThinkingBlocks } from "./thinking-blocks.js";

/**
 * Fields in which services stream what a model thinks; several that come together say the same. `reasoning_text` is
 * Copilot's, `thinking` that of servers which pass Ollama's messages on.
 */
export const THOUGHT_FIELDS = ["reasoning_content", "reasoning", "reasoning_text", "thinking"] as const;

/**
 * Fields of a message that seal what a model thought and must come back as they came: OpenRouter's `reasoning_details`,
 * LiteLLM's `thinking_blocks`, Copilot's `reasoning_opaque`.
 */
export const THOUGHT_STATES = ["reasoning_details", "thinking_blocks", "reasoning_opaque"] as const;

/** The thoughts of a delta or a message: a text, or an object around one. "" if there are none. */
export function thoughtIn(delta: JsonObject): string {
  for (const field of THOUGHT_FIELDS) {
    const value = delta[field];
    const text = isJsonObject(value) ? (filledString(value.content) ?? filledString(value.text)) : filledString(value);
    if (text !== undefined) return text;
  }
  return "";
}

/** The fields of an object that seal thoughts. */
export function thoughtStateIn(object: JsonObject | undefined): JsonObject {
  const fields = THOUGHT_STATES.flatMap((field): [string, JsonValue][] => {
    const value = object?.[field];
    return value === undefined || value === null ? [] : [[field, value]];
  });
  return Object.fromEntries(fields);
}

/** What seals the thoughts of an answer, put together from its deltas. */
export class ThoughtState {
  /** Made when they are needed: most answers have neither. */
  #details: ReasoningDetails | undefined;
  #blocks: ThinkingBlocks | undefined;
  #sealed = "";

  /** Takes a delta or a message; returns what its sealed thoughts say. */
  push({ reasoning_details: details, thinking_blocks: blocks, reasoning_opaque: sealed }: JsonObject): string {
    if (typeof sealed === "string") this.#sealed += sealed;
    if (Array.isArray(details)) this.#details ??= new ReasoningDetails();
    if (Array.isArray(blocks)) this.#blocks ??= new ThinkingBlocks();
    const detailed = Array.isArray(details) ? this.#details?.push(details) : undefined;
    const thought = Array.isArray(blocks) ? this.#blocks?.push(blocks) : undefined;
    return detailed || thought || "";
  }

  /** The fields to bring back; `undefined` if there are none. */
  get fields(): JsonObject | undefined {
    const fields = thoughtStateIn({
      ...(this.#details?.blocks !== undefined && { reasoning_details: this.#details.blocks }),
      ...(this.#blocks?.blocks !== undefined && { thinking_blocks: this.#blocks.blocks }),
      ...(this.#sealed !== "" && { reasoning_opaque: this.#sealed }),
    });
    return Object.keys(fields).length > 0 ? fields : undefined;
  }
}
