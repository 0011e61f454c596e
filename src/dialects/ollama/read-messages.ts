import { decodeBase64 } from "../../stream/base64.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { parseToolInput } from "../tool-input.js";
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
  const images = object.array("images");
  if (images === undefined || images.length === 0) return text;
  const files = images.map((image, index): FilePart => {
    const path = `${object.field("images")}[${index}]`;
    if (typeof image !== "string") throw badRequest(path, image, "base64");
    try {
      return { type: "file", mediaType: imageType(image), data: decodeBase64(image) };
    } catch {
      throw badRequest(path, image, "base64");
    }
  });
  return text === "" ? files : [{ type: "text", text }, ...files];
}

function readAssistant(message: WireObject, text: string, calls: CallIds): string | AssistantPart[] {
  const thinking = message.string("thinking") ?? "";
  const called = message.objects("tool_calls") ?? [];
  if (thinking === "" && called.length === 0) return text;
  return [
    ...(thinking !== "" ? [{ type: "reasoning" as const, text: thinking }] : []),
    ...(text !== "" ? [{ type: "text" as const, text }] : []),
    ...called.map((call) => readCall(call, calls)),
  ];
}

function readCall(call: WireObject, calls: CallIds): ToolCallPart {
  const called = call.requiredObject("function");
  const name = called.requiredString("name");
  const input = called.any("arguments");
  const callId = calls.open(call.string("id"), name);
  const args = typeof input === "string" ? parseToolInput(input) : { input: input ?? {} };
  return { type: "tool-call", callId, name, ...args };
}

function readResult(message: WireObject, output: string, calls: CallIds): ToolResultPart {
  const { callId, name } = calls.close(message.string("tool_call_id"), message.string("tool_name"));
  return { type: "tool-result", callId, name, output };
}

function addResult(messages: ChatMessage[], result: ToolResultPart): void {
  const last = messages.at(-1);
  if (last?.role === "tool") last.content.push(result);
  else messages.push({ role: "tool", content: [result] });
}

/** Many clients of Ollama send no ids: then a result belongs to the first call of its tool that has none yet. */
class CallIds {
  readonly #open: { callId: string; name: string }[] = [];
  readonly #names = new Map<string, string>();
  #count = 0;

  open(given: string | undefined, name: string): string {
    const callId = given || `call_${this.#count}`;
    this.#count++;
    this.#open.push({ callId, name });
    this.#names.set(callId, name);
    return callId;
  }

  close(given: string | undefined, tool: string | undefined): { callId: string; name: string } {
    const at = this.#open.findIndex(
      (call) => (given === undefined || call.callId === given) && (tool === undefined || call.name === tool),
    );
    const [call] = at === -1 ? [] : this.#open.splice(at, 1);
    if (call !== undefined) return call;
    const callId = given ?? `call_${this.#count++}`;
    return { callId, name: tool ?? this.#names.get(callId) ?? callId };
  }
}
