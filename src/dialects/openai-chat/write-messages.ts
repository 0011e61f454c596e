import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { wellFormed } from "../../base/well-formed.js";
import type { Warning } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type {
  AssistantMessage,
  AssistantPart,
  ChatMessage,
  FilePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
} from "../../stream/message.js";
import { toDataUrl } from "../data-url.js";
import { fitted } from "../history/call-ids.js";
import { type IdRule, MISTRAL_HISTORY, OPENAI_CHAT_HISTORY, rulesForModel } from "../history/history-rules.js";
import { prepareHistory } from "../history/prepare-history.js";
import { writeBreakpoint } from "./cache-breakpoint.js";
import { ownData } from "./opaque.js";
import type { OpenAiChatQuirks } from "./quirks.js";
import { thoughtStateIn } from "./thoughts.js";
import { writeCall } from "./write-call.js";
import { writeResults } from "./write-results.js";

/** Media types of sound that the protocol knows, by its names for them. */
const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
};

/** What stands for the thoughts of calls that have none: services that want them back refuse an absent field and an empty one. */
const NO_THOUGHT = " ";

/** What OpenAI refuses in a user's name, and the most characters that it may have. */
const NAMES: IdRule = { not: /[\s<|\\/>]/g, longest: 64 };

/** Messages as this protocol writes them; results of tools become a message each. */
export function writeMessages(
  messages: readonly ChatMessage[],
  quirks: OpenAiChatQuirks,
  model: string,
  warnings: Warning[],
): JsonValue[] {
  const rules = rulesForModel(quirks.history === "mistral" ? MISTRAL_HISTORY : OPENAI_CHAT_HISTORY, model);
  // Images of results are shown in a message of parts.
  const sent = quirks.textParts === false ? { ...rules, resultFiles: [] } : rules;
  const prepared = prepareHistory(messages, sent, warnings);
  const last = prepared.messages.length - 1;
  return prepared.messages.flatMap((message, index): JsonValue[] => {
    const path = prepared.paths[index] ?? "messages";
    switch (message.role) {
      case "system":
        return [{ role: "system", content: writeContent(message.content, path, quirks) }];
      case "user":
        return [
          {
            role: "user",
            content: writeContent(message.content, path, quirks),
            ...(message.name && { name: writeName(message.name, path, warnings) }),
          },
        ];
      case "assistant":
        return [
          { ...writeAssistant(message, path, quirks, warnings), ...(index === last && beginning(message, quirks)) },
        ];
      case "tool":
        return writeResults(message);
      default:
        return message satisfies never;
    }
  });
}

function writeName(name: string, path: string, warnings: Warning[]): string {
  const sent = fitted(wellFormed(name), NAMES);
  if (sent !== name) warnings.push({ field: `${path}.name`, message: `sent as ${sent}` });
  return sent;
}

function writeContent(
  content: string | readonly (TextPart | FilePart)[],
  path: string,
  { textParts = true }: OpenAiChatQuirks,
): JsonValue {
  if (typeof content === "string") return content;
  if (content.length === 0) return "";
  if (!textParts && content.every((part) => part.type === "text")) return content.map(({ text }) => text).join("\n\n");
  return content.map((part, index) => ({
    ...(part.type === "text" ? { type: "text", text: part.text } : writeFile(part, `${path}.content[${index}]`)),
    ...writeBreakpoint(part),
  }));
}

function writeFile(part: FilePart, path: string): JsonObject {
  const { data, mediaType, filename, detail } = part;
  const bytes = data instanceof Uint8Array ? data : undefined;
  const url = "url" in data ? data.url : undefined;
  if (mediaType.startsWith("image/") && !("id" in data)) {
    const address = bytes === undefined ? url : toDataUrl(mediaType, bytes);
    return { type: "image_url", image_url: { url: address ?? "", ...(detail && { detail }) } };
  }
  const format = AUDIO_FORMATS[mediaType];
  if (bytes !== undefined && format !== undefined) {
    return { type: "input_audio", input_audio: { data: encodeBase64(bytes), format } };
  }
  if ("id" in data) return { type: "file", file: { file_id: data.id } };
  if (bytes !== undefined) {
    return { type: "file", file: { filename: filename ?? "file", file_data: toDataUrl(mediaType, bytes) } };
  }
  throw new SluiceError(
    "unsupported",
    `${path}: openai-chat takes a URL only for images, found ${mediaType}; send the bytes or the id of an uploaded file`,
    { field: path },
  );
}

