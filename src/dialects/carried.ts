import { decodeBase64, encodeBase64 } from "../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import type { Opaque, Source } from "../stream/chat-event.js";
import { type DataName, dataNameOf } from "../stream/data-name.js";

/**
 * What a protocol has no place for but its clients bring back, since they must: they return a signature of Anthropic's
 * reasoning, an encrypted reasoning item of OpenAI's or a thought signature of Gemini's untouched. So a client of one
 * protocol can talk to a model of any other provider and still return that provider's state.
 */
export type Carried =
  /** State of the reasoning in whose signature it stands. */
  | { kind: "reasoning"; opaque: Opaque }
  /** State of the text block before it. */
  | { kind: "text"; opaque: Opaque }
  /** State of a tool call or of its result, which stands before or after it. */
  | { kind: "tool-call" | "tool-result"; callId: string; opaque: Opaque }
  /** Content of another provider. */
  | { kind: "data"; name: DataName; value: JsonValue; opaque: Opaque }
  | { kind: "source"; source: Source };

/** Tells our own text from a provider's, which is plain base64. */
const PREFIX = "sluice.";

/** As opaque text. */
export function writeCarried(carried: Carried): string {
  return PREFIX + encodeBase64(new TextEncoder().encode(JSON.stringify(carried)));
}

/** What such text says; `undefined` for any other, as a provider's own signature is. */
export function readCarried(text: string): Carried | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  try {
    const value = parseJson(new TextDecoder().decode(decodeBase64(text.slice(PREFIX.length))));
    return isJsonObject(value) ? validated(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Clients could change it: only what has the right shape is believed. */
function validated(value: JsonObject): Carried | undefined {
  const { kind, source } = value;
  if (kind === "source") return isSource(source) ? { kind, source } : undefined;
  const opaque = readOpaque(value.opaque);
  if (opaque === undefined) return undefined;
  switch (kind) {
    case "reasoning":
    case "text":
      return { kind, opaque };
    case "tool-call":
    case "tool-result":
      return typeof value.callId === "string" ? { kind, callId: value.callId, opaque } : undefined;
    case "data":
      return typeof value.name === "string"
        ? { kind, name: dataNameOf(value.name), value: value.value ?? null, opaque }
        : undefined;
    default:
      return undefined;
  }
}

function readOpaque(value: JsonValue | undefined): Opaque | undefined {
  if (!isJsonObject(value) || typeof value.dialect !== "string" || value.data === undefined) return undefined;
  return { dialect: value.dialect, data: value.data };
}

function isSource(value: JsonValue | undefined): value is JsonObject & Source {
  if (!isJsonObject(value) || (value.kind !== "url" && value.kind !== "document")) return false;
  const { span, opaque } = value;
  const texts = [value.id, value.url, value.title, value.filename, value.mediaType, value.quote];
  return (
    texts.every((text) => text === undefined || typeof text === "string") &&
    (span === undefined || (isJsonObject(span) && typeof span.start === "number" && typeof span.end === "number")) &&
    (opaque === undefined || readOpaque(opaque) !== undefined)
  );
}
