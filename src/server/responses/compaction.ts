import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { summaryRequest } from "../../chat/summary-writer.js";
import { openAiResponses } from "../../dialects/openai-responses/openai-responses.js";
import { SluiceError } from "../../stream/error.js";
import { textOf } from "../../stream/message.js";
import type { Usage } from "../../stream/usage.js";
import { readAnswer } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { startServed } from "../start-served.js";
import { itemsOf, wholeConversation, withoutServerFields } from "./stored-response.js";
import { summaryItem, withSummaries } from "./summary-item.js";

const INSTRUCTIONS =
  "Summarise the conversation so far for the model that will continue it. Keep what was asked, what was decided and why, names, " +
  "paths, numbers, results of tools, and what is still to be done. Write the summary alone, no preamble.";

/** `POST /v1/responses/compact`: the user's messages, and one item for all else: a summary that the same model wrote. */
export async function compact(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const body = await call.json();
  if (!isJsonObject(body)) throw new SluiceError("invalid-request", "the body is no object", { field: "body" });
  const given = await wholeConversation(core, call, body);
  const read = openAiResponses.readRequest(withoutServerFields(withSummaries(given)));
  const { name, model } = core.models.find(read.model, call.caller);
  const request = summaryRequest(undefined, read.request.messages, INSTRUCTIONS);
  const run = await startServed(core, call, {
    model: name,
    protocol: openAiResponses.name,
    request,
    stream: (context) => model.stream(request, { context, retain: false }),
  });
  const reader = run.read();
  call.onLeave(() => reader.cancel());
  const { message, usage } = await readAnswer(reader);
  const text = textOf(message);
  if (text.trim() === "") throw new SluiceError("provider-error", `${model.id} wrote no summary`);
  const id = uuid().replaceAll("-", "");
  const output = [...itemsOf(given.input).filter(isUsers).map(outputItem), summaryItem(`cmp_${id}`, text)];
  const created = Math.floor(Date.now() / 1_000);
  const answer = {
    id: `resp_${id}`,
    object: "response.compaction",
    created_at: created,
    output,
    usage: usageOf(usage),
  };
  return jsonReply(answer, 200, run.headers());
}

function isUsers(item: JsonValue): item is JsonObject {
  return isJsonObject(item) && item.role === "user" && (item.type === undefined || item.type === "message");
}

/** Items of an answer have ids, and parts where those of a request may have a text. */
function outputItem({ id, content, ...item }: JsonObject): JsonObject {
  const parts = typeof content === "string" ? [{ type: "input_text", text: content }] : (content ?? []);
  const own = typeof id === "string" ? id : `msg_${uuid().replaceAll("-", "")}`;
  return { ...item, id: own, type: "message", status: "completed", content: parts };
}

function usageOf({
  inputTokens: input = 0,
  outputTokens: output = 0,
  cacheReadTokens = 0,
  reasoningTokens = 0,
}: Usage) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheReadTokens },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: input + output,
  };
}
