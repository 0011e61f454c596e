import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { FinishReason } from "../../stream/chat-event.js";
import type { Usage } from "../../stream/usage.js";

/** How an answer ended, exactly: the reasons and counts that the AI SDK's own fields have no place for. */
export interface FinishNote {
  reason: FinishReason;
  rawReason?: string;
  usage: Usage;
}

const REASONS: Readonly<Record<FinishReason, true>> = {
  stop: true,
  length: true,
  "tool-calls": true,
  "input-required": true,
  "content-filter": true,
  refusal: true,
  pause: true,
  budget: true,
  other: true,
};

/** As JSON, for a part's metadata. */
export function writeFinishNote({ reason, rawReason, usage }: FinishNote): JsonObject {
  return { reason, ...(rawReason !== undefined && { rawReason }), usage: { ...usage } };
}

/** Anybody may have written it: `undefined` unless it has the right shape. */
export function readFinishNote(value: JsonValue | undefined): FinishNote | undefined {
  if (!isJsonObject(value)) return undefined;
  const { reason, rawReason, usage } = value;
  if (!isReason(reason) || !isJsonObject(usage)) return undefined;
  const { raw, ...counts } = usage;
  if (!Object.values(counts).every((tokens) => typeof tokens === "number")) return undefined;
  return {
    reason,
    ...(typeof rawReason === "string" && { rawReason }),
    usage: { ...counts, ...(raw !== undefined && { raw }) },
  };
}

function isReason(value: JsonValue | undefined): value is FinishReason {
  return typeof value === "string" && Object.hasOwn(REASONS, value);
}
