import type { JsonObject, JsonValue } from "../../base/json.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  InputResponse,
  TextPart,
  ToolResultPart,
} from "../../stream/message.js";
import { outputText } from "../../stream/tool-text.js";
import { toDataUrl } from "../data-url.js";
import { writeNote, writeResultNote } from "./metadata.js";

/** Messages as a client of the AI SDK holds them: an answer with all its steps is one. */
export function writeMessages(messages: readonly ChatMessage[]): JsonObject[] {
  const written: JsonObject[] = [];
  const results = resultsIn(messages);
  let steps: JsonObject[] | undefined;
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") continue;
    if (message.role !== "assistant") {
      steps = undefined;
      written.push({ id: `message-${index}`, role: message.role, parts: partsOf(message.content).map(writeUserPart) });
      continue;
    }
    if (steps === undefined) {
      steps = [];
      written.push({ id: `message-${index}`, role: "assistant", parts: steps });
    }
    steps.push(
      { type: "step-start" },
      ...partsOf(message.content).flatMap((part) => writeAssistantPart(part, results)),
    );
  }
  return written;
}

interface Results {
  outputs: ReadonlyMap<string, ToolResultPart>;
  responses: ReadonlyMap<string, InputResponse>;
}

function resultsIn(messages: readonly ChatMessage[]): Results {
  const outputs = new Map<string, ToolResultPart>();
  const responses = new Map<string, InputResponse>();
  for (const { content } of messages) {
    for (const part of typeof content === "string" ? [] : content) {
      if (part.type === "tool-result") outputs.set(part.callId, part);
      if (part.type === "input-response") responses.set(part.id, part.response);
    }
  }
  return { outputs, responses };
}

function partsOf<Part extends { type: string }>(content: string | Part[]): (Part | TextPart)[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function writeUserPart(part: TextPart | FilePart): JsonObject {
  return part.type === "text" ? { type: "text", text: part.text } : writeFile(part);
}

function writeFile({ mediaType, data, filename }: FilePart): JsonObject {
  const url = data instanceof Uint8Array ? toDataUrl(mediaType, data) : "url" in data ? data.url : data.id;
  return { type: "file", mediaType, url, ...(filename !== undefined && { filename }) };
}

function writeAssistantPart(part: AssistantPart, results: Results): JsonObject[] {
  switch (part.type) {
    case "text":
      return [{ type: "text", text: part.text, ...writeNote(noteOf(part)) }];
    case "reasoning":
      return [{ type: "reasoning", text: part.text, ...writeNote(noteOf(part)) }];
    case "file":
      return [writeFile(part)];
    case "tool-call":
      return [{ ...callOf(part), ...answerOf(part.callId, results) }];
    case "tool-result": {
      const note = part.providerExecuted ? writeResultNote(part) : undefined;
      return note === undefined ? [] : [note];
    }
    case "opaque":
      return [{ type: "data-sluice", data: { name: part.name, opaque: part.opaque as unknown as JsonValue } }];
    case "input-request":
    case "source":
      return [];
    default:
      return part satisfies never;
  }
}

function noteOf({ opaque, refusal }: Pick<TextPart, "opaque" | "refusal">) {
  return { ...(opaque && { opaque }), ...(refusal && { refusal }) };
}

function callOf({ callId, name, input, providerExecuted, opaque }: AssistantPart & { type: "tool-call" }): JsonObject {
  const { providerMetadata } = writeNote(opaque === undefined ? {} : { opaque });
  return {
    type: `tool-${name}`,
    toolCallId: callId,
    input,
    ...(providerExecuted && { providerExecuted }),
    ...(providerMetadata !== undefined && { callProviderMetadata: providerMetadata }),
  };
}

function answerOf(callId: string, { outputs, responses }: Results): JsonObject {
  const result = outputs.get(callId);
  if (result !== undefined) {
    const { output, isError } = result;
    if (!isError) return { state: "output-available", output };
    return { state: "output-error", errorText: outputText(output) };
  }
  const response = responses.get(callId);
  if (response === undefined) return { state: "input-available" };
  const approved = response.type === "approve";
  const reason = response.type === "deny" && response.reason !== undefined ? { reason: response.reason } : {};
  return { state: "approval-responded", approval: { id: callId, approved, ...reason } };
}
