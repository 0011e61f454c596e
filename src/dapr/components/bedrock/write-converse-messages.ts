import { decodeBase64 } from "../../../base/base64.js";
import { isJsonObject, type JsonValue } from "../../../base/json.js";
import { BEDROCK_HISTORY } from "../../../dialects/history/history-rules.js";
import { prepareHistory } from "../../../dialects/history/prepare-history.js";
import { contentText } from "../../../dialects/history/result-content.js";
import type { Warning } from "../../../stream/chat-event.js";
import { SluiceError } from "../../../stream/error.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  InputResponsePart,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from "../../../stream/message.js";
import { textOf } from "../../../stream/message.js";
import type { ConverseBlock, ConverseInput, ConverseMessage, ConverseResultContent } from "./bedrock-sdk.js";

/** Opaque state that belongs to Bedrock. */
export const BEDROCK = "bedrock";

/** Formats that Bedrock knows, by media type. */
const IMAGES: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
};
const DOCUMENTS: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "text/html": "html",
  "text/plain": "txt",
  "text/markdown": "md",
};

/**
 * Messages as Bedrock's Converse takes them: system texts apart, and the rest in turns of user and assistant, where the
 * results of tools are the user's.
 *
 * @throws {SluiceError} `unsupported` for files that it does not take.
 */
export function writeConverseMessages(
  messages: readonly ChatMessage[],
  warnings: Warning[],
): Pick<ConverseInput, "messages" | "system"> {
  const system: { text: string }[] = [];
  const turns: ConverseMessage[] = [];
  for (const message of prepareHistory(messages, BEDROCK_HISTORY, warnings).messages) {
    if (message.role === "system") {
      const text = textOf(message);
      if (text !== "") system.push({ text });
      continue;
    }
    const content = blocksOf(message);
    if (content.length === 0) continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return { messages: turns, ...(system.length > 0 && { system }) };
}

function blocksOf(message: Exclude<ChatMessage, { role: "system" }>): ConverseBlock[] {
  if (typeof message.content === "string") return textBlock(message.content);
  return message.content.flatMap((part) => blockOf(part));
}

/** Bedrock refuses texts that are empty. */
function textBlock(text: string): ConverseBlock[] {
  return text.trim() === "" ? [] : [{ text }];
}

function blockOf(part: TextPart | FilePart | AssistantPart | ToolResultPart | InputResponsePart): ConverseBlock[] {
  switch (part.type) {
    case "text":
      return textBlock(part.text);
    case "file":
      return [fileBlock(part)];
    case "tool-call":
      return [
        {
          toolUse: {
            toolUseId: part.callId,
            name: part.name,
            input: isJsonObject(part.input) ? part.input : { input: part.input },
          },
        },
      ];
    case "tool-result":
      return [resultBlock(part)];
    case "reasoning":
      return reasoningBlock(part);
    // What the model cited, and other providers' state, is nothing to Bedrock.
    case "source":
    case "input-request":
    case "input-response":
    case "opaque":
      return [];
    default:
      part satisfies never;
      return [];
  }
}

function resultBlock({ callId, output, isError }: ToolResultPart): ConverseBlock {
  const content = Array.isArray(output) ? output.map(resultPart) : [];
  const isContent = content.length > 0 && content.every((part) => part !== undefined);
  return {
    toolResult: {
      toolUseId: callId,
      content: isContent ? content.filter((part) => part !== undefined) : [resultValue(output)],
      ...(isError && { status: "error" as const }),
    },
  };
}

function resultValue(output: JsonValue): ConverseResultContent {
  if (isJsonObject(output)) return { json: output };
  return { text: typeof output === "string" ? output : JSON.stringify(output) };
}

/** A part of content in the form of MCP; `undefined` for anything else. */
function resultPart(part: JsonValue): ConverseResultContent | undefined {
  if (!isJsonObject(part)) return undefined;
  const text = contentText(part);
  if (text !== undefined) return { text };
  const { type, data, mimeType } = part;
  if (type !== "image" || typeof data !== "string") return undefined;
  const format = typeof mimeType === "string" && Object.hasOwn(IMAGES, mimeType) ? IMAGES[mimeType] : "png";
  return { image: { format: format ?? "png", source: { bytes: decodeBase64(data) } } };
}

/** Reasoning goes back only with the signature that it came with. */
function reasoningBlock({ text, opaque }: ReasoningPart): ConverseBlock[] {
  if (opaque?.dialect !== BEDROCK || !isJsonObject(opaque.data)) return [];
  const { signature, redacted } = opaque.data;
  if (typeof redacted === "string") return [{ reasoningContent: { redactedContent: decodeBase64(redacted) } }];
  if (typeof signature !== "string") return [];
  return [{ reasoningContent: { reasoningText: { text, signature } } }];
}

function fileBlock({ mediaType, data, filename }: FilePart): ConverseBlock {
  const type = mediaType.split(";")[0]?.trim() ?? "";
  const image = Object.hasOwn(IMAGES, type) ? IMAGES[type] : undefined;
  const format = image ?? (Object.hasOwn(DOCUMENTS, type) ? DOCUMENTS[type] : undefined);
  if (format === undefined || !(data instanceof Uint8Array)) {
    const found = data instanceof Uint8Array ? mediaType : "a file that is not sent along";
    const allowed = [...Object.keys(IMAGES), ...Object.keys(DOCUMENTS)].join(", ");
    throw new SluiceError("unsupported", `files for Bedrock: found ${found}; allowed: bytes of ${allowed}`, {
      field: "messages",
    });
  }
  const source = { bytes: data };
  if (image !== undefined) return { image: { format, source } };
  // Names of documents are letters, digits, single spaces, hyphens, parentheses and square brackets.
  const name = filename?.replace(/[^A-Za-z0-9\-()[\]]+/g, " ").trim() || "document";
  return { document: { format, name, source } };
}
