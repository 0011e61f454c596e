import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/**
 * An answer of Cloudflare's Workers AI in its own form, as a chunk: `{ "response": "Hel", "p": "…" }` in a stream, and
 * whole `{ "result": { "response": "Hello", "tool_calls": [{ "name", "arguments" }], "usage" }, "success": true }`, where
 * the result of some models is a chat completion. `undefined` for anything else.
 *
 * https://developers.cloudflare.com/workers-ai/features/function-calling/traditional/
 */
export function workersAiChunk(body: JsonObject): JsonObject | undefined {
  if (body.choices !== undefined) return undefined;
  if (body.success === true && isJsonObject(body.result)) {
    return Array.isArray(body.result.choices) ? body.result : workersAiChunk(body.result);
  }
  const { response, tool_calls: calls, usage, model, done, type, object, success, finish_reason } = body;
  const answers = response !== undefined || (Array.isArray(calls) && usage !== undefined);
  // Ollama's `response` has its model and whether it is done.
  if (!answers || [model, done, type, object, success].some((field) => field !== undefined)) return undefined;
  const content = typeof response === "string" ? response : isJsonObject(response) ? JSON.stringify(response) : null;
  if (content === null && response !== null && response !== undefined) return undefined;
  const delta = { content, ...(Array.isArray(calls) && { tool_calls: calls.map(placed) }) };
  // Most models say no reason; newer ones do.
  const reason = typeof finish_reason === "string" && { finish_reason };
  return { choices: [{ index: 0, delta, ...reason }], ...(isJsonObject(usage) && { usage }) };
}

/** A call with its place in the list. */
function placed(call: JsonValue, index: number): JsonValue {
  return isJsonObject(call) ? { index, ...call } : call;
}
