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
  ToolCallPart,
  ToolResultPart,
} from "../../../stream/message.js";
import { textOf } from "../../../stream/message.js";
import { outputText } from "../../../stream/tool-text.js";
import type { ConverseBlock, ConverseInput, ConverseMessage, ConverseResultContent } from "./bedrock-sdk.js";
import { DocumentNames } from "./document-names.js";

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
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
};

/** What stands beside documents where the user says nothing, which Bedrock refuses. */
const ABOUT_DOCUMENTS = "(The user sent documents.)";

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
  return new MessagesWriter(warnings).write(messages);
}

class MessagesWriter {
  readonly #warnings: Warning[];
  readonly #names = new DocumentNames();

  constructor(warnings: Warning[]) {
    this.#warnings = warnings;
  }

  write(messages: readonly ChatMessage[]): Pick<ConverseInput, "messages" | "system"> {
    const system: { text: string }[] = [];
    const turns: ConverseMessage[] = [];
    const prepared = prepareHistory(messages, BEDROCK_HISTORY, this.#warnings);
    for (const [index, message] of prepared.messages.entries()) {
      if (message.role === "system") {
        const text = textOf(message);
        if (text !== "") system.push({ text });
        continue;
      }
      const content = this.#blocksOf(message, prepared.paths[index] ?? "messages");
      if (content.length === 0) continue;
      const role = message.role === "assistant" ? "assistant" : "user";
      const last = turns.at(-1);
      if (last?.role === role) last.content.push(...content);
      else turns.push({ role, content });
    }
    for (const turn of turns) this.#sayAboutDocuments(turn);
    return { messages: turns, ...(system.length > 0 && { system }) };
  }

  #sayAboutDocuments({ content }: ConverseMessage): void {
    const first = content.findIndex(({ document }) => document !== undefined);
    if (first === -1 || content.some(({ text }) => text !== undefined)) return;
    this.#warnings.push({ field: "messages", message: "a text is put before documents that stand alone" });
    content.splice(first, 0, { text: ABOUT_DOCUMENTS });
  }

  #blocksOf({ content }: Exclude<ChatMessage, { role: "system" }>, path: string): ConverseBlock[] {
    if (typeof content === "string") return textBlock(content);
    return content.flatMap((part, index) => this.#blockOf(part, `${path}.content[${index}]`));
  }

  #blockOf(
    part: TextPart | FilePart | AssistantPart | ToolResultPart | InputResponsePart,
    path: string,
  ): ConverseBlock[] {
    switch (part.type) {
      case "text":
        return textBlock(part.text);
      case "file":
        return [fileBlock(part, this.#names)];
      case "tool-call":
        return part.providerExecuted ? this.#leaveOut(path) : [callBlock(part)];
      case "tool-result":
        return part.providerExecuted ? this.#leaveOut(path) : [resultBlock(part)];
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

  #leaveOut(field: string): [] {
    this.#warnings.push({ field, message: "left out: a tool that another provider ran" });
    return [];
  }
}

/** Bedrock refuses texts that are empty. */
function textBlock(text: string): ConverseBlock[] {
  return text.trim() === "" ? [] : [{ text }];
}

function callBlock({ callId, name, input }: ToolCallPart): ConverseBlock {
  return { toolUse: { toolUseId: callId, name, input: isJsonObject(input) ? input : { input } } };
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
  return { text: outputText(output) };
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

function fileBlock({ mediaType, data, filename }: FilePart, names: DocumentNames): ConverseBlock {
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
  return { document: { format, name: names.next(filename), source } };
}
