import { isJsonObject } from "../../base/json.js";
import { parseToolInput } from "../../dialects/tool-input.js";
import { invalid } from "../../stream/error.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { argumentsText, carryWords } from "../converse/carried.js";
import { type MediaDictionary, readUserPart } from "./input-files.js";

/** A tool call as OpenAI's protocol has it, and the answers of this client. */
export interface FunctionCall {
  /** What the result of the call refers to. */
  id: string;
  type: "function";
  /** The tool and its arguments. */
  function: {
    name: string;
    /** JSON text, as the model wrote it. */
    arguments: string;
  };
}

/** A message as a dictionary, as OpenAI's protocol has it. */
export interface MessageDictionary {
  /** Who speaks. `developer` is read as `system`. */
  role: "system" | "developer" | "user" | "assistant" | "tool";
  /** Files only of a user. */
  content?: string | readonly ({ type: "text"; text: string } | MediaDictionary | FilePart)[] | null;
  /** Of a user; of a tool's result, the tool's. */
  name?: string;
  /** Of an assistant's message. */
  tool_calls?: readonly FunctionCall[];
  /** Of a tool's result: the call that it answers. */
  tool_call_id?: string;
}

/** What `generate` takes as messages. */
export type InputMessages = string | readonly (ChatMessage | MessageDictionary)[];

/**
 * The messages as all of Sluice has them. Those that are its own are left as they are: the model checks them.
 *
 * @throws {SluiceError} `invalid-argument` for what is no message.
 */
export function readInputMessages(given: InputMessages): ChatMessage[] {
  if (typeof given === "string") {
    if (given === "") throw invalid("messages", given, "a text that is not empty, or messages");
    return [{ role: "user", content: given }];
  }
  if (!Array.isArray(given)) throw invalid("messages", given, "a text or an array of messages");
  const names = new Map<string, string>();
  const messages: ChatMessage[] = [];
  for (const [index, one] of given.entries()) addMessage(messages, one, `messages[${index}]`, names);
  return messages;
}

function addMessage(messages: ChatMessage[], given: unknown, path: string, names: Map<string, string>): void {
  if (!isJsonObject(given)) throw invalid(path, given, "a message: an object with role and content");
  const message = readMessage(given, path, names);
  if (message.role === "assistant" && typeof message.content !== "string") {
    for (const part of message.content) if (part.type === "tool-call") names.set(part.callId, part.name);
  }
  const last = messages.at(-1);
  // Results that follow each other are those of one answer's calls.
  if (message.role === "tool" && last?.role === "tool") {
    messages[messages.length - 1] = { ...last, content: [...last.content, ...message.content] };
  } else messages.push(message);
}

function readMessage(
  given: Readonly<Record<string, unknown>>,
  path: string,
  names: ReadonlyMap<string, string>,
): ChatMessage {
  if (given.role === "developer") return { role: "system", content: textOf(given.content, path) };
  if (given.role === "tool" && given.tool_call_id !== undefined) {
    return { role: "tool", content: [readResult(given, path, names)] };
  }
  const calls = given.tool_calls ?? undefined;
  if (given.role === "assistant" && (calls !== undefined || (given.content ?? null) === null)) {
    const text = (given.content ?? null) === null ? "" : textOf(given.content, path);
    const parts: AssistantPart[] = text === "" ? [] : [{ type: "text", text }];
    return { role: "assistant", content: [...parts, ...readCalls(calls ?? [], path)] };
  }
  const message = given as unknown as ChatMessage;
  if (message.role !== "user" || !Array.isArray(message.content)) return message;
  return { ...message, content: message.content.map((part, i) => readUserPart(part, `${path}.content[${i}]`)) };
}

function readCalls(calls: unknown, path: string): ToolCallPart[] {
  if (!Array.isArray(calls)) throw invalid(`${path}.tool_calls`, calls, "an array of tool calls");
  return calls.map((call: unknown, index) => {
    const field = `${path}.tool_calls[${index}]`;
    const called = isJsonObject(call) && isJsonObject(call.function) ? call.function : undefined;
    if (called === undefined || !isJsonObject(call))
      throw invalid(field, call, "{ id, function: { name, arguments } }");
    const id = filled(call.id, `${field}.id`);
    const name = filled(called.name, `${field}.function.name`);
    const written = called.arguments ?? "";
    const text = typeof written === "string" ? written : JSON.stringify(written);
    const read = parseToolInput(text);
    // The arguments go back in the model's own words.
    const own = text === argumentsText(read.input, undefined);
    const opaque = own ? {} : { opaque: carryWords({ id, name, arguments: text }) };
    return { type: "tool-call", callId: id, name, ...read, ...opaque };
  });
}

function readResult(
  given: Readonly<Record<string, unknown>>,
  path: string,
  names: ReadonlyMap<string, string>,
): ToolResultPart {
  const callId = filled(given.tool_call_id, `${path}.tool_call_id`);
  const name = typeof given.name === "string" && given.name !== "" ? given.name : names.get(callId);
  return { type: "tool-result", callId, name: name ?? callId, output: textOf(given.content, path) };
}

function textOf(content: unknown, path: string): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw invalid(`${path}.content`, content, "a text or an array of text parts");
  return content.map((part, index) => textPart(part, `${path}.content[${index}]`).text).join("");
}

function textPart(part: unknown, path: string): TextPart {
  if (isJsonObject(part) && part.type === "text" && typeof part.text === "string") {
    return { type: "text", text: part.text };
  }
  throw invalid(path, part, "a text part: { type: 'text', text }");
}

function filled(value: unknown, field: string): string {
  if (typeof value !== "string" || value === "") throw invalid(field, value, "a string that is not empty");
  return value;
}
