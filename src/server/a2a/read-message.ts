import type { Message, Part } from "@a2a-js/sdk";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage, FilePart, InputRequestPart, InputResponsePart, TextPart } from "../../stream/message.js";
import { answer, approve, decline, deny, edit, responseMessage } from "../../tools/input-response.js";
import { pendingRequests } from "../tasks/pending-requests.js";

/**
 * What a client says, as messages that go on from a history: it answers what waits for input there, or says something new.
 *
 * @throws {SluiceError} `invalid-request`.
 */
export function readMessage({ parts }: Message, history: readonly ChatMessage[]): ChatMessage[] {
  if (parts.length === 0) throw malformed("message.parts is empty");
  const waiting = pendingRequests(history);
  if (waiting.length > 0) return [responseMessage(...responses(parts, waiting))];
  return [{ role: "user", content: parts.map(contentOf) }];
}

/**
 * Responses stand in data parts, as `{ inputResponse: { id, type: "approve" | "deny" | "edit" | "answer" | "decline", … } }`.
 * A text answers the only request that waits: what people type into a client that knows no more of it.
 */
function responses(parts: readonly Part[], waiting: readonly InputRequestPart[]): InputResponsePart[] {
  const given = parts.flatMap((part) => {
    const value: unknown = part.content?.$case === "data" ? part.content.value : undefined;
    return isJsonObject(value) && isJsonObject(value.inputResponse) ? [responseOf(value.inputResponse)] : [];
  });
  if (given.length > 0) return given;
  const [only, ...others] = waiting;
  if (only === undefined || others.length > 0) {
    throw malformed(`${waiting.length} requests wait: answer each in a data part { inputResponse }`);
  }
  return [typed(parts, only)];
}

function typed(parts: readonly Part[], request: InputRequestPart): InputResponsePart {
  const text = parts
    .map(({ content }) => (content?.$case === "text" ? content.value : ""))
    .join("")
    .trim();
  if (request.kind === "approval") {
    if (/^(y|yes|ok|approve|approved|allow)\b/i.test(text)) return approve(request.id);
    if (/^(n|no|deny|denied|reject)\b/i.test(text)) return deny(request.id);
    throw malformed("the request waits for yes or no");
  }
  const data = parts.find(({ content }) => content?.$case === "data")?.content;
  if (data !== undefined && data.$case === "data") return answer(request.id, data.value as JsonValue);
  return answer(request.id, answerFor(text, request.schema));
}

function malformed(message: string): SluiceError {
  return new SluiceError("invalid-request", message, { field: "message" });
}

/** A text fits a schema of a string, or of an object with one property of a string. */
function answerFor(text: string, schema: JsonValue): JsonValue {
  if (!isJsonObject(schema) || schema.type !== "object" || !isJsonObject(schema.properties)) return text;
  const [name, ...others] = Object.keys(schema.properties);
  if (name === undefined || others.length > 0) throw malformed("the request waits for an object in a data part");
  return { [name]: text };
}

function responseOf(given: Readonly<Record<string, JsonValue>>): InputResponsePart {
  const { id, type, reason, input, value } = given;
  const why = typeof reason === "string" ? reason : undefined;
  if (typeof id !== "string") throw malformed("inputResponse.id is no string");
  if (type === "approve") return approve(id);
  if (type === "deny") return deny(id, why);
  if (type === "decline") return decline(id, why);
  if (type === "edit" && input !== undefined) return edit(id, input);
  if (type === "answer" && value !== undefined) return answer(id, value);
  throw malformed("inputResponse.type: approve, deny, edit with input, answer with value, or decline");
}

function contentOf({ content, mediaType, filename }: Part): TextPart | FilePart {
  const named = filename === "" ? {} : { filename };
  const type = mediaType === "" ? "application/octet-stream" : mediaType;
  switch (content?.$case) {
    case "text":
      return { type: "text", text: content.value };
    case "raw":
      return { type: "file", mediaType: type, data: new Uint8Array(content.value), ...named };
    case "url":
      return { type: "file", mediaType: type, data: { url: content.value }, ...named };
    case "data":
      return { type: "text", text: JSON.stringify(content.value) };
    default:
      throw malformed("a part without content");
  }
}
