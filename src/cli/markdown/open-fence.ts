import type { Tokens } from "marked";
import { begin, end } from "../ansi.js";
import { clean } from "./inline.js";

/** The line that opens a fence. */
const OPENING = /^( {0,3})(`{3,}|~{3,})[^\n]*\n?$/;

/** Whether code is a fence that has opened and holds nothing yet. */
export function opensFence(token: Tokens.Code): boolean {
  return token.codeBlockStyle !== "indented" && OPENING.test(token.raw);
}

/** A fence that is open: its lines are printed as they come. */
export class OpenFence {
  readonly #indent: number;
  readonly #closing: RegExp;
  /** The beginning of a line that may be the end, or its indent. */
  #start: string | undefined = "";

  constructor({ raw }: Tokens.Code) {
    const [, indent = "", mark = "```"] = OPENING.exec(raw) ?? [];
    this.#indent = indent.length;
    this.#closing = new RegExp(`^ {0,3}${mark}${mark[0]}*[ \\t]*\\n?$`);
  }

  /**
   * Takes the next piece of a line, with the line's end where it has one.
   *
   * @returns what to write; `"closed"` for the line that ends it.
   */
  push(piece: string, before: () => string): string | "closed" {
    if (this.#start === undefined) return this.#inside(piece);
    const line = this.#start + piece;
    this.#start = line;
    const isWhole = line.endsWith("\n");
    if (isWhole && this.#closing.test(line)) return "closed";
    if (!isWhole && mayClose(line)) return "";
    return this.#printed(line, before);
  }

  /** The text is over: what is buffered is no end, unless it is one. The last line ends. */
  end(before: () => string): string {
    const line = this.#start ?? "";
    const rest = line === "" || this.#closing.test(line) ? "" : this.#printed(line, before);
    return this.#start === undefined ? `${rest}${end("cyan")}\n` : rest;
  }

  #printed(line: string, before: () => string): string {
    const indent = Math.min(this.#indent, /^ */.exec(line)?.[0].length ?? 0);
    const code = line.slice(indent);
    this.#start = "";
    return code === "\n" ? `${before().trimEnd()}\n` : before() + begin("cyan") + this.#inside(code);
  }

  /** The style lasts for the line: a mark that combines with the character before it must follow it at once. */
  #inside(code: string): string {
    const isWhole = code.endsWith("\n");
    this.#start = isWhole ? "" : undefined;
    return isWhole ? `${clean(code.slice(0, -1))}${end("cyan")}\n` : clean(code);
  }
}

function mayClose(line: string): boolean {
  return /^ *[`~]*[ \t]*$/.test(line);
}
