import type { JsonObject } from "../../base/json.js";

/** Takes one event of a response; its sequence number is put in. */
export type WriteResponseEvent = (event: JsonObject & { type: string }) => void;

/** The kinds of texts that an item has, as its parts name them. */
export type TextKind = "output_text" | "refusal" | "summary_text";

interface OpenPart {
  kind: TextKind;
  block: number | undefined;
  index: number;
  pieces: string[];
  annotations: JsonObject[];
}

/** Names of the events of a kind of text. */
const EVENTS = {
  output_text: { part: "content_part", text: "output_text", index: "content_index", field: "text" },
  refusal: { part: "content_part", text: "refusal", index: "content_index", field: "refusal" },
  summary_text: {
    part: "reasoning_summary_part",
    text: "reasoning_summary_text",
    index: "summary_index",
    field: "text",
  },
} as const;

/** A message or reasoning that is being written, part by part. */
export class WrittenItem {
  readonly item: JsonObject;
  readonly at: number;
  readonly #parts: JsonObject[] = [];
  #open: OpenPart | undefined;
  #sealed: string | undefined;

  /** @param at its index in the response's output. */
  constructor(item: JsonObject, at: number) {
    this.item = item;
    this.at = at;
  }

  push(kind: TextKind, block: number | undefined, delta: string, write: WriteResponseEvent): void {
    const part = this.#partOf(kind, block, write);
    part.pieces.push(delta);
    const logprobs = kind === "output_text" ? { logprobs: [] } : {};
    write({ type: `response.${EVENTS[kind].text}.delta`, ...this.#place(part), delta, ...logprobs });
  }

  /** Whether a text of a block is open. */
  goesOn(block: number | undefined): boolean {
    return this.#open !== undefined && this.#open.block === block;
  }

  /** The model declined without a word of it: a refusal that is empty says so. */
  refuse(write: WriteResponseEvent): void {
    this.#partOf("refusal", undefined, write);
  }

  /** A source of the text; one of an empty block stands in an empty text. */
  annotate(block: number | undefined, annotation: JsonObject, write: WriteResponseEvent): void {
    const open = this.#open;
    const here = open?.kind === "output_text" && (block === undefined || block === open.block);
    const part = here ? open : this.#partOf("output_text", block, write);
    const index = part.annotations.push(annotation) - 1;
    const type = "response.output_text.annotation.added";
    write({ type, ...this.#place(part), annotation_index: index, annotation });
  }

  /** What the client has to bring back with reasoning. */
  seal(encrypted: string): void {
    this.#sealed = encrypted;
  }

  /** Closes what is open, and returns the whole item. */
  close(write: WriteResponseEvent): JsonObject {
    this.#closePart(write);
    if (this.item.type === "message") return { ...this.item, status: "completed", content: this.#parts };
    const encrypted = this.#sealed === undefined ? {} : { encrypted_content: this.#sealed };
    return { ...this.item, summary: this.#parts, ...encrypted };
  }

  #partOf(kind: TextKind, block: number | undefined, write: WriteResponseEvent): OpenPart {
    if (this.#open?.kind === kind && this.#open.block === block) return this.#open;
    this.#closePart(write);
    const part: OpenPart = { kind, block, index: this.#parts.length, pieces: [], annotations: [] };
    this.#open = part;
    write({ type: `response.${EVENTS[kind].part}.added`, ...this.#place(part), part: partObject(part) });
    return part;
  }

  #closePart(write: WriteResponseEvent): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const part = partObject(open);
    const { text, field, part: partEvent } = EVENTS[open.kind];
    const whole = open.pieces.join("");
    const logprobs = open.kind === "output_text" ? { logprobs: [] } : {};
    write({ type: `response.${text}.done`, ...this.#place(open), [field]: whole, ...logprobs });
    write({ type: `response.${partEvent}.done`, ...this.#place(open), part });
    this.#parts.push(part);
  }

  #place({ kind, index }: OpenPart): JsonObject {
    return { item_id: this.item.id ?? "", output_index: this.at, [EVENTS[kind].index]: index };
  }
}

function partObject({ kind, pieces, annotations }: OpenPart): JsonObject {
  const text = pieces.join("");
  switch (kind) {
    case "output_text":
      return { type: kind, text, annotations, logprobs: [] };
    case "refusal":
      return { type: kind, refusal: text };
    case "summary_text":
      return { type: kind, text };
    default:
      return kind satisfies never;
  }
}
