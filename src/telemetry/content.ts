import type { Span } from "@opentelemetry/api";
import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { ChatMessage, FilePart, ToolMessage } from "../stream/message.js";
import { OWN } from "./gen-ai-names.js";
import type { Scrub } from "./telemetry.js";

type Part = Exclude<ChatMessage["content"], string>[number] | ToolMessage["content"][number];

/** Puts content on a span, scrubbed. Where that fails nothing is recorded but the fact: what was not scrubbed does not leave. */
export function recordContent(span: Span, name: string, content: () => JsonValue, scrub: Scrub): void {
  let text: string;
  try {
    text = JSON.stringify(scrubbed(content(), scrub));
  } catch {
    span.addEvent(OWN.contentDropped, { name });
    return;
  }
  span.setAttribute(name, text);
}

/** Messages in the form that the conventions have for them: a role and parts, each with its type. */
export function genAiMessages(messages: readonly ChatMessage[]): JsonObject[] {
  return messages.map(({ role, content }) => ({
    role,
    parts: typeof content === "string" ? [{ type: "text", content }] : content.flatMap(partOf),
  }));
}

/** Bytes stay here, and so does what only the provider understands. */
function partOf(part: Part): JsonObject[] {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text === "" ? [] : [{ type: part.type, content: part.text }];
    case "tool-call":
      return [{ type: "tool_call", id: part.callId, name: part.name, arguments: part.input }];
    case "tool-result":
      return [{ type: "tool_call_response", id: part.callId, response: part.output }];
    case "file":
      return [fileOf(part)];
    case "source":
    case "input-request":
    case "input-response":
    case "opaque":
      return [];
    default:
      return part satisfies never;
  }
}

function fileOf({ mediaType, data }: FilePart): JsonObject {
  const [kind = ""] = mediaType.split("/", 1);
  const modality = ["image", "audio", "video"].includes(kind) ? kind : "document";
  const file = { modality, mime_type: mediaType };
  if (data instanceof Uint8Array) return { type: "blob", ...file, content: "", bytes: data.length };
  return "url" in data ? { type: "uri", ...file, uri: data.url } : { type: "file", ...file, file_id: data.id };
}

/** JSON with each text scrubbed. Names of fields are kept: they are the schema's, not the user's. */
export function scrubbed(value: JsonValue, scrub: Scrub): JsonValue {
  if (typeof value === "string") return scrub(value);
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, scrub));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isLabel(name, field) ? field : scrubbed(field, scrub)]),
  );
}

/** Fields of the form itself, which a scrubber must not make unreadable. */
function isLabel(name: string, value: JsonValue): boolean {
  return (name === "role" || name === "type" || name === "modality") && LABELS.has(String(value));
}

const LABELS = new Set([
  ...["system", "user", "assistant", "tool"],
  ...["text", "reasoning", "tool_call", "tool_call_response", "blob", "uri", "file"],
  ...["image", "audio", "video", "document"],
]);
