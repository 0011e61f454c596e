import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { FinishReason } from "../../stream/chat-event.js";
import { isFinishReason } from "../../stream/finish-reasons.js";
import type { Usage } from "../../stream/usage.js";

/** How an answer ended, exactly: the reasons and counts that the AI SDK's own fields have no place for. */
export interface FinishNote {
  reason: FinishReason;
  rawReason?: string;
  usage: Usage;
}

/** As JSON, for a part's metadata. */
export function writeFinishNote({ reason, rawReason, usage }: FinishNote): JsonObject {
  return { reason, ...(rawReason !== undefined && { rawReason }), usage: { ...usage } };
}

/** Anybody may have written it: `undefined` unless it has the right shape. */
export function readFinishNote(value: JsonValue | undefined): FinishNote | undefined {
  if (!isJsonObject(value)) return undefined;
  const { reason, rawReason, usage } = value;
  if (!isFinishReason(reason) || !isJsonObject(usage)) return undefined;
  const { raw, ...counts } = usage;
  if (!Object.values(counts).every((tokens) => typeof tokens === "number")) return undefined;
  return {
    reason,
    ...(typeof rawReason === "string" && { rawReason }),
    usage: { ...counts, ...(raw !== undefined && { raw }) },
  };
}
