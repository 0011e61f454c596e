import { BRACE, BRACKET, isSpace, QUOTE } from "../base/json-characters.js";

type State = "opening" | "tag" | "thought" | "prose" | "brace" | "bracket";

/** How models that think aloud put it around their thoughts, at the beginning of what they say. */
const THOUGHTS = ["<think>", "<thinking>", "<thought>", "<reasoning>"];
/** What may follow the bracket of an array: its end, or a value. */
const IN_ARRAY = /[\]{["\d\-tfn]/;

const EXPECTED: Readonly<Record<State, string>> = {
  opening: "a JSON object",
  tag: "a JSON object",
  thought: "the end of the thought",
  prose: "a JSON object",
  brace: "a key or }",
  bracket: "a value or ]",
};

/**
 * Looks for the document in what a model says: behind its thoughts and its words, an object, or an array at the start of a
 * line where that is meant. Reads each character once.
 */
export class DocumentStart {
  readonly #arrays: boolean;
  #state: State = "opening";
  /** Whether only white space stands before in the line. */
  #lineStart = true;
  /** What was read of a tag. */
  #tag = "";
  /** What ends the thought. */
  #thoughtEnd = "";
  #found: "object" | "array" | undefined;
  #offset = 0;

  /** @param arrays whether the document may be an array. */
  constructor(arrays: boolean) {
    this.#arrays = arrays;
  }

  /** What the document is, once its brace or bracket was read and what follows fits; that is not read yet. */
  get found(): "object" | "array" | undefined {
    return this.#found;
  }

  /** Where its brace or bracket stands. */
  get offset(): number {
    return this.#offset;
  }

  /** What could stand next. */
  get expected(): string {
    return EXPECTED[this.#state];
  }

  /**
   * Reads on from `at`; returns where to go on.
   *
   * @param base offset of the piece.
   */
  read(text: string, at: number, base: number): number {
    switch (this.#state) {
      case "opening":
        return this.#open(text, at);
      case "tag":
        return this.#readTag(text, at);
      case "thought":
        return this.#skipThought(text, at);
      case "prose":
        return this.#skipProse(text, at, base);
      case "brace":
      case "bracket":
        return this.#lookAhead(text, at, this.#state);
      default:
        return this.#state satisfies never;
    }
  }

  /** Before the first word: what a model says may begin with its thoughts. */
  #open(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (isSpace(code)) return at + 1;
    this.#state = code === 0x3c ? "tag" : "prose";
    return at;
  }

  #readTag(text: string, at: number): number {
    const tag = this.#tag + text.charAt(at);
    if (!THOUGHTS.some((thought) => thought.startsWith(tag))) {
      this.#state = "prose";
      return at;
    }
    this.#tag = tag;
    if (!THOUGHTS.includes(tag)) return at + 1;
    this.#thoughtEnd = `</${tag.slice(1)}`;
    this.#tag = "";
    this.#state = "thought";
    return at + 1;
  }

  /** Goes on to the end of the thought, which may come in pieces. */
  #skipThought(text: string, from: number): number {
    if (this.#tag === "") {
      const at = text.indexOf("<", from);
      if (at === -1) return text.length;
      this.#tag = "<";
      return at + 1;
    }
    const read = this.#tag + text.charAt(from);
    if (!this.#thoughtEnd.startsWith(read)) {
      this.#tag = "";
      return from;
    }
    this.#tag = read;
    if (read === this.#thoughtEnd) this.#state = "prose";
    return from + 1;
  }

  #skipProse(text: string, from: number, base: number): number {
    if (!this.#arrays) {
      const at = text.indexOf("{", from);
      return at === -1 ? text.length : this.#mayBegin("brace", at, base);
    }
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BRACE.open) return this.#mayBegin("brace", at, base);
      if (code === BRACKET.open && this.#lineStart) return this.#mayBegin("bracket", at, base);
      this.#lineStart = code === 0x0a || code === 0x0d || (this.#lineStart && isSpace(code));
    }
    return text.length;
  }

  #mayBegin(state: "brace" | "bracket", at: number, base: number): number {
    this.#offset = base + at;
    this.#lineStart = false;
    this.#state = state;
    return at + 1;
  }

  /** A brace begins the document where a key or a closing brace follows; elsewhere it is part of the prose. */
  #lookAhead(text: string, at: number, state: "brace" | "bracket"): number {
    const code = text.charCodeAt(at);
    if (isSpace(code)) return at + 1;
    const begins = state === "brace" ? code === QUOTE || code === BRACE.close : IN_ARRAY.test(text.charAt(at));
    if (begins) this.#found = state === "brace" ? "object" : "array";
    else this.#state = "prose";
    return at;
  }
}
