import type { FinishReason } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { FinishReasonV4, UnifiedReason } from "./language-model.js";

/** Why a model stopped, in our terms. */
export interface ReadReason {
  reason: FinishReason;
  rawReason?: string;
}

/**
 * The finish reason of any version: a word (v2), or a unified word and the provider's own (v3 and v4).
 *
 * @throws {SluiceError} `provider-error` for `error`, `truncated` for `interrupted` (the provider's stream ended without
 *   its end): neither is an answer that ended.
 */
export function readFinishReason(value: unknown): ReadReason {
  const word: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "unified") : value;
  const raw: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "raw") : undefined;
  const rawReason = typeof raw === "string" && raw !== word ? { rawReason: raw } : {};
  switch (word) {
    case "stop":
    case "length":
    case "content-filter":
    case "tool-calls":
    case "other":
      return { reason: word, ...rawReason };
    case "error":
      throw new SluiceError("provider-error", `the model stopped because of an error${raw ? ` (${raw})` : ""}`, {
        ...(typeof raw === "string" && { providerCode: raw }),
      });
    case "interrupted":
      throw new SluiceError("truncated", "the provider's stream ended before its finish", { retryable: true });
    default:
      return { reason: "other", ...(typeof word === "string" && { rawReason: word }), ...rawReason };
  }
}

/** As v3 and v4 have it. Reasons that only we have become the nearest, with ours as the provider's word. */
export function writeFinishReason(reason: FinishReason, rawReason: string | undefined): FinishReasonV4 {
  return { unified: UNIFIED[reason], raw: rawReason ?? reason };
}

const UNIFIED: Readonly<Record<FinishReason, UnifiedReason>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool-calls",
  "input-required": "tool-calls",
  "content-filter": "content-filter",
  // As the AI SDK's own Anthropic provider has the two.
  refusal: "content-filter",
  pause: "stop",
  budget: "length",
  other: "other",
};
