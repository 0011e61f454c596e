import type { JsonValue } from "../base/json.js";

/**
 * State of a provider that must come back on the next turn, untouched (Anthropic signatures, Gemini thought signatures,
 * OpenAI's encrypted reasoning). Only the dialect that wrote it reads it; everyone else carries it.
 */
export interface Opaque {
  /** The dialect that made it and is the only one to send it back, for example `"anthropic"`. */
  dialect: string;
  /** What the provider wants back. */
  data: JsonValue;
}
