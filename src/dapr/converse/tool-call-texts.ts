import { TextBuffer } from "../../base/text-buffer.js";
import type { ToolCallEvent, ToolInputDeltaEvent } from "../../stream/chat-event.js";
import { argumentsText, carriedWords } from "./carried.js";
import type { ConverseToolCall } from "./converse-answer.js";

/** Keeps the arguments of tool calls as the model writes them, since Dapr passes them on in its words. */
export class ToolCallTexts {
  readonly #texts = new Map<string, TextBuffer>();
  readonly #indexes = new Map<string, number>();

  /** Which of the answer's calls this is, counted from 0. */
  indexOf(callId: string): number {
    const known = this.#indexes.get(callId);
    if (known !== undefined) return known;
    const index = this.#indexes.size;
    this.#indexes.set(callId, index);
    return index;
  }

  push({ callId, delta }: ToolInputDeltaEvent): void {
    let text = this.#texts.get(callId);
    if (text === undefined) {
      text = new TextBuffer();
      this.#texts.set(callId, text);
    }
    text.push(delta);
  }

  /** The whole call; its pieces are not kept any longer. */
  complete({ callId, name, input, opaque }: ToolCallEvent): ConverseToolCall {
    const carried = carriedWords(opaque);
    const written = carried?.arguments ?? this.#texts.get(callId)?.toString();
    this.#texts.delete(callId);
    return { id: carried?.id ?? callId, name: carried?.name ?? name, arguments: argumentsText(input, written) };
  }
}
