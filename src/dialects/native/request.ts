import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { withBytes, withoutBytes } from "../../stream/message-json.js";
import { validateRequest } from "../../stream/validate-request.js";
import type { CallTarget, ServedRequest, WireRequest } from "../dialect.js";
import { badRequest, WireObject } from "../wire-object.js";

/** A request as it is, in one body with what belongs to the call. */
export function writeRequest(request: ChatRequest, { model, stream }: CallTarget): WireRequest {
  const messages = request.messages.map(withoutBytes);
  return { path: "/v1/runs", body: { ...request, model, stream, messages } as unknown as JsonObject, warnings: [] };
}

/** Fields of the body that belong to the call. */
const CALL = ["model", "stream", "thread", "background", "run"];

/** A client's request, as strict as the same one in a program. */
export function readRequest(body: JsonValue): ServedRequest {
  const wire = new WireObject(body, "");
  const { messages, ...rest } = wire.value;
  if (!Array.isArray(messages)) throw badRequest("messages", messages, "an array");
  const asked = Object.entries(rest).filter(([name, value]) => !CALL.includes(name) && value !== null);
  try {
    const read = messages.map((message, index) => withBytes(messageOf(message, index), `messages[${index}]`));
    const request = { ...Object.fromEntries(asked), messages: read } as ChatRequest;
    validateRequest(request);
    return { model: wire.requiredString("model"), stream: wire.boolean("stream") ?? true, request };
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || thrown.code !== "invalid-argument") throw thrown;
    throw new SluiceError("invalid-request", thrown.message, thrown.field === undefined ? {} : { field: thrown.field });
  }
}

function messageOf(value: JsonValue, index: number): ChatMessage {
  if (!isJsonObject(value)) throw badRequest(`messages[${index}]`, value, "an object with role and content");
  return value as unknown as ChatMessage;
}
