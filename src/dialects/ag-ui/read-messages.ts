import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  InputResponse,
  InputResponsePart,
  TextPart,
  ToolResultPart,
} from "../../stream/message.js";
import { parseToolInput } from "../tool-input.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { readState } from "./state.js";

/** The messages of an input, with the answers to what the run before it waited for. */
export function readMessages(body: WireObject): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const names = new Map<string, string>();
  for (const message of body.objects("messages") ?? []) readMessage(message, messages, names);
  const answers = body.objects("resume") ?? [];
  if (answers.length > 0) addAnswers(answers, messages);
  return messages;
}

function readMessage(message: WireObject, messages: ChatMessage[], names: Map<string, string>): void {
  message.check({ id: "string" });
  const role = message.requiredString("role");
  switch (role) {
    case "system":
    case "developer":
      messages.push({ role: "system", content: message.string("content") ?? "" });
      return;
    case "user":
      messages.push({ role, content: readContent(message) });
      return;
    case "assistant":
      append(messages, readAssistant(message, names));
      return;
    case "reasoning": {
      const { opaque, name } = readState(message.string("encryptedValue"));
      const reasoning = {
        type: "reasoning" as const,
        text: message.string("content") ?? "",
        ...(opaque && { opaque }),
      };
      append(messages, [name !== undefined && opaque !== undefined ? { type: "opaque", name, opaque } : reasoning]);
      return;
    }
    case "tool":
      addResult(message, messages, names);
      return;
    case "activity":
      // For people: never part of the conversation.
      return;
    default:
      throw badRequest(message.field("role"), role, "system, developer, user, assistant, reasoning, tool, activity");
  }
}

function readContent(message: WireObject): string | (TextPart | FilePart)[] {
  const content = message.any("content");
  if (typeof content === "string") return content;
  return (message.objects("content") ?? []).map((part) => {
    const type = part.requiredString("type");
    if (type === "text") return { type, text: part.requiredString("text") };
    if (["image", "audio", "video", "document", "file", "binary"].includes(type)) return readFile(part, type);
    throw badRequest(part.field("type"), type, "text, image, audio, video, document");
  });
}

function readFile(part: WireObject, type: string): FilePart {
  const source = part.object("source") ?? part;
  const mediaType =
    source.string("mimeType") ?? part.string("mimeType") ?? `${type === "document" ? "application" : type}/*`;
  const value = source.string("value") ?? source.string("data") ?? source.string("url") ?? source.string("id") ?? "";
  const filename = part.string("filename");
  const named = filename === undefined ? {} : { filename };
  const kind = source.string("type");
  if (kind === "url" || /^https?:/.test(value)) return { type: "file", mediaType, data: { url: value }, ...named };
  if (kind === "file") return { type: "file", mediaType, data: { id: value }, ...named };
  try {
    return { type: "file", mediaType, data: decodeBase64(value), ...named };
  } catch {
    throw badRequest(source.field("value"), value, "base64, a URL or an id");
  }
}

function readAssistant(message: WireObject, names: Map<string, string>): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const content = message.any("content");
  const { opaque } = readState(message.string("encryptedValue"));
  if (typeof content === "string" && (content !== "" || opaque !== undefined)) {
    parts.push({ type: "text", text: content, ...(opaque && { opaque }) });
  }
  for (const call of message.objects("toolCalls") ?? []) {
    const called = call.requiredObject("function");
    const [callId, name] = [call.requiredString("id"), called.requiredString("name")];
    names.set(callId, name);
    const { opaque, providerExecuted } = readState(call.string("encryptedValue"));
    parts.push({
      type: "tool-call",
      callId,
      name,
      ...parseToolInput(called.string("arguments") ?? ""),
      ...(providerExecuted && { providerExecuted }),
      ...(opaque && { opaque }),
    });
  }
  return parts;
}

/** The output of one model call is one message here, and several in AG-UI. */
function append(messages: ChatMessage[], parts: AssistantPart[]): void {
  if (parts.length === 0) return;
  const last = messages.at(-1);
  if (last?.role === "assistant" && typeof last.content !== "string") last.content.push(...parts);
  else messages.push({ role: "assistant", content: parts });
}

function addResult(message: WireObject, messages: ChatMessage[], names: ReadonlyMap<string, string>): void {
  const callId = message.requiredString("toolCallId");
  const error = message.string("error");
  const content = message.any("content") ?? "";
  const name = names.get(callId);
  if (name === undefined) throw badRequest(message.field("toolCallId"), callId, "the id of a call before it");
  const state = readState(message.string("encryptedValue"));
  const { opaque, providerExecuted } = state;
  const result: ToolResultPart = {
    type: "tool-result",
    callId,
    name,
    output: error ?? (providerExecuted && !state.json ? content : outputOf(content)),
    ...((error !== undefined || state.isError) && { isError: true }),
    ...(providerExecuted && { providerExecuted }),
    ...(opaque && { opaque }),
  };
  if (providerExecuted) {
    append(messages, [result]);
    return;
  }
  const last = messages.at(-1);
  if (last?.role === "tool") last.content.push(result);
  else messages.push({ role: "tool", content: [result] });
}

function outputOf(content: JsonValue): JsonValue {
  if (typeof content !== "string" || !/^\s*[{[]/.test(content)) return content;
  try {
    return parseJson(content);
  } catch {
    return content;
  }
}

/** Answers stand in a tool message; the call that waits says what it waits for. */
function addAnswers(answers: readonly WireObject[], messages: ChatMessage[]): void {
  const asked = messages.findLast((message) => message.role === "assistant");
  const parts = asked !== undefined && typeof asked.content !== "string" ? asked.content : [];
  const responses = answers.map((answer): InputResponsePart => {
    const id = answer.requiredString("interruptId");
    const call = parts.find((part) => part.type === "tool-call" && part.callId === id);
    if (call?.type === "tool-call" && Array.isArray(parts)) {
      const { callId, name, input } = call;
      (parts as AssistantPart[]).push({ type: "input-request", id, kind: "approval", callId, name, input });
    }
    return { type: "input-response", id, response: responseOf(answer, call !== undefined) };
  });
  messages.push({ role: "tool", content: responses });
}

function responseOf(answer: WireObject, approval: boolean): InputResponse {
  const payload = answer.any("payload");
  const fields = isJsonObject(payload) ? payload : {};
  const reason = typeof fields.reason === "string" ? { reason: fields.reason } : {};
  if (answer.oneOf("status", ["resolved", "cancelled"]) === "cancelled") {
    return approval ? { type: "deny", ...reason } : { type: "decline", ...reason };
  }
  if (!approval) return { type: "answer", value: payload ?? null };
  if (fields.approved !== true) return { type: "deny", ...reason };
  return fields.input === undefined ? { type: "approve" } : { type: "edit", input: fields.input };
}