function writeAssistant(
  message: AssistantMessage,
  path: string,
  quirks: OpenAiChatQuirks,
  warnings: Warning[],
): JsonObject {
  const { content } = message;
  if (typeof content === "string") return { role: "assistant", content };
  const text = content.filter((part): part is TextPart => part.type === "text");
  const spoken = text.filter((part) => part.refusal === undefined).map((part) => part.text);
  const refused = text.filter((part) => part.refusal !== undefined).map((part) => part.text);
  const calls = content.filter((part): part is ToolCallPart => part.type === "tool-call" && !part.providerExecuted);
  warnOfLosses(content, path, warnings);
  const thought = quirks.sendReasoning === "thinking" && content.some(({ type }) => type === "reasoning");
  return {
    role: "assistant",
    content: thought ? thinkingContent(content) : spoken.length === 0 ? null : spoken.join(""),
    ...(refused.length > 0 && { refusal: refused.join("") }),
    ...writeReasoning(content, quirks),
    ...writeAudio(content),
    ...(calls.length > 0 && { tool_calls: calls.map(writeCallWithState) }),
  };
}

/** What marks the beginning of an answer that the model is to go on from. */
function beginning({ content }: AssistantMessage, { goOn }: OpenAiChatQuirks): JsonObject {
  if (goOn !== "prefix" && goOn !== "partial") return {};
  const calling = typeof content !== "string" && content.some((part) => part.type === "tool-call");
  return calling ? {} : { [goOn]: true };
}

/** Text and reasoning as Mistral's chunks (https://docs.mistral.ai/capabilities/reasoning), in the order in which they came. */
function thinkingContent(content: readonly AssistantPart[]): JsonValue[] {
  return content.flatMap((part): JsonValue[] => {
    if ((part.type !== "text" && part.type !== "reasoning") || part.text === "") return [];
    const text = { type: "text", text: part.text };
    return [part.type === "text" ? text : { type: "thinking", thinking: [text], closed: true }];
  });
}

/** A call with what must come back with it. */
function writeCallWithState(part: ToolCallPart): JsonObject {
  const { type: _, ...extra } = ownData(part.opaque) ?? {};
  return { ...writeCall(part), ...extra };
}

function writeReasoning(content: readonly AssistantPart[], { sendReasoning }: OpenAiChatQuirks): JsonObject {
  const reasoning = content.filter((part): part is ReasoningPart => part.type === "reasoning");
  const text = reasoning.map((part) => part.text).join("");
  const calls = content.some((part) => part.type === "tool-call" && !part.providerExecuted);
  const state: JsonObject = {};
  for (const { opaque } of reasoning) {
    for (const [field, value] of Object.entries(thoughtStateIn(ownData(opaque)))) {
      const before = state[field];
      state[field] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
    }
  }
  return {
    ...(sendReasoning !== undefined && sendReasoning !== "thinking" && text !== "" && { [sendReasoning]: text }),
    ...(sendReasoning === "reasoning_content" && text === "" && calls && { reasoning_content: NO_THOUGHT }),
    // Copilot takes its seal only with the text.
    ...("reasoning_opaque" in state && text !== "" && { reasoning_text: text }),
    ...state,
  };
}

/** Sound that the model made is not sent back but named. */
function writeAudio(content: readonly AssistantPart[]): JsonObject {
  for (const part of content) {
    const audio = part.type === "file" ? ownData(part.opaque)?.audio : undefined;
    if (isJsonObject(audio)) return { audio };
  }
  return {};
}

function warnOfLosses(content: readonly AssistantPart[], path: string, warnings: Warning[]): void {
  for (const [index, part] of content.entries()) {
    const field = `${path}.content[${index}]`;
    if (part.type === "file" && part.opaque === undefined) {
      warnings.push({ field, message: "left out: openai-chat has no files in an assistant's message" });
    } else if ((part.type === "tool-call" || part.type === "tool-result") && part.providerExecuted) {
      warnings.push({ field, message: "left out: openai-chat has no tools that the provider runs" });
    } else if (part.type === "opaque" && part.opaque.dialect !== "openai-chat") {
      warnings.push({ field, message: `left out: state of ${part.opaque.dialect}` });
    }
  }
}
