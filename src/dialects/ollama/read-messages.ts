import { decodeBase64 } from "../../base/base64.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { parseToolInput, readInput } from "../tool-input.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { imageType } from "./image-type.js";

const ROLES = ["system", "user", "assistant", "tool"] as const;

/** The messages of a client's request. Results of tools that follow each other become one message. */
export function readMessages(body: WireObject): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const calls = new CallIds();
  for (const message of body.objects("messages") ?? []) {
    const role = message.oneOf("role", ROLES);
    const content = message.string("content") ?? "";
    switch (role) {
      case "system":
        if (imagesOf(message).length > 0) {
          throw badRequest(
            message.field("images"),
            message.any("images"),
            "in messages of users, assistants and tools",
          );
        }
        messages.push({ role, content });
        break;
      case "user":
        messages.push({ role, content: readUserContent(message, content) });
        break;
      case "assistant":
        messages.push({ role, content: readAssistant(message, content, calls) });
        break;
      case "tool":
        addResult(messages, readResult(message, content, calls));
        break;
      case undefined:
        throw badRequest(message.field("role"), undefined, ROLES.join(", "));
      default:
        role satisfies never;
    }
  }
  return messages;
}

/** A text, and the images beside it. */
export function readUserContent(object: WireObject, text: string): string | (TextPart | FilePart)[] {
  const files = imagesOf(object).map(({ base64, bytes }) => file(base64, bytes));
  if (files.length === 0) return text;
  return text === "" ? files : [{ type: "text", text }, ...files];
}

function file(base64: string, data: Uint8Array): FilePart {
  return { type: "file", mediaType: imageType(base64), data };
}

function imagesOf(object: WireObject): { base64: string; bytes: Uint8Array }[] {
  return (object.array("images") ?? []).map((base64, index) => {
    const path = `${object.field("images")}[${index}]`;
    if (typeof base64 !== "string") throw badRequest(path, base64, "base64");
    try {
      return { base64, bytes: decodeBase64(base64) };
    } catch {
      throw badRequest(path, base64, "base64");
    }
  });
}

function readAssistant(message: WireObject, text: string, calls: CallIds): string | AssistantPart[] {
  const thinking = message.string("thinking") ?? "";
  const called = message.objects("tool_calls") ?? [];
  const images = imagesOf(message);
  if (thinking === "" && called.length === 0 && images.length === 0) return text;
  return [
    ...(thinking !== "" ? [{ type: "reasoning" as const, text: thinking }] : []),
    ...(text !== "" ? [{ type: "text" as const, text }] : []),
    ...images.map(({ base64, bytes }) => file(base64, bytes)),
    ...called.map((call) => readCall(call, calls)),
  ];
}

function readCall(call: WireObject, calls: CallIds): ToolCallPart {
  const called = call.requiredObject("function");
  const name = called.requiredString("name");
  const input = called.any("arguments");
  const callId = calls.open(call.string("id"), name);
  const args = typeof input === "string" ? parseToolInput(input) : readInput(input);
  return { type: "tool-call", callId, name, ...args };
}

/** Images that a tool returned stand after its text, in the form of MCP, which other dialects know as well. */
function readResult(message: WireObject, text: string, calls: CallIds): ToolResultPart {
  const { callId, name } = calls.close(message.string("tool_call_id"), message.string("tool_name"));
  const images = imagesOf(message).map(({ base64 }) => ({ type: "image", data: base64, mimeType: imageType(base64) }));
  const output = images.length === 0 ? text : [...(text === "" ? [] : [{ type: "text", text }]), ...images];
  return { type: "tool-result", callId, name, output };
}

function addResult(messages: ChatMessage[], result: ToolResultPart): void {
  const last = messages.at(-1);
  if (last?.role === "tool") last.content.push(result);
  else messages.push({ role: "tool", content: [result] });
}

/** A call that has no result yet. */
interface OpenCall {
  callId: string;
  name: string;
  /** Whether the client gave the id. */
  isGiven: boolean;
}

/**
 * Many clients of Ollama send no ids: then a result belongs to the first call of its tool that has none yet. Some (LiteLLM) send
 * the ids of results alone.
 */
class CallIds {
  readonly #open: OpenCall[] = [];
  readonly #names = new Map<string, string>();
  #count = 0;

  open(given: string | undefined, name: string): string {
    const callId = given || `call_${this.#count}`;
    this.#count++;
    this.#open.push({ callId, name, isGiven: Boolean(given) });
    this.#names.set(callId, name);
    return callId;
  }

  close(given: string | undefined, tool: string | undefined): { callId: string; name: string } {
    const ofTool = ({ name }: OpenCall) => tool === undefined || name === tool;
    const named = this.#open.find((call) => ofTool(call) && (given === undefined || call.callId === given));
    const call = named ?? this.#open.find((call) => ofTool(call) && !call.isGiven);
    if (call !== undefined) {
      this.#open.splice(this.#open.indexOf(call), 1);
      return { callId: call.callId, name: call.name };
    }
    const callId = given ?? `call_${this.#count++}`;
    return { callId, name: tool ?? this.#names.get(callId) ?? callId };
  }
}
