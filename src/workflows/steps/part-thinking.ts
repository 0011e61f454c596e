import type { ChatEvent, Emit } from "../../stream/chat-event.js";
import type { Stage } from "../../stream/stage.js";

/** What opens a model's thinking in its text: a tag, or a heading. */
const OPENING = /<(thinking|think|reasoning|reflection)>|\*\*(?:thinking|reasoning|reflection):\*\*/i;
const OPENINGS = [
  ...["thinking", "think", "reasoning", "reflection"].map((name) => `<${name}>`),
  ...["thinking", "reasoning", "reflection"].map((name) => `**${name}:**`),
];
/** What every mark begins with. */
const MARK = /[<*]/;
/** What the thinking behind a heading ends with. */
const BLANK_LINE = /\n[^\S\n]*\n/;

/** A thought that is not over. */
interface Thought {
  /** The tag that closes it, and how it is found; behind a heading it ends with a blank line. */
  close?: { tag: string; pattern: RegExp };
}

/**
 * A stage that parts what a model thinks from what it answers, wherever in the text it stands: thinking becomes reasoning while
 * it arrives. Blanks behind a thought, and those before one that opens the answer, are left out. An answer that is nothing but
 * its thinking is all there is: it is emitted as text in the end.
 */
export class PartThinking implements Stage {
  #thought: Thought | undefined;
  /** What may yet become a mark. */
  #buffered = "";
  /** Blanks before the first word, while a thought may follow. */
  #blanks = "";
  /** Whether anything was emitted as text, in this step and in any. */
  #emitted = false;
  #answered = false;
  /** Blanks are left out until the next word. */
  #gap = false;
  /** Whether the line that a thought behind a heading is at has been blank so far. */
  #blankLine = false;
  #pieces: string[] = [];
  /** What was known when what a `retract` takes back began. */
  #mark = { pieces: 0, answered: false };

  /** The answer as the model wrote it. */
  get original(): string {
    return this.#pieces.join("");
  }

  push(event: ChatEvent, emit: Emit): void {
    switch (event.type) {
      case "text-delta":
        if (event.opaque !== undefined || event.refusal !== undefined) {
          this.end(emit);
          break;
        }
        this.#pieces.push(event.text);
        if (this.#emitted && this.#isPlain(event.text)) break;
        this.#read(this.#buffered + event.text, emit);
        return;
      case "retract":
        this.#pieces.length = this.#mark.pieces;
        this.#answered = this.#mark.answered;
        this.#begin();
        break;
      case "start":
      case "step-start":
        this.#mark = { pieces: this.#pieces.length, answered: this.#answered };
        this.#begin();
        break;
      case "step-finish":
        this.end(emit);
        break;
      case "finish":
        this.end(emit);
        if (!this.#answered && this.#pieces.length > 0) emit({ type: "text-delta", text: this.original });
        break;
      case "usage":
      case "data":
      case "nested":
        break;
      default:
        this.end(emit);
    }
    emit(event);
  }

  /** What is buffered cannot become a mark any more. */
  end(emit: Emit): void {
    const rest = this.#buffered;
    this.#buffered = "";
    if (this.#thought === undefined) this.#emitText(rest, emit);
    else think(rest, emit);
  }

  /** Whether a piece is text, and nothing in it or before it may become a mark: nearly always. */
  #isPlain(text: string): boolean {
    return this.#thought === undefined && this.#buffered === "" && !this.#gap && !MARK.test(text);
  }

  #begin(): void {
    this.#thought = undefined;
    this.#buffered = "";
    this.#blanks = "";
    this.#emitted = false;
    this.#gap = false;
  }

  #read(text: string, emit: Emit): void {
    this.#buffered = "";
    for (let rest = text; rest !== ""; )
      rest = this.#thought === undefined ? this.#text(rest, emit) : this.#within(rest, this.#thought, emit);
  }

  /** Emits text up to the next thought, and returns what comes behind its opening. */
  #text(text: string, emit: Emit): string {
    const found = OPENING.exec(text);
    if (found === null) {
      const kept = beginsMark(text, OPENINGS);
      this.#emitText(text.slice(0, text.length - kept), emit);
      this.#buffered = text.slice(text.length - kept);
      return "";
    }
    const [mark, tag] = found;
    this.#emitText(text.slice(0, found.index), emit);
    this.#blanks = "";
    this.#thought = tag === undefined ? {} : { close: closing(tag.toLowerCase()) };
    this.#blankLine = false;
    return text.slice(found.index + mark.length);
  }

  /** Emits reasoning up to the end of the thought, and returns what comes behind it. */
  #within(text: string, { close }: Thought, emit: Emit): string {
    const over = close === undefined ? this.#blankLineIn(text) : text.search(close.pattern);
    if (over === -1) {
      const kept = close === undefined ? 0 : beginsMark(text, [close.tag]);
      think(text.slice(0, text.length - kept), emit);
      this.#buffered = text.slice(text.length - kept);
      return "";
    }
    think(text.slice(0, over), emit);
    this.#thought = undefined;
    this.#gap = true;
    return text.slice(over + (close?.tag.length ?? 0));
  }

  /** Where a blank line begins, which may have begun before; -1 if there is none. */
  #blankLineIn(text: string): number {
    const before = this.#blankLine ? "\n" : "";
    const lines = before + text;
    const at = lines.search(BLANK_LINE);
    const last = lines.lastIndexOf("\n");
    this.#blankLine = last !== -1 && lines.slice(last).trim() === "";
    return at === -1 ? -1 : Math.max(0, at - before.length);
  }

  #emitText(text: string, emit: Emit): void {
    const shown = this.#gap ? text.trimStart() : text;
    if (shown === "") return;
    if (!this.#emitted && shown.trim() === "") {
      this.#blanks += shown;
      return;
    }
    emit({ type: "text-delta", text: this.#blanks + shown });
    this.#blanks = "";
    this.#gap = false;
    this.#emitted = true;
    this.#answered = true;
  }
}

function closing(name: string): { tag: string; pattern: RegExp } {
  const tag = `</${name}>`;
  return { tag, pattern: new RegExp(tag, "i") };
}

function think(text: string, emit: Emit): void {
  if (text !== "") emit({ type: "reasoning-delta", text });
}

/** How many characters at the end of a text may begin one of the marks. */
function beginsMark(text: string, marks: readonly string[]): number {
  const longest = Math.max(...marks.map(({ length }) => length));
  const end = text.slice(-longest + 1).toLowerCase();
  for (let from = 0; from < end.length; from++) {
    const tail = end.slice(from);
    if (marks.some((mark) => mark.startsWith(tail))) return tail.length;
  }
  return 0;
}
