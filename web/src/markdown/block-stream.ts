import type { Links, Token, Tokens } from "marked";
import { closeMarks } from "../../../src/base/close-marks.js";
import { CodeText } from "./code-text.js";
import { lex } from "./lex.js";
import { openFormula } from "./math-tokens.js";

/** A block of a text. */
export interface Block {
  readonly token: Token;
  /** Of code that arrives: its text, which grows in place. */
  readonly code?: CodeText;
}

/** Blocks that stay together: one that is full is not looked at again. */
export interface Segment {
  readonly key: number;
  readonly blocks: readonly Block[];
}

/** How many blocks a segment has. */
const SEGMENT = 24;

/** The beginning of a fence at the left edge. */
const FENCE = /^(`{3,}|~{3,})([^\n]*)\n/;

interface OpenFence {
  readonly mark: string;
  readonly closing: RegExp;
  readonly code: CodeText;
  readonly lang: string;
  readonly pieces: string[];
  /** The beginning of a line that may become the closing one. */
  maybeClosing: string;
  /** Whether a part of the present line was taken. */
  midLine: boolean;
}

/**
 * Markdown that arrives in pieces, as blocks. Only the end that may still change is lexed again: the last two blocks, since
 * a later piece can change no others. An open fence is not lexed at all: its lines are taken as they come. So a piece costs
 * the same at any length of the text.
 */
export class BlockStream {
  #sealed: Segment[] = [];
  #committed: Block[] = [];
  #open: Block[] = [];
  /** What is not committed. */
  #tail = "";
  #fence: OpenFence | undefined;
  /** Those whose definitions are whole. */
  readonly #links: Links = {};
  /** Whether a link was defined: one that was used before may have to be shown as one. */
  #defined = false;
  #cr = false;
  #all: string[] = [];

  /** Takes a piece. */
  push(piece: string): void {
    this.#all.push(piece);
    // Line ends are LF from here on; a CR at the end waits for what follows it.
    let text = this.#cr ? `\r${piece}` : piece;
    this.#cr = text.endsWith("\r");
    if (this.#cr) text = text.slice(0, -1);
    this.#take(text.replace(/\r\n?/g, "\n"));
  }

  /** The blocks as they are now. A segment that is full is the same object as before. */
  flush(): readonly Segment[] {
    if (this.#fence === undefined) this.#lexTail();
    return this.#segments();
  }

  /** The text is over: its blocks. */
  end(): readonly Segment[] {
    if (this.#cr) this.#take("\n");
    this.#cr = false;
    if (this.#fence !== undefined) {
      const { closing, maybeClosing } = this.#fence;
      this.#endFence(closing.test(maybeClosing) ? "" : maybeClosing);
    }
    this.#commit(lex(this.#tail, { ...this.#links }));
    this.#tail = "";
    this.#open = [];
    if (this.#defined) {
      this.#sealed = [];
      this.#committed = [];
      this.#commit(lex(this.toString()));
    }
    return this.#segments();
  }

  /** Everything that was pushed. */
  toString(): string {
    this.#all = [this.#all.join("")];
    return this.#all[0] ?? "";
  }

  #segments(): readonly Segment[] {
    return [...this.#sealed, { key: this.#sealed.length, blocks: [...this.#committed, ...this.#open] }];
  }

  #take(text: string): void {
    if (this.#fence === undefined) this.#tail += text;
    else this.#takeCode(this.#fence, text);
  }

  #lexTail(): void {
    const { cut, add } = closeMarks(this.#tail);
    const tokens = lex(this.#tail.slice(0, cut) + add, { ...this.#links });
    const settled = openFormula(this.#tail);
    let [count, length] = [0, 0];
    for (const { raw } of tokens.slice(0, beforeLastTwo(tokens))) {
      if (settled !== -1 && length + raw.length > settled) break;
      length += raw.length;
      count++;
    }
    this.#commit(tokens.slice(0, count));
    this.#tail = this.#tail.slice(length);
    this.#open = tokens.slice(count).map((token) => ({ token }));
    if (settled === -1) this.#enterFence();
  }

  /** Where the text ends in a fence that is not closed, its lines are taken as they come from here on. */
  #enterFence(): void {
    const last = this.#open.at(-1);
    if (last?.token.type !== "code") return;
    const before = this.#open.slice(0, -1);
    const text = this.#tail.slice(before.reduce((sum, { token }) => sum + token.raw.length, 0));
    const [head, mark, info = ""] = FENCE.exec(text) ?? [];
    if (head === undefined || mark === undefined || (mark.startsWith("`") && info.includes("`"))) return;
    this.#commit(before.map(({ token }) => token));
    const lang = info.trim();
    const code = new CodeText(lang);
    this.#fence = { mark, closing: closingOf(mark), code, lang, pieces: [], maybeClosing: "", midLine: false };
    this.#open = [{ token: last.token, code }];
    this.#tail = "";
    this.#takeCode(this.#fence, text.slice(head.length));
  }

  #takeCode(fence: OpenFence, text: string): void {
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf("\n", from);
      const piece = end === -1 ? text.slice(from) : text.slice(from, end + 1);
      from += piece.length;
      const line = fence.midLine ? piece : fence.maybeClosing + piece;
      if (!fence.midLine) {
        const bare = end === -1 ? line : line.slice(0, -1);
        if (end !== -1 && fence.closing.test(bare)) {
          this.#endFence("");
          // The end of the line belongs to what follows.
          this.#tail = text.slice(from - 1);
          return;
        }
        fence.maybeClosing = end === -1 && mayClose(bare) ? line : "";
        if (fence.maybeClosing !== "") return;
      }
      fence.pieces.push(line);
      fence.code.push(line);
      fence.midLine = end === -1;
    }
  }

  #endFence(rest: string): void {
    const fence = this.#fence;
    if (fence === undefined) return;
    this.#fence = undefined;
    if (rest !== "") {
      fence.pieces.push(rest);
      fence.code.push(rest);
    }
    fence.code.close();
    const text = fence.pieces.join("").replace(/\n$/, "");
    this.#commitBlock({ token: { type: "code", raw: "", lang: fence.lang, text }, code: fence.code });
    this.#open = [];
  }

  #commit(tokens: readonly Token[]): void {
    for (const token of tokens) this.#commitBlock({ token });
  }

  #commitBlock(block: Block): void {
    if (isDefinition(block.token)) {
      this.#defined = true;
      const { tag, href, title } = block.token;
      this.#links[tag] ??= { href, title };
    }
    this.#committed.push(block);
    if (this.#committed.length < SEGMENT) return;
    this.#sealed.push({ key: this.#sealed.length, blocks: this.#committed });
    this.#committed = [];
  }
}

/** How many tokens stand before the last two blocks. Blank lines are no block: a list goes on after them. */
function beforeLastTwo(tokens: readonly Token[]): number {
  const last = tokens.findLastIndex(isBlock);
  return Math.max(0, tokens.slice(0, Math.max(0, last)).findLastIndex(isBlock));
}

function isBlock({ type }: Token): boolean {
  return type !== "space";
}

function isDefinition(token: Token): token is Tokens.Def {
  return token.type === "def";
}

function closingOf(mark: string): RegExp {
  return new RegExp(`^ {0,3}${mark}[~\`]* *$`);
}

/** Whether the beginning of a line may become a closing one. */
function mayClose(line: string): boolean {
  return /^ {0,3}[`~]* *$/.test(line);
}
