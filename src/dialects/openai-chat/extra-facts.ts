import type { Emit } from "../../stream/chat-event.js";
import type { JsonObject } from "../../stream/json.js";
import { EarlyEvents } from "../early-events.js";

/** Fields that have events of their own, or say only how the answer was made. */
export const CHUNK_FIELDS: readonly string[] = [
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "error",
  "service_tier",
  "system_fingerprint",
  "obfuscation",
  "p",
  "citations",
  "search_results",
  "x_groq",
];
export const CHOICE_FIELDS: readonly string[] = [
  "index",
  "delta",
  "message",
  "text",
  "finish_reason",
  "logprobs",
  "usage",
  "error",
];
export const DELTA_FIELDS: readonly string[] = [
  "role",
  "content",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "refusal",
  "audio",
  "images",
  "tool_calls",
  "function_call",
  "annotations",
];

/**
 * What a service says beyond the protocol, as `data` events: the findings of Azure's filter, the tools that Groq ran,
 * Perplexity's related questions. Some repeat it in each chunk; it is told when it changes, and after the first content,
 * so that a call whose answer has not begun can be made again.
 */
export class ExtraFacts {
  readonly #said = new Map<string, string>();
  readonly #early = new EarlyEvents();

  push(object: JsonObject, known: readonly string[], emit: Emit): void {
    for (const name in object) {
      const value = object[name];
      if (value === null || value === undefined || value === "" || name === "" || known.includes(name)) continue;
      const text = JSON.stringify(value);
      if (text === "{}" || text === "[]" || this.#said.get(name) === text) continue;
      this.#said.set(name, text);
      this.#early.push({ type: "data", name, value }, emit);
    }
  }

  /** Content came, or the answer is over: tells what was kept. */
  release(emit: Emit): void {
    this.#early.release(emit);
  }
}
