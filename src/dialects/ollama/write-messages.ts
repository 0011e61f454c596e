import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart, ToolResultPart } from "../../stream/message.js";
import { resultsOf } from "../../stream/message.js";
import { OLLAMA_HISTORY } from "../history/history-rules.js";
import { prepareHistory } from "../history/prepare-history.js";
import { contentText } from "../history/result-content.js";
import { writeCall } from "./write-call.js";
import { writeImage } from "./write-file.js";

/** Messages of `/api/chat`: each has one text; results of tools are messages of their own. */
export function writeMessages(messages: readonly ChatMessage[], warnings: Warning[]): JsonObject[] {
  const prepared = prepareHistory(messages, OLLAMA_HISTORY, warnings);
  return prepared.messages.flatMap((message, index): JsonObject[] => {
    const path = prepared.paths[index] ?? "messages";
    switch (message.role) {
      case "system":
        return [{ role: "system", content: textIn(message.content) }];
      case "user":
        return [{ role: "user", ...writeUserContent(message.content, path) }];
      case "assistant":
        if (typeof message.content === "string") return [{ role: "assistant", content: message.content }];
        return writeAssistant(message.content, path, warnings);
      case "tool":
        return resultsOf(message).map(writeResult);
      default:
        return message satisfies never;
    }
  });
}

/** What a user says: the text, and the images beside it. */
export function writeUserContent(
  content: string | readonly (TextPart | FilePart)[],
  path: string,
): { content: string; images?: string[] } {
  if (typeof content === "string") return { content };
  const images = content.flatMap((part, index) =>
    part.type === "file" ? [writeImage(part, `${path}.content[${index}]`)] : [],
  );
  return { content: textIn(content), ...(images.length > 0 && { images }) };
}

/** All text of a content, joined. */
export function textIn(content: string | readonly { type: string; text?: string }[]): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("");
}

function writeAssistant(all: readonly AssistantPart[], path: string, warnings: Warning[]): JsonObject[] {
  const parts = all.filter((part, index) => {
    const lost = lossOf(part);
    if (lost !== undefined) warnings.push({ field: `${path}.content[${index}]`, message: `left out: ${lost}` });
    return lost === undefined;
  });
  if (parts.length === 0) return [];
  // Thoughts without state of a provider are in the model's own words.
  const thinking = parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
  return [
    {
      role: "assistant",
      content: textIn(parts),
      ...(thinking !== "" && { thinking }),
      ...(calls.length > 0 && { tool_calls: calls.map(writeCall) }),
    },
  ];
}

function lossOf(part: AssistantPart): string | undefined {
  switch (part.type) {
    case "reasoning":
      return part.opaque === undefined ? undefined : `reasoning that ${part.opaque.dialect} keeps`;
    case "tool-call":
    case "tool-result":
      return part.providerExecuted ? "Ollama has no tools that the provider runs" : undefined;
    case "file":
      return "Ollama takes no files in an assistant's message";
    case "opaque":
      return `state of ${part.opaque.dialect}`;
    case "text":
    case "source":
    case "input-request":
      return undefined;
    default:
      return part satisfies never;
  }
}

function writeResult({ callId, name, output }: ToolResultPart): JsonObject {
  return { role: "tool", ...writeOutput(output), tool_name: name, tool_call_id: callId };
}

/** Images of a list of content in the form of MCP stand beside its text; anything else is text. */
function writeOutput(output: JsonValue): { content: string; images?: string[] } {
  if (typeof output === "string") return { content: output };
  const texts: string[] = [];
  const images: string[] = [];
  for (const item of Array.isArray(output) ? output : []) {
    const { type, data } = isJsonObject(item) ? item : {};
    const text = contentText(item);
    if (text !== undefined) texts.push(text);
    else if (type === "image" && typeof data === "string") images.push(data);
    else return { content: JSON.stringify(output) };
  }
  if (texts.length + images.length === 0) return { content: JSON.stringify(output) };
  return { content: texts.join("\n"), ...(images.length > 0 && { images }) };
}
