import { isJsonObject, type JsonObject } from "../../base/json.js";
import { lookup } from "../../base/lookup.js";
import type { FinishReason } from "../../stream/chat-event.js";

/** The content, since a response that is complete may wait for tools or decline. */
export interface ResponseContent {
  toolCalls: boolean;
  refusal: boolean;
}

const INCOMPLETE = lookup<FinishReason>({
  max_output_tokens: "length",
  content_filter: "content-filter",
});

/** Why a response ended, from its status, its details and its content. @param status "" where nothing says it. */
export function readEnd(
  status: string,
  { incomplete_details: details }: JsonObject,
  { toolCalls, refusal }: ResponseContent,
): { reason: FinishReason; rawReason?: string } {
  if (status === "incomplete") {
    const raw = isJsonObject(details) && typeof details.reason === "string" ? details.reason : "incomplete";
    const reason = INCOMPLETE.get(raw) ?? "other";
    return { reason, rawReason: raw };
  }
  if (toolCalls) return { reason: "tool-calls" };
  if (refusal) return { reason: "refusal" };
  if (status === "completed") return { reason: "stop" };
  return { reason: "other", ...(status !== "" && { rawReason: status }) };
}

/** The status that says a reason, and the details that go with it. */
export function writeEnd(reason: FinishReason): { status: string; incomplete_details: JsonObject | null } {
  switch (reason) {
    case "length":
    case "budget":
      return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    case "content-filter":
      return { status: "incomplete", incomplete_details: { reason: "content_filter" } };
    case "stop":
    case "tool-calls":
    case "input-required":
    case "refusal":
    case "pause":
    case "other":
      return { status: "completed", incomplete_details: null };
    default:
      return reason satisfies never;
  }
}
