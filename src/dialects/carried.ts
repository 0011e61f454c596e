import { decodeBase64, encodeBase64 } from "../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import type { Source } from "../stream/chat-event.js";
import { type DataName, dataNameOf } from "../stream/data-name.js";
import type { AssistantPart, TextPart } from "../stream/message.js";
import type { Opaque } from "../stream/opaque.js";

/**
 * What a protocol has no place for but its clients bring back, since they must: they return a signature of Anthropic's
 * reasoning, an encrypted reasoning item of OpenAI's or a thought signature of Gemini's untouched. So a client of one
 * protocol can talk to a model of any other provider and still return that provider's state.
 */
export type Carried =
  /** State of the reasoning in whose signature it stands. */
  | { kind: "reasoning"; opaque: Opaque }
  /** State of the text block before it; `alone` where it is of a text without words, as what opens a message of OpenAI's is. */
  | { kind: "text"; opaque: Opaque; alone?: true }
  /** State of a tool call, which stands before or after it. */
  | { kind: "tool-call"; callId: string; opaque: Opaque }
  /** State of the result of a tool, which stands before it; `json` where the text of the result is the JSON of it. */
  | { kind: "tool-result"; callId: string; opaque: Opaque; json?: true }
  /** Content of another provider. */
  | { kind: "data"; name: DataName; value: JsonValue; opaque: Opaque }
  | { kind: "source"; source: Source };

/** Puts carried state of a text where it belongs: to the last text, or to a text without words. */
export function addTextState(parts: AssistantPart[], { opaque, alone }: Carried & { kind: "text" }): void {
  const before = alone ? undefined : parts.findLast((part): part is TextPart => part.type === "text");
  if (before === undefined) parts.push({ type: "text", text: "", opaque });
  else before.opaque = opaque;
}

/** State of calls and results that stood before them in an answer. */
export class CarriedStates {
  readonly #calls = new Map<string, Opaque>();
  readonly #results = new Map<string, Carried & { kind: "tool-result" }>();

  push(carried: Carried & { kind: "tool-call" | "tool-result" }): void {
    if (carried.kind === "tool-call") this.#calls.set(carried.callId, carried.opaque);
    else this.#results.set(carried.callId, carried);
  }

  /** State of a call. */
  ofCall(callId: string): Opaque | undefined {
    return this.#calls.get(callId);
  }

  /** A call or a result with the state that stood before it, as an event or as a part; anything else as it is. */
  on<T extends { type: string }>(part: T): T {
    if (isOf("tool-call", part)) {
      const opaque = this.#calls.get(part.callId);
      return opaque === undefined ? part : { ...part, opaque };
    }
    if (!isOf("tool-result", part)) return part;
    const carried = this.#results.get(part.callId);
    if (carried === undefined) return part;
    const { opaque, json } = carried;
    return { ...part, ...(json && typeof part.output === "string" && { output: parsed(part.output) }), opaque };
  }
}

function isOf<K extends "tool-call" | "tool-result">(
  type: K,
  part: { type: string },
): part is { type: K; callId: string; output?: JsonValue; opaque?: Opaque } {
  return part.type === type;
}

/** What a tool returned, of which a client has the text. */
function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

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
      return { kind, opaque };
    case "text":
      return { kind, opaque, ...(value.alone === true && { alone: true }) };
    case "tool-call":
      return typeof value.callId === "string" ? { kind, callId: value.callId, opaque } : undefined;
    case "tool-result":
      return typeof value.callId === "string"
        ? { kind, callId: value.callId, opaque, ...(value.json === true && { json: true }) }
        : undefined;
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
