import { encodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import {
  type AssistantPart,
  type ChatMessage,
  type FilePart,
  resultsOf,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from "../../stream/message.js";
import { inputText, outputText } from "../../stream/tool-text.js";
import { type State, stateField } from "./state.js";

/** A message as a client of AG-UI holds it: several, where an answer is more than text and calls. */
export function writeMessage(message: ChatMessage, index: number): JsonObject[] {
  const id = `message-${index}`;
  switch (message.role) {
    case "system":
      return [
        {
          id,
          role: "system",
          content:
            typeof message.content === "string" ? message.content : message.content.map(({ text }) => text).join(""),
        },
      ];
    case "user":
      return [
        {
          id,
          role: "user",
          content: typeof message.content === "string" ? message.content : message.content.map(writeUserPart),
        },
      ];
    case "assistant":
      return writeAssistant(
        id,
        typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content,
      );
    case "tool":
      return resultsOf(message).map((part, at) => writeResult(`${id}-${at}`, part));
    default:
      return message satisfies never;
  }
}

function writeUserPart(part: TextPart | FilePart): JsonObject {
  if (part.type === "text") return { type: "text", text: part.text };
  const { mediaType, data } = part;
  const [kind = ""] = mediaType.split("/", 1);
  const type = ["image", "audio", "video"].includes(kind) ? kind : "document";
  const source: JsonObject =
    data instanceof Uint8Array
      ? { type: "data", value: encodeBase64(data), mimeType: mediaType }
      : "url" in data
        ? { type: "url", value: data.url, mimeType: mediaType }
        : { type: "file", value: data.id, mimeType: mediaType };
  return { type, source };
}

/** An answer is several messages: its reasoning, content that must come back, results of tools that the provider ran. */
function writeAssistant(id: string, parts: readonly AssistantPart[]): JsonObject[] {
  const messages: JsonObject[] = [];
  let open: { id: string; text: string; calls: JsonObject[] } | undefined;
  const close = (state: State = {}) => {
    if (open === undefined) return;
    const { id: messageId, text, calls } = open;
    open = undefined;
    const toolCalls = calls.length > 0 ? { toolCalls: calls } : {};
    messages.push({ id: messageId, role: "assistant", content: text, ...toolCalls, ...stateField(state) });
  };
  for (const [at, part] of parts.entries()) {
    switch (part.type) {
      case "text":
        if (open !== undefined && open.calls.length > 0) close();
        open ??= { id: messages.length === 0 ? id : `${id}-${at}`, text: "", calls: [] };
        open.text += part.text;
        // State seals the text that it came with.
        if (part.opaque !== undefined) close({ opaque: part.opaque });
        break;
      case "tool-call":
        open ??= { id: messages.length === 0 ? id : `${id}-${at}`, text: "", calls: [] };
        open.calls.push(writeCall(part));
        break;
      case "reasoning":
        close();
        messages.push({ id: `${id}-${at}`, role: "reasoning", content: part.text, ...stateField(stateOf(part)) });
        break;
      case "opaque": {
        close();
        const { name, opaque } = part;
        messages.push({ id: `${id}-${at}`, role: "reasoning", content: "", ...stateField({ name, opaque }) });
        break;
      }
      case "tool-result":
        close();
        messages.push(writeResult(`${id}-${at}`, part));
        break;
      case "file":
      case "source":
      case "input-request":
        break;
      default:
        part satisfies never;
    }
  }
  close();
  return messages;
}

function writeCall(part: ToolCallPart): JsonObject {
  const { callId, name } = part;
  return { id: callId, type: "function", function: { name, arguments: inputText(part) }, ...stateField(stateOf(part)) };
}

function writeResult(id: string, part: ToolResultPart): JsonObject {
  const { callId, output, isError, providerExecuted } = part;
  const json = typeof output !== "string";
  const content = outputText(output);
  const state = {
    ...stateOf(part),
    ...(providerExecuted && isError && { isError }),
    ...(providerExecuted && json && { json }),
  };
  const failed = isError && providerExecuted === undefined ? { error: content } : {};
  return { id, role: "tool", toolCallId: callId, content, ...failed, ...stateField(state) };
}

function stateOf({ opaque, providerExecuted }: Pick<ToolResultPart, "opaque" | "providerExecuted">): State {
  return { ...(opaque && { opaque }), ...(providerExecuted && { providerExecuted }) };
}
