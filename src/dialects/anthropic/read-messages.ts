import type { AssistantPart, ChatMessage, FilePart, TextPart, ToolResultPart } from "../../stream/message.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { readCache } from "./cache-control.js";
import { otherFields, ownOpaque } from "./opaque.js";
import { type AnswerState, newAnswer } from "./open-block.js";
import { readAssistant } from "./read-assistant.js";
import { readText } from "./read-text.js";
import { readUserPart } from "./read-user-part.js";
import { readToolOutput } from "./tool-output.js";

const ROLES = ["user", "assistant", "system"] as const;

/** The messages of a client's request; results of tools, which users bring, become messages of their own. */
export function readMessages(body: WireObject): ChatMessage[] {
  const wire = body.objects("messages");
  if (wire === undefined || wire.length === 0) throw badRequest("messages", wire, "an array of at least one message");
  const answer = newAnswer();
  const messages: ChatMessage[] = [];
  const system = body.has("system") ? readTexts(body, "system") : [];
  if (system.length > 0) messages.push({ role: "system", content: system });
  for (const message of wire) {
    const role = message.oneOf("role", ROLES);
    switch (role) {
      case "user":
        messages.push(...readUser(message, answer));
        break;
      case "assistant":
        messages.push({
          role,
          content: contentOf(message, (blocks): AssistantPart[] => readAssistant(blocks, answer)),
        });
        break;
      case "system":
        refuseSettings(message);
        messages.push({ role, content: readTexts(message, "content") });
        break;
      case undefined:
        throw badRequest(message.field("role"), undefined, ROLES.join(", "));
      default:
        role satisfies never;
    }
  }
  return messages;
}

/** What instructions among the messages may say beside their text holds from there on: nothing else can say that. */
function refuseSettings(message: WireObject): void {
  const clearAt = message.string("clear_at") ?? "never";
  if (clearAt !== "never") throw badRequest(message.field("clear_at"), clearAt, "never");
  if (message.has("output_config"))
    throw badRequest(message.field("output_config"), message.any("output_config"), "none");
}

function readTexts(object: WireObject, key: string): string | TextPart[] {
  const text = object.any(key);
  if (typeof text === "string") return text;
  return blocksOf(object, key).map((block) => {
    block.oneOf("type", ["text"]);
    return readText(block);
  });
}

function readUser(message: WireObject, answer: AnswerState): ChatMessage[] {
  const results: ToolResultPart[] = [];
  const content = contentOf(message, (blocks) => {
    const parts: (TextPart | FilePart)[] = [];
    for (const block of blocks) {
      if (block.any("type") === "tool_result") results.push(readResult(block, answer));
      else parts.push(readUserPart(block));
    }
    return parts;
  });
  return [
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ...(content.length > 0 || results.length === 0 ? [{ role: "user" as const, content }] : []),
  ];
}

function readResult(block: WireObject, answer: AnswerState): ToolResultPart {
  const callId = block.requiredString("tool_use_id");
  const content = block.any("content");
  if (content !== undefined && typeof content !== "string") blocksOf(block, "content");
  const more = otherFields(block.value, ["type", "tool_use_id", "content", "is_error", "cache_control"]);
  return {
    type: "tool-result",
    callId,
    name: answer.names.get(callId) ?? callId,
    output: readToolOutput(content),
    ...(block.boolean("is_error") && { isError: true }),
    ...(Object.keys(more).length > 0 && { opaque: ownOpaque(more) }),
    ...readCache(block),
  };
}

function contentOf<T>(message: WireObject, read: (blocks: WireObject[]) => T[]): string | T[] {
  const content = message.any("content");
  return typeof content === "string" ? content : read(blocksOf(message, "content"));
}

function blocksOf(object: WireObject, key: string): WireObject[] {
  const blocks = object.objects(key);
  if (blocks === undefined) throw badRequest(object.field(key), undefined, "a string or an array of content blocks");
  return blocks;
}
