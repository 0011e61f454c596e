import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { Frame } from "../../stream/framing/frame.js";
import { EmittedText } from "../emitted-text.js";
import { toolInput } from "../tool-input.js";
import { objectOf } from "./opaque.js";

/** What an answer consists of so far, to hold a repetition of it against. */
export class Emitted {
  readonly #text = new EmittedText();
  readonly #calls = new Set<string>();

  note(event: ChatEvent): void {
    if (event.type === "text-delta" || event.type === "reasoning-delta") this.#text.push(event.text);
    else if (event.type === "tool-call") this.#calls.add(signOf(event.name, event.input));
  }

  /** Whether chunks hold the same text, and no other calls. */
  isAll(chunks: RepeatedChunks): boolean {
    return (
      !this.isPassed(chunks) && this.#text.equals(chunks.text) && chunks.calls.every((call) => this.#calls.has(call))
    );
  }

  /** Whether chunks hold what was not emitted, and so are no repetition. */
  isPassed({ text, more }: RepeatedChunks): boolean {
    return more || text.length > this.#text.length;
  }
}

/** Content that came after a finish reason, until the next: the answer goes on, or is sent once more. */
export class RepeatedChunks {
  readonly chunks: { chunk: JsonObject; frame: Frame }[] = [];
  readonly calls: string[] = [];
  text = "";
  /** Whether there is anything beside text and calls of functions. */
  more = false;

  push(chunk: JsonObject, frame: Frame): void {
    this.chunks.push({ chunk, frame });
    for (const part of partsIn(chunk)) {
      if (typeof part.text === "string") this.text += part.text;
      else if (!isJsonObject(part.functionCall)) this.more = true;
      const { name, args } = objectOf(part.functionCall);
      if (typeof name === "string") this.calls.push(signOf(name, toolInput(args)));
    }
  }
}

/** Whether a chunk has content, and not only a signature, a reason or counts. */
export function hasContent(chunk: JsonObject): boolean {
  return partsIn(chunk).some((part) => part.text !== "");
}

/** Whether a chunk has a finish reason. */
export function hasEnd({ candidates }: JsonObject): boolean {
  return Array.isArray(candidates) && candidates.some((one) => typeof objectOf(one).finishReason === "string");
}

function partsIn({ candidates }: JsonObject): JsonObject[] {
  const [candidate] = Array.isArray(candidates) ? candidates : [];
  const { parts } = objectOf(objectOf(candidate).content);
  return Array.isArray(parts) ? parts.filter(isJsonObject) : [];
}

function signOf(name: string, input: unknown): string {
  return `${name} ${JSON.stringify(input)}`;
}
