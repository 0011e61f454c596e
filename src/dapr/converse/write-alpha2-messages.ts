import type { MessageInitShape } from "@bufbuild/protobuf";
import { DAPR_HISTORY } from "../../dialects/history/history-rules.js";
import { prepareHistory } from "../../dialects/history/prepare-history.js";
import { plainContent } from "../../dialects/history/result-content.js";
import type { Warning } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { AssistantMessage, ChatMessage, FilePart, TextPart, ToolResultPart } from "../../stream/message.js";
import { isRequest, resultsOf } from "../../stream/message.js";
import { outputText } from "../../stream/tool-text.js";
import type {
  ConversationMessageContentSchema,
  ConversationMessageFileSchema,
  ConversationMessageSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { argumentsText, carriedWords } from "./carried.js";

type WrittenMessage = MessageInitShape<typeof ConversationMessageSchema>;
type WrittenContent = MessageInitShape<typeof ConversationMessageContentSchema>;
type WrittenFile = Exclude<MessageInitShape<typeof ConversationMessageFileSchema>, { $typeName: string }>;
type WrittenCall = { id: string; toolTypes: { case: "function"; value: { name: string; arguments: string } } };

/**
 * Messages as Alpha2 has them. Dapr has text, tool calls and their results; a file of the user's goes as Sluice's own field,
 * which a plain daprd does not know: whoever sends it must know who reads it. What an assistant's message holds beyond that is
 * left out with a warning. Reasoning and sources are not sent back.
 */
export function writeAlpha2Messages(messages: readonly ChatMessage[], warnings: Warning[]): WrittenMessage[] {
  const prepared = prepareHistory(messages, DAPR_HISTORY, warnings);
  return prepared.messages.flatMap((message, index): WrittenMessage[] => {
    const path = prepared.paths[index] ?? "messages";
    switch (message.role) {
      case "system":
        return [{ messageTypes: { case: "ofSystem", value: { content: writeText(message.content, path) } } }];
      case "user": {
        const { name, content } = message;
        const value = { content: writeContent(content), ...(name !== undefined && { name }) };
        return [{ messageTypes: { case: "ofUser", value } }];
      }
      case "assistant":
        return writeAssistant(message, path, warnings);
      case "tool":
        return resultsOf(message).map(writeResult);
      default:
        return message satisfies never;
    }
  });
}

function writeContent(content: string | readonly (TextPart | FilePart)[]): WrittenContent[] {
  if (typeof content === "string") return [{ text: content }];
  return content.map((part) => (part.type === "text" ? { text: part.text } : { file: writeFile(part) }));
}

function writeFile({ mediaType, data, filename, detail }: FilePart): WrittenFile {
  return {
    mediaType,
    source: sourceOf(data),
    ...(filename !== undefined && { filename }),
    ...(detail !== undefined && { detail }),
  };
}

function sourceOf(data: FilePart["data"]): NonNullable<WrittenFile["source"]> {
  if (data instanceof Uint8Array) return { case: "data", value: new Uint8Array(data) };
  return "url" in data ? { case: "url", value: data.url } : { case: "id", value: data.id };
}

/**
 * The texts of a message that has nothing else.
 *
 * @throws {SluiceError} `unsupported` for a file, naming it.
 */
export function writeText(content: string | readonly (TextPart | FilePart)[], path: string): { text: string }[] {
  if (typeof content === "string") return [{ text: content }];
  return content.map((part, index) => {
    if (part.type === "text") return { text: part.text };
    const field = `${path}.content[${index}]`;
    throw fileRefused(field, part.mediaType);
  });
}

/** The error for a file where only text can go. */
function fileRefused(field: string, mediaType: string): SluiceError {
  const message = `${field}: found a file (${mediaType}); Dapr's conversation API carries text only`;
  return new SluiceError("unsupported", message, { field });
}

function writeAssistant({ content }: AssistantMessage, path: string, warnings: Warning[]): WrittenMessage[] {
  const parts = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  const texts: { text: string }[] = [];
  const toolCalls: WrittenCall[] = [];
  const results: WrittenMessage[] = [];
  const leaveOut = (index: number, what: string) =>
    warnings.push({ field: `${path}.content[${index}]`, message: `left out: Dapr's conversation API has no ${what}` });
  for (const [index, part] of parts.entries()) {
    switch (part.type) {
      case "text":
        texts.push({ text: part.text });
        break;
      case "tool-call": {
        const words = carriedWords(part.opaque);
        const written = argumentsText(part.input, words?.arguments);
        const value = { name: words?.name ?? part.name, arguments: written };
        if (part.providerExecuted) leaveOut(index, "tools that the provider runs");
        else toolCalls.push({ id: words?.id ?? part.callId, toolTypes: { case: "function", value } });
        break;
      }
      case "tool-result":
        if (part.providerExecuted) leaveOut(index, "tools that the provider runs");
        else results.push(writeResult(part));
        break;
      case "file":
        leaveOut(index, "files");
        break;
      case "opaque":
        if (!isRequest(part)) leaveOut(index, `state of ${part.opaque.dialect}`);
        break;
      case "reasoning":
      case "source":
      case "input-request":
        break;
      default:
        part satisfies never;
    }
  }
  return [{ messageTypes: { case: "ofAssistant", value: { content: texts, toolCalls } } }, ...results];
}

function writeResult({ callId, name, output, opaque }: ToolResultPart): WrittenMessage {
  const words = carriedWords(opaque);
  const text = plainContent(output) ?? outputText(output);
  const value = { toolId: words?.id ?? callId, name: words?.name ?? name, content: [{ text }] };
  return { messageTypes: { case: "ofTool", value } };
}
