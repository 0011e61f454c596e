import type { Message, Part, SendMessageRequest } from "@a2a-js/sdk";
import type { Client } from "@a2a-js/sdk/client";
import { isJsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { type ChatMessage, type InputResponse, type InputResponsePart, textOf } from "../../stream/message.js";
import type { ModelOutput } from "../define-model.js";
import { A2aReader, type A2aTask, contextEvent, contextIn, readRequestId } from "./a2a-reader.js";
import { ROLE } from "./a2a-words.js";

/** How one call is made. */
export interface A2aCall {
  signal: AbortSignal;
  /** The model's. */
  id: string;
}

/** Sends what is new in a conversation to an agent, and reads its answer as events. */
export async function* answerOf(
  client: Client,
  { messages }: ChatRequest,
  { signal, id }: A2aCall,
): AsyncGenerator<ModelOutput> {
  const card = await client.getAgentCard({ signal });
  const reader = new A2aReader();
  const simulated = card.capabilities?.streaming !== true;
  yield { type: "start", id: uuid(), model: id, ...(simulated && { simulated }) };
  try {
    for await (const update of client.sendMessageStream(asked(messages), { signal })) yield* reader.push(update);
  } catch (thrown) {
    if (signal.aborted) cancel(client, reader.task);
    throw thrown instanceof SluiceError ? thrown : SluiceError.from(thrown, "provider-error");
  } finally {
    // Who leaves in the middle does not want it to go on there.
    if (!reader.over) cancel(client, reader.task);
  }
  if (reader.task !== undefined) yield contextEvent(reader.task);
  yield reader.finish();
}

function cancel(client: Client, task: A2aTask | undefined): void {
  if (task === undefined) return;
  client.cancelTask({ tenant: "", id: task.taskId, metadata: undefined }).catch(() => {});
}

function asked(messages: readonly ChatMessage[]): SendMessageRequest {
  const { task, parts } = newParts(messages);
  const message: Message = {
    messageId: uuid(),
    contextId: task?.contextId ?? "",
    taskId: task?.waiting ? task.taskId : "",
    role: ROLE.user,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
  return { tenant: "", message, configuration: undefined, metadata: undefined };
}

/** What is new: responses to what the task asked, or the messages since the agent's last answer; else all there is. */
function newParts(messages: readonly ChatMessage[]): { task?: A2aTask & { waiting?: true }; parts: Part[] } {
  const last = messages.at(-1);
  const responses = last?.role === "tool" ? last.content.filter((part) => part.type === "input-response") : [];
  const [first] = responses;
  if (first !== undefined)
    return { task: { ...readRequestId(first.id), waiting: true }, parts: responses.map(responsePart) };
  const index = messages.findLastIndex((message) => contextIn(message) !== undefined);
  const task = index === -1 ? undefined : contextIn(messages[index]);
  const fresh = messages.slice(index + 1);
  const only = fresh.length === 1 && fresh[0]?.role === "user" ? fresh[0] : undefined;
  const parts = only === undefined ? [textPart(fresh.map(line).join("\n"))] : partsOf(only);
  return task === undefined ? { parts } : { task, parts };
}

/** A history that the agent has not seen is sent as text: A2A has no roles but the user's and the agent's own. */
function line(message: ChatMessage): string {
  return `${message.role}: ${textOf(message)}`;
}

function partsOf(message: ChatMessage): Part[] {
  const { content } = message;
  if (typeof content === "string") return [textPart(content)];
  return content.map((part): Part => {
    if (part.type === "text") return textPart(part.text);
    if (part.type !== "file") throw new SluiceError("unsupported", `A2A has no place for ${part.type}`);
    const named = { metadata: undefined, filename: part.filename ?? "", mediaType: part.mediaType };
    const { data } = part;
    if (data instanceof Uint8Array) return { content: { $case: "raw", value: Buffer.from(data) }, ...named };
    if ("url" in data) return { content: { $case: "url", value: data.url }, ...named };
    throw new SluiceError("unsupported", "A2A has no files of providers", { field: "messages" });
  });
}

/** As Sluice's own server reads it; for others, what people would have typed. */
function responsePart({ id, response }: InputResponsePart): Part {
  const { request, asked } = readRequestId(id);
  if (asked === "question") return dataPart({ inputResponse: { id: request, ...response } });
  if (asked === "approval") return dataPart({ inputResponse: { id: request, ...decision(response) } });
  switch (response.type) {
    case "approve":
      return textPart("yes");
    case "deny":
    case "decline":
      return textPart(response.reason === undefined ? "no" : `no: ${response.reason}`);
    case "edit":
      return dataPart(response.input);
    case "answer":
      return typeof response.value === "string" ? textPart(response.value) : dataPart(response.value);
    default:
      return response satisfies never;
  }
}

/** An approval elsewhere is a question here. */
function decision(response: InputResponse): InputResponse {
  if (response.type !== "answer" || !isJsonObject(response.value)) return response;
  const { approve, reason } = response.value;
  if (approve === true) return { type: "approve" };
  return { type: "deny", ...(typeof reason === "string" && { reason }) };
}

function textPart(text: string): Part {
  return { content: { $case: "text", value: text }, metadata: undefined, filename: "", mediaType: "text/plain" };
}

function dataPart(value: unknown): Part {
  return { content: { $case: "data", value }, metadata: undefined, filename: "", mediaType: "application/json" };
}
