import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { EmittedText } from "../emitted-text.js";
import { readAnnotation } from "./annotations.js";
import type { ItemCall } from "./items.js";
import { StreamedInput } from "./streamed-input.js";

/** What the pieces of an item belong to. */
export type PartKind = "text" | "refusal" | "summary" | "thought";

/** One text of an item: of a message, or of reasoning. */
export class OpenPart {
  readonly kind: PartKind;
  readonly index: number;
  readonly block: number;
  readonly #emitted = new EmittedText();
  /** Whether the whole text is longer than what was emitted, and another. */
  contradicted = false;
  #annotations = 0;
  /** How much of the text came whole, before its pieces: pieces that still come are nothing new. */
  #ahead = "";

  constructor(kind: PartKind, index: number, block: number) {
    this.kind = kind;
    this.index = index;
    this.block = block;
  }

  push(text: string, emit: Emit): void {
    if (text === "") return;
    if (this.#ahead.startsWith(text)) {
      this.#ahead = this.#ahead.slice(text.length);
      return;
    }
    this.#ahead = "";
    this.#emitted.push(text);
    const { kind, block } = this;
    if (kind === "text") emit({ type: "text-delta", text, block });
    else if (kind === "refusal") emit({ type: "text-delta", text, block, refusal: true });
    else emit({ type: "reasoning-delta", text, block });
  }

  /** The whole text, of which some or all was emitted already: the missing end is emitted now. */
  complete(text: JsonValue | undefined, emit: Emit): void {
    if (typeof text !== "string") return;
    const rest = this.#emitted.restOf(text);
    if (rest === undefined) this.contradicted = true;
    else {
      this.push(rest, emit);
      this.#ahead += rest;
    }
  }

  /** The same of a part as it is emitted in the end, with its annotations. */
  completeWith(part: JsonObject, emit: Emit): void {
    this.complete(part.text ?? part.refusal, emit);
    const { annotations } = part;
    if (!Array.isArray(annotations)) return;
    for (const annotation of annotations.slice(this.#annotations)) this.annotate(annotation, emit);
  }

  annotate(annotation: JsonValue | undefined, emit: Emit): void {
    this.#annotations++;
    const source = readAnnotation(annotation);
    if (source !== undefined) emit({ type: "source", source, block: this.block });
  }
}

/** An item of the response whose end has not come. */
export class OpenItem {
  readonly item: JsonObject;
  readonly call: ItemCall | undefined;
  readonly input: StreamedInput | undefined;
  /** The block of the part that began last; `undefined` where none has. */
  lastBlock: number | undefined;
  readonly #parts = new Map<string, OpenPart>();

  /** @param call who is called, where the item is a call. */
  constructor(item: JsonObject, call: ItemCall | undefined) {
    this.item = item;
    this.call = call;
    if (call !== undefined) this.input = new StreamedInput(call, item);
  }

  /** Whether the whole of one of its texts is longer than what was emitted of it, and another. */
  get contradicted(): boolean {
    for (const part of this.#parts.values()) if (part.contradicted) return true;
    return false;
  }

  /** @param nextBlock the block of a part that begins now. */
  part(kind: PartKind, index: number, nextBlock: () => number): OpenPart {
    const key = `${kind} ${index}`;
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = new OpenPart(kind, index, nextBlock());
      this.lastBlock = part.block;
      this.#parts.set(key, part);
    }
    return part;
  }

  /**
   * The part that one of the whole item's `count` parts is. Where its pieces came under an index that no part has, it is
   * the first such: vLLM counts on from item to item.
   */
  wholePart(kind: PartKind, index: number, count: number, nextBlock: () => number): OpenPart {
    const known = this.#parts.get(`${kind} ${index}`);
    if (known !== undefined) return known;
    const stray = [...this.#parts.values()].find((part) => part.kind === kind && part.index >= count);
    if (stray === undefined) return this.part(kind, index, nextBlock);
    this.#parts.delete(`${kind} ${stray.index}`);
    this.#parts.set(`${kind} ${index}`, stray);
    return stray;
  }
}
