import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { CallTarget, WireRequest } from "../dialect.js";
import type { PlainRequest } from "../plain-request.js";
import { type ClaudeTraits, traitsOf } from "./model-traits.js";

/** The only version there is: https://platform.claude.com/docs/en/api/versioning. */
export const VERSION = "2023-06-01";

/** Where messages are asked for, below the base URL. */
export const PATH = "/v1/messages";

/** A request of nothing but texts. */
export function writePlainRequest(request: PlainRequest, { model, stream }: CallTarget): WireRequest {
  const warnings: Warning[] = [];
  const traits = traitsOf(model);
  const instructions = request.messages.filter(({ role }) => role === "system");
  const [first, ...more] = instructions.map(({ content }) => ({ type: "text", text: content }));
  const system: JsonValue | undefined =
    more.length === 0 ? first?.text : [first, ...more].filter((part) => part !== undefined);
  const body: JsonObject = {
    model,
    max_tokens: request.maxTokens ?? traits.maxTokens,
    ...(system !== undefined && { system }),
    messages: request.messages.flatMap(({ role, content }) => (role === "system" ? [] : [{ role, content }])),
    ...(stream && { stream: true }),
    ...writeSampling(request, traits, undefined, warnings),
    ...writeStop(request.stop, warnings),
  };
  warnOfMissing(request, warnings);
  return { path: PATH, headers: { "anthropic-version": VERSION }, body, warnings };
}

/** How to sample. @param thinking how thinking is asked for, with which some of it is refused. */
export function writeSampling(
  { temperature, topP, topK }: ChatRequest,
  traits: ClaudeTraits,
  thinking: JsonObject | undefined,
  warnings: Warning[],
): JsonObject {
  const thinks = thinking?.type === "enabled" || thinking?.type === "adaptive";
  const wire: JsonObject = {};
  const send = (field: string, name: string, value: number | undefined, withThinking: boolean) => {
    if (value === undefined) return;
    if (!traits.sampling) warnings.push({ field, message: "not sent: this model refuses it" });
    else if (thinks && !withThinking) warnings.push({ field, message: "not sent: Anthropic refuses it with thinking" });
    else wire[name] = value;
  };
  if (temperature !== undefined && temperature > 1) {
    warnings.push({ field: "temperature", message: "sent as 1, the most that Anthropic takes" });
  }
  send(
    "temperature",
    "temperature",
    temperature === undefined ? undefined : Math.min(temperature, 1),
    temperature === 1,
  );
  send("topP", "top_p", topP, topP !== undefined && topP >= 0.95);
  send("topK", "top_k", topK, false);
  return wire;
}

/** The words that end an answer. */
export function writeStop(stop: readonly string[] | undefined, warnings: Warning[]): JsonObject {
  const sent = stop?.filter((word) => word.trim() !== "") ?? [];
  if (sent.length < (stop?.length ?? 0)) {
    warnings.push({ field: "stop", message: "blank ones were not sent: Anthropic refuses them" });
  }
  return sent.length > 0 ? { stop_sequences: sent } : {};
}

/** Options that this protocol has no field for. */
export function warnOfMissing(request: ChatRequest, warnings: Warning[]): void {
  for (const field of ["seed", "presencePenalty", "frequencyPenalty"] as const) {
    if (request[field] !== undefined) warnings.push({ field, message: "not sent: Anthropic has no such option" });
  }
}
