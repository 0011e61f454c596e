import { decodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { fromDataUrl } from "../data-url.js";
import { parseToolInput } from "../tool-input.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { readBreakpoint } from "./cache-breakpoint.js";
import { ownOpaque } from "./opaque.js";
import { thoughtStateIn } from "./thoughts.js";

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"] as const;
const USER_PARTS = ["text", "image_url", "input_audio", "file"] as const;
const ASSISTANT_PARTS = ["text", "refusal"] as const;

/** The messages of a client's request. Results of tools that follow each other become one message. */
export function readMessages(body: WireObject): ChatMessage[] {
  const wire = body.objects("messages");
  if (wire === undefined || wire.length === 0) throw badRequest("messages", wire, "an array of at least one message");
  const names = new Map<string, string>();
  const messages: ChatMessage[] = [];
  for (const message of wire) {
    const role = message.oneOf("role", ROLES);
    switch (role) {
      case "system":
      case "developer":
        messages.push({ role: "system", content: readText(message) });
        break;
      case "user":
        messages.push(readUser(message));
        break;
      case "assistant":
        messages.push({ role: "assistant", content: readAssistant(message, names) });
        break;
      case "tool":
      case "function":
        addResult(messages, readResult(message, role, names));
        break;
      case undefined:
        throw badRequest(message.field("role"), undefined, ROLES.join(", "));
      default:
        role satisfies never;
    }
  }
  return messages;
}

function readUser(message: WireObject): ChatMessage {
  const content = message.any("content");
  const name = message.string("name");
  const output = typeof content === "string" ? content : parts(message).map(readUserPart);
  return { role: "user", content: output, ...(name !== undefined && { name }) };
}

function readText(message: WireObject): string | TextPart[] {
  const content = message.any("content");
  if (typeof content === "string") return content;
  return parts(message).map((part) => {
    part.oneOf("type", ["text"]);
    return readBreakpoint(part, { type: "text", text: part.requiredString("text") });
  });
}

function readUserPart(part: WireObject): TextPart | FilePart {
  return readBreakpoint(part, readPart(part));
}

function readPart(part: WireObject): TextPart | FilePart {
  const type = part.oneOf("type", USER_PARTS);
  switch (type) {
    case "text":
      return { type: "text", text: part.requiredString("text") };
    case "image_url":
      return readImage(part.requiredObject("image_url"));
    case "input_audio":
      return readAudio(part.requiredObject("input_audio"));
    case "file":
      return readFile(part.requiredObject("file"));
    case undefined:
      throw badRequest(part.field("type"), undefined, USER_PARTS.join(", "));
    default:
      return type satisfies never;
  }
}

function readImage(image: WireObject): FilePart {
  const url = image.requiredString("url");
  const detail = image.oneOf("detail", ["auto", "low", "high"]);
  const inline = fromDataUrl(url);
  if (inline === undefined && url.startsWith("data:")) throw badRequest(image.field("url"), url, "a base64 data URL");
  return { type: "file", ...(inline ?? { mediaType: "image/*", data: { url } }), ...(detail && { detail }) };
}

function readAudio(audio: WireObject): FilePart {
  const format = audio.oneOf("format", ["wav", "mp3"]) ?? "wav";
  return { type: "file", mediaType: format === "wav" ? "audio/wav" : "audio/mpeg", data: base64(audio, "data") };
}

function readFile(file: WireObject): FilePart {
  const id = file.string("file_id");
  if (id !== undefined) return { type: "file", mediaType: "application/octet-stream", data: { id } };
  const text = file.requiredString("file_data");
  const filename = file.string("filename");
  const inline = fromDataUrl(text);
  if (inline === undefined) throw badRequest(file.field("file_data"), text, "a base64 data URL");
  return { type: "file", ...inline, ...(filename !== undefined && { filename }) };
}

function base64(object: WireObject, key: string): Uint8Array {
  const text = object.requiredString(key);
  try {
    return decodeBase64(text);
  } catch {
    throw badRequest(object.field(key), text, "base64");
  }
}

function readAssistant(message: WireObject, names: Map<string, string>): string | AssistantPart[] {
  const content = message.any("content");
  const calls = message.objects("tool_calls") ?? [];
  const called = message.object("function_call");
  const refusal = message.string("refusal");
  const reasoning =
    message.string("reasoning_content") ?? message.string("reasoning") ?? message.string("reasoning_text");
  const state = readThoughtState(message);
  const audio = message.object("audio");
  const plain = calls.length === 0 && called === undefined && refusal === undefined && reasoning === undefined;
  if (typeof content === "string" && plain && state === undefined && audio === undefined) return content;
  const output: AssistantPart[] = [];
  if (reasoning !== undefined || state !== undefined) {
    output.push({ type: "reasoning", text: reasoning ?? "", ...(state !== undefined && { opaque: ownOpaque(state) }) });
  }
  if (typeof content === "string" && content !== "") output.push({ type: "text", text: content });
  else if (typeof content === "object") output.push(...parts(message).map(readAssistantPart));
  if (refusal !== undefined) output.push({ type: "text", text: refusal, refusal: true });
  if (audio !== undefined) output.push(readSaidAudio(audio));
  // Of the first generation of this protocol: its result names the function.
  if (called !== undefined) output.push(readFunctionCall(called, called.requiredString("name"), names));
  for (const call of calls) output.push(readCall(call, names));
  return output;
}

function readAssistantPart(part: WireObject): TextPart {
  if (part.oneOf("type", ASSISTANT_PARTS) !== "refusal") return { type: "text", text: part.requiredString("text") };
  return { type: "text", text: part.requiredString("refusal"), refusal: true };
}

function readThoughtState(message: WireObject): JsonObject | undefined {
  message.array("reasoning_details");
  message.array("thinking_blocks");
  message.string("reasoning_opaque");
  const state = thoughtStateIn(message.value);
  return Object.keys(state).length > 0 ? state : undefined;
}

function readSaidAudio(audio: WireObject): AssistantPart {
  const opaque = ownOpaque({ audio: { id: audio.requiredString("id") } });
  return { type: "file", mediaType: "audio/*", data: { id: audio.requiredString("id") }, opaque };
}

function readCall(call: WireObject, names: Map<string, string>): AssistantPart {
  const callId = call.requiredString("id");
  const extra = call.any("extra_content");
  if (call.oneOf("type", ["function", "custom"]) === "custom") {
    const called = call.requiredObject("custom");
    const name = called.requiredString("name");
    names.set(callId, name);
    const state = { type: "custom", ...(extra !== undefined && { extra_content: extra }) };
    return { type: "tool-call", callId, name, input: called.string("input") ?? "", opaque: ownOpaque(state) };
  }
  const part = readFunctionCall(call.requiredObject("function"), callId, names);
  return extra === undefined ? part : { ...part, opaque: ownOpaque({ extra_content: extra }) };
}

function readFunctionCall(called: WireObject, callId: string, names: Map<string, string>): ToolCallPart {
  const name = called.requiredString("name");
  names.set(callId, name);
  return { type: "tool-call", callId, name, ...parseToolInput(called.string("arguments") ?? "") };
}

function readResult(
  message: WireObject,
  role: "tool" | "function",
  names: ReadonlyMap<string, string>,
): ToolResultPart {
  const callId = role === "tool" ? message.requiredString("tool_call_id") : message.requiredString("name");
  const text = readText(message);
  const output = typeof text === "string" ? text : text.map((part) => part.text).join("");
  return { type: "tool-result", callId, name: names.get(callId) ?? message.string("name") ?? callId, output };
}

function addResult(messages: ChatMessage[], result: ToolResultPart): void {
  const last = messages.at(-1);
  if (last?.role === "tool") last.content.push(result);
  else messages.push({ role: "tool", content: [result] });
}

function parts(message: WireObject): WireObject[] {
  const list = message.objects("content");
  if (list === undefined) throw badRequest(message.field("content"), undefined, "a string or an array of parts");
  return list;
}
