import type { JsonObject } from "../../base/json.js";
import { TextBuffer } from "../../base/text-buffer.js";
import type { Emit } from "../../stream/chat-event.js";
import { type ItemCall, inputOf } from "./items.js";

/**
 * Arguments of a call while they come, as JSON text whose pieces joined are the call's input. Functions send JSON; code,
 * patches, commands and the text of custom tools come as plain text, which is made a JSON string of here.
 */
export class StreamedInput {
  readonly #call: ItemCall;
  readonly #item: JsonObject;
  /** The field whose text comes; `undefined` where the pieces are JSON, "" where the text is all there is. */
  readonly #field: string | undefined;
  readonly #pieces = new TextBuffer();
  #begun = false;
  #commands = 0;

  constructor(call: ItemCall, item: JsonObject) {
    this.#call = call;
    this.#item = item;
    this.#field = FIELDS[String(item.type)];
  }

  /** Takes a piece of the arguments. */
  push(piece: string, emit: Emit): void {
    if (piece === "") return;
    this.#begin(emit);
    if (this.#field === undefined) this.#pieces.push(piece);
    this.#emit(this.#field === undefined ? piece : escaped(piece), emit);
  }

  /** The JSON that came so far, for a call whose end does not come. */
  get text(): string {
    return this.#pieces.toString();
  }

  /** Another command of a shell's list begins. */
  pushCommand(emit: Emit): void {
    if (this.#commands++ > 0) this.#emit('","', emit);
    else this.#begin(emit);
  }

  /** The arguments are whole: closes the text that was opened. */
  end(item: JsonObject, emit: Emit): void {
    if (!this.#begun || this.#field === undefined) return;
    if (this.#field === "") {
      this.#emit('"', emit);
      return;
    }
    const before = beside(this.#item, this.#field);
    const after = Object.entries(beside(item, this.#field)).filter(([key]) => !Object.hasOwn(before, key));
    const rest = after.map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`).join("");
    this.#emit(`"${this.#field === "commands" ? "]" : ""}${rest}}`, emit);
  }

  #begin(emit: Emit): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#field === undefined) return;
    if (this.#field === "") {
      this.#emit('"', emit);
      return;
    }
    const head = JSON.stringify(beside(this.#item, this.#field)).slice(0, -1);
    const key = `${head === "{" ? "" : ","}${JSON.stringify(this.#field)}:`;
    this.#emit(`${head}${key}${this.#field === "commands" ? "[" : ""}"`, emit);
  }

  #emit(delta: string, emit: Emit): void {
    emit({ type: "tool-input-delta", ...this.#call, delta });
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  custom_tool_call: "",
  code_interpreter_call: "code",
  apply_patch_call: "diff",
  shell_call: "commands",
};

/** The arguments of a call without the one that comes in pieces. */
function beside(item: JsonObject, field: string): JsonObject {
  const { input } = inputOf(item);
  if (typeof input !== "object" || input === null || Array.isArray(input)) return {};
  const { [field]: _, ...rest } = input;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null || field !== "code"));
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
