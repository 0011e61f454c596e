import type { ChatEvent, Emit, FinishReason } from "./chat-event.js";
import { boolean, exactly, filledString } from "./checks.js";
import type { Stage } from "./stage.js";

/** The tags around a model's reasoning where it is part of the text. */
export interface ThoughtTags {
  /** Default `<think>`. */
  open?: string;
  /** Default `</think>`. */
  close?: string;
  /**
   * Whether the answer begins within the reasoning, because the model's template has written the opening tag already. One that
   * the model writes all the same is left out, and an answer that ends by itself without a closing tag was no reasoning: it
   * is retracted, and emitted as text. Default false.
   */
  opened?: boolean;
}

type State = "before" | "within" | "after" | "text";

const TAGS = exactly("partThoughts", { open: filledString, close: filledString, opened: boolean });

/**
 * A stage that parts `<think>…</think>` at the beginning of an answer from its text: what stands within is reasoning. It
 * looks at the beginning only, of each model call; tags that a model speaks about later are text. Where the service tells
 * reasoning from text itself, nothing is changed.
 *
 * @throws {SluiceError} `invalid-argument` for an empty tag, or an unknown option.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { partThoughts } from "sluice/stream";
 *
 * const answer = stream("lmstudio/some-thinker", "Hi").through(partThoughts());
 * ```
 */
export function partThoughts(tags: ThoughtTags = {}): Stage {
  TAGS(tags, "");
  const { open = "<think>", close = "</think>", opened = false } = tags;
  return new PartThoughts(open, close, opened ? "within" : "before");
}

class PartThoughts implements Stage {
  readonly #open: string;
  readonly #close: string;
  readonly #first: State;
  #state: State;
  /** Whether any of the reasoning was emitted. */
  #thinks = false;
  /** Text that may be a tag, or blanks around one. */
  #buffered = "";
  /** Whether it is all blanks before the first word, which are looked at once. */
  #blank = true;
  /** Where the answer is taken for reasoning from its first word: all of it, until that is certain. */
  #unsure: string[] = [];
  /** The last beginning of an answer or a step. */
  #began: ChatEvent | undefined;

  constructor(open: string, close: string, first: State) {
    this.#open = open;
    this.#close = close;
    this.#first = first;
    this.#state = first;
  }

  push(event: ChatEvent, emit: Emit): void {
    switch (event.type) {
      case "text-delta":
        if (this.#state === "text" || event.refusal !== undefined || event.opaque !== undefined) break;
        this.#text(event.text, emit);
        return;
      case "reasoning-delta":
        // The service parts them itself.
        this.end(emit);
        this.#state = "text";
        break;
      case "start":
      case "step-start":
        this.#began = event;
        this.#begin();
        break;
      case "retract":
        this.#begin();
        break;
      case "finish":
      case "step-finish":
        this.#finish(event.reason, emit);
        break;
      case "usage":
      case "data":
        break;
      default:
        this.end(emit);
    }
    emit(event);
  }

  /** What is buffered cannot become a tag any more. */
  end(emit: Emit): void {
    const buffered = this.#buffered;
    this.#buffered = "";
    if (buffered === "" || this.#state === "after") return;
    emit({ type: this.#state === "within" ? "reasoning-delta" : "text-delta", text: buffered });
    if (this.#state === "before") this.#state = "text";
  }

  #begin(): void {
    this.#buffered = "";
    this.#state = this.#first;
    this.#thinks = false;
    this.#unsure = [];
  }

  /** An answer without a closing tag was cut in its reasoning, or was none. */
  #finish(reason: FinishReason, emit: Emit): void {
    const text = this.#unsure.join("") + this.#buffered;
    const none = reason === "stop" && this.#state === "within" && this.#first === "within" && text.trim() !== "";
    if (none && this.#thinks && this.#began !== undefined) {
      emit({ type: "retract", reason: "what was taken for reasoning was the answer" });
      emit(this.#began);
    }
    if (none) {
      this.#begin();
      emit({ type: "text-delta", text });
      this.#state = "text";
    } else this.end(emit);
  }

  #text(piece: string, emit: Emit): void {
    const opening = this.#state === "before" || (this.#state === "within" && this.#first === "within" && !this.#thinks);
    if (opening && (this.#buffered === "" || this.#blank) && piece.trim() === "") {
      this.#blank = true;
      this.#buffered += piece;
      return;
    }
    this.#blank = false;
    const text = this.#buffered + piece;
    this.#buffered = "";
    switch (this.#state) {
      case "before":
        this.#before(text, emit);
        return;
      case "within":
        this.#within(text, emit);
        return;
      case "after":
        this.#after(text, emit);
        return;
      default:
        if (text !== "") emit({ type: "text-delta", text });
    }
  }

  #before(text: string, emit: Emit): void {
    const trimmed = text.trimStart();
    if (trimmed.startsWith(this.#open)) {
      this.#state = "within";
      this.#within(trimmed.slice(this.#open.length), emit);
    } else if (this.#open.startsWith(trimmed)) this.#buffered = text;
    else {
      this.#state = "text";
      emit({ type: "text-delta", text });
    }
  }

  #within(text: string, emit: Emit): void {
    if (this.#first === "within" && !this.#thinks && this.#opens(text, emit)) return;
    const at = text.indexOf(this.#close);
    if (at !== -1) {
      this.#think(text.slice(0, at).trimEnd(), emit);
      this.#state = "after";
      this.#unsure = [];
      this.#after(text.slice(at + this.#close.length), emit);
      return;
    }
    const keep = this.#keep(text);
    this.#think(text.slice(0, text.length - keep), emit);
    this.#buffered = text.slice(text.length - keep);
  }

  /** Where the template opened the tag, the model may open it once more; returns whether that is all there is to say. */
  #opens(text: string, emit: Emit): boolean {
    const trimmed = text.trimStart();
    if (trimmed.startsWith(this.#open)) {
      this.#within(trimmed.slice(this.#open.length), emit);
      return true;
    }
    if (!this.#open.startsWith(trimmed)) return false;
    this.#buffered = text;
    return true;
  }

  /** Blanks between the two belong to neither. */
  #after(text: string, emit: Emit): void {
    const trimmed = text.trimStart();
    if (trimmed === "") return;
    this.#state = "text";
    emit({ type: "text-delta", text: trimmed });
  }

  /** Blanks behind the opening tag are no part of the thought. */
  #think(text: string, emit: Emit): void {
    const thought = this.#thinks ? text : text.trimStart();
    if (thought === "") return;
    this.#thinks = true;
    if (this.#first === "within") this.#unsure.push(thought);
    emit({ type: "reasoning-delta", text: thought });
  }

  /** How many characters at the end may begin the closing tag, or be the blanks before it. */
  #keep(text: string): number {
    let keep = 0;
    for (let length = Math.min(this.#close.length - 1, text.length); length > 0 && keep === 0; length--) {
      if (text.endsWith(this.#close.slice(0, length))) keep = length;
    }
    let at = text.length - keep;
    while (at > 0 && text.length - at < MAX_KEPT && /\s/.test(text.charAt(at - 1))) at--;
    return text.length - at;
  }
}

/** The most characters that are buffered, however much white space there is. */
const MAX_KEPT = 64;
