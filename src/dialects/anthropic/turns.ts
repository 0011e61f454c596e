import type { JsonObject } from "../../base/json.js";

interface Turn {
  role: "user" | "assistant";
  /** A text that may stay one, as long as nothing else joins it. */
  text?: string;
  blocks: JsonObject[];
}

/** Messages that take turns: what one role says in a row becomes one message. */
export class Turns {
  readonly #turns: Turn[] = [];

  addText(role: Turn["role"], text: string): void {
    if (text.trim() === "") return;
    if (this.#turns.at(-1)?.role === role) this.addBlock(role, { type: "text", text });
    else this.#turns.push({ role, text, blocks: [{ type: "text", text }] });
  }

  addBlock(role: Turn["role"], block: JsonObject): void {
    this.#turn(role).blocks.push(block);
  }

  /** A result of a tool: before anything else that the user says, or the API takes it for missing. */
  addResult(block: JsonObject): void {
    const { blocks } = this.#turn("user");
    const first = blocks.findIndex((other) => other.type !== "tool_result");
    blocks.splice(first === -1 ? blocks.length : first, 0, block);
  }

  /** Takes blanks off the end of a text that the model is to go on from; returns whether there were any. */
  trimEnd(): boolean {
    const last = this.#turns.at(-1);
    const block = last?.blocks.at(-1);
    if (last?.role !== "assistant" || block?.type !== "text" || typeof block.text !== "string") return false;
    const text = block.text.trimEnd();
    if (text === block.text) return false;
    block.text = text;
    if (last.text !== undefined) last.text = text;
    return true;
  }

  get messages(): JsonObject[] {
    return this.#turns.map(({ role, text, blocks }) => ({ role, content: text ?? blocks }));
  }

  #turn(role: Turn["role"]): Turn {
    const last = this.#turns.at(-1);
    if (last?.role === role) {
      delete last.text;
      return last;
    }
    const turn: Turn = { role, blocks: [] };
    this.#turns.push(turn);
    return turn;
  }
}
