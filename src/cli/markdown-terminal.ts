import { begin, end, type Style, styled } from "./ansi.js";

/** Longest link, and longest beginning of a line, that is held back until its end is known. */
const LONGEST_HELD = 400;
/** What a line may begin with; a beginning that could still become one of these is held back. */
const LINE_START =
  /^(?: {0,3}(#{1,6})[ \t]| *(`{3,}|~{3,})([^\n]*)\n|( *)([-*+])[ \t]|( *)(\d{1,9}[.)])[ \t]|( {0,3}>[ \t]?))/;
const COULD_BE_LINE_START = /^(?: {0,3}#{0,6}| *[-*+]?| *\d{0,9}[.)]?| *(?:`{3,}|~{3,})[^\n]*| *[`~]{0,2}| {0,3}>)$/;
const LINK = /^\[([^\]\n]*)\]\(([^)\s]*)(?:\s+"[^"\n]*")?\)/;
const COULD_BE_LINK = /^\[(?:[^\]\n]*(?:\](?:\([^)\n]*)?)?)?$/;

/**
 * Shows Markdown in a terminal while it arrives: headings, emphasis, code, lists, quotes and links get styles instead of
 * their signs; everything else, tables included, stays as it is. What cannot be told yet is held back, a few characters as
 * a rule. How the text was cut does not change what is shown.
 */
export class MarkdownTerminal {
  readonly #write: (text: string) => void;
  /** What has arrived and not been shown. */
  #pending = "";
  #atLineStart = true;
  #fence: string | undefined;
  #heading = false;
  /** Emphasis and code that are open, innermost last. */
  #open: { style: Style; sign: string }[] = [];
  #previous = "\n";
  /** Whether the line before was blank, and whether a list is open: what is indented is code only outside of lists. */
  #blankBefore = true;
  #list = false;
  /** Whether the line is indented code, which is shown as it is. */
  #codeLine = false;
  #codeBefore = false;

  /** @param write takes what can be shown. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  push(text: string): void {
    this.#pending += text;
    this.#show(false);
  }

  /** The text is over: shows what was held back, and ends all styles. */
  end(): void {
    this.#show(true);
    this.#endLine("");
    this.#fence = undefined;
    this.#atLineStart = true;
    this.#previous = "\n";
  }

  #show(final: boolean): void {
    const text = this.#pending;
    let at = 0;
    let out = "";
    const say = (shown: string) => {
      out += shown;
    };
    while (at < text.length) {
      const next = this.#step(text, at, final, say);
      if (next === at) break;
      this.#previous = text[next - 1] ?? this.#previous;
      at = next;
    }
    this.#pending = text.slice(at);
    if (out !== "") this.#write(out);
  }

  /** Shows what stands at a position and returns the next, or the same where more must arrive first. */
  #step(text: string, at: number, final: boolean, say: (shown: string) => void): number {
    if (this.#atLineStart) {
      const next = this.#lineStart(text, at, final, say);
      if (next !== undefined) return next;
    }
    const character = text[at] ?? "";
    if (character === "\n") {
      say(this.#closed("\n"));
      return at + 1;
    }
    if (this.#fence !== undefined || this.#codeLine) return this.#plain(text, at, say);
    if (this.#inCode && character !== "`") return this.#until(text, at, /[`\n]/g, say);
    switch (character) {
      case "`":
        return this.#code(text, at, final, say);
      case "*":
      case "_":
        return this.#emphasis(text, at, final, say);
      case "[":
        return this.#link(text, at, final, say);
      case "\\":
        return this.#escape(text, at, final, say);
      default:
        return this.#until(text, at, /[`*_[\\\n]/g, say);
    }
  }

  get #inCode(): boolean {
    return this.#open.at(-1)?.sign.startsWith("`") ?? false;
  }

  #lineStart(text: string, at: number, final: boolean, say: (shown: string) => void): number | undefined {
    const eol = text.indexOf("\n", at);
    const rest = text.slice(at, Math.min(eol === -1 ? text.length : eol + 1, at + LONGEST_HELD));
    if (!final && eol === -1 && rest.length < LONGEST_HELD && COULD_BE_LINE_START.test(rest)) return at;
    this.#atLineStart = false;
    if (this.#fence !== undefined) return this.#inFence(rest, at, say);
    if (this.#isCode(rest)) return undefined;
    const [all, heading, fence, info, indent, , numberIndent, number, quote] = LINE_START.exec(rest) ?? [];
    if (all === undefined) return undefined;
    if (heading !== undefined) {
      this.#heading = true;
      say(begin("bold"));
    } else if (fence !== undefined) {
      this.#fence = fence;
      say(`${styled(info?.trim() ? `[${info.trim()}]` : "", "dim", true)}${info?.trim() ? "\n" : ""}${begin("cyan")}`);
      this.#atLineStart = true;
    } else if (quote !== undefined) say(styled("│ ", "dim", true));
    else {
      say(number !== undefined ? `${numberIndent}${number} ` : `${indent}• `);
      this.#list = true;
      // Code may begin behind the marker.
      this.#atLineStart = true;
    }
    return at + all.length;
  }

  /** Notes what a line is for those after it; whether it is indented code (CommonMark 0.31, section 4.4). */
  #isCode(rest: string): boolean {
    if (this.#previous !== "\n") return false;
    const blank = /^[ \t]*\n/.test(rest);
    const indented = /^(?: {4}|\t)/.test(rest);
    if (!blank && !indented && !/^ *(?:[-*+]|\d{1,9}[.)])[ \t]/.test(rest) && !/^ /.test(rest)) this.#list = false;
    this.#codeLine = indented && !blank && !this.#list && (this.#blankBefore || this.#codeBefore);
    this.#codeBefore = this.#codeLine;
    this.#blankBefore = blank;
    return this.#codeLine;
  }

  /** A line of a fenced block: code, or the fence that closes it. */
  #inFence(rest: string, at: number, say: (shown: string) => void): number | undefined {
    const closing = /^ *(`{3,}|~{3,})[ \t]*\n?$/.exec(rest)?.[1];
    if (closing === undefined || this.#fence === undefined || !closing.startsWith(this.#fence)) return undefined;
    this.#fence = undefined;
    this.#atLineStart = true;
    say(end("cyan"));
    return at + rest.length;
  }

  #plain(text: string, at: number, say: (shown: string) => void): number {
    return this.#until(text, at, /\n/g, say);
  }

  #until(text: string, at: number, stop: RegExp, say: (shown: string) => void): number {
    stop.lastIndex = at + 1;
    const next = stop.exec(text)?.index ?? text.length;
    say(text.slice(at, next));
    return next;
  }

  #code(text: string, at: number, final: boolean, say: (shown: string) => void): number {
    const sign = runAt(text, at);
    if (!final && at + sign.length === text.length) return at;
    const open = this.#open.at(-1);
    if (open?.sign === sign) {
      this.#open.pop();
      say(end("cyan"));
    } else if (this.#inCode) say(sign);
    else {
      this.#open.push({ style: "cyan", sign });
      say(begin("cyan"));
    }
    return at + sign.length;
  }

  /** Signs open emphasis before a word and close it after one; anywhere else they are what they are. */
  #emphasis(text: string, at: number, final: boolean, say: (shown: string) => void): number {
    const sign = runAt(text, at).slice(0, 2);
    const next = text[at + sign.length];
    if (next === undefined && !final) return at;
    const open = this.#open.findIndex((entry) => entry.sign === sign);
    const closes = open !== -1 && !/\s/.test(this.#previous);
    const inWord = /[\p{L}\p{N}]/u.test(this.#previous) && /[\p{L}\p{N}]/u.test(next ?? "");
    if (closes && !(sign[0] === "_" && inWord)) {
      for (const { style } of this.#open.splice(open).reverse()) say(end(style));
      if (this.#heading) say(begin("bold"));
    } else if (
      open === -1 &&
      next !== undefined &&
      !/\s/.test(next) &&
      !(inWord && (sign[0] === "_" || sign.length === 1))
    ) {
      // A sign that nothing closes on its line is what it is: stars of code and of file names.
      const closing = closesOnLine(text.slice(at + sign.length, at + LONGEST_HELD), sign, final);
      if (closing === undefined && !final && text.length - at < LONGEST_HELD) return at;
      if (closing !== true) {
        say(sign);
        return at + sign.length;
      }
      const style = sign.length === 2 ? "bold" : "italic";
      this.#open.push({ style, sign });
      say(begin(style));
    } else say(sign);
    return at + sign.length;
  }

  #link(text: string, at: number, final: boolean, say: (shown: string) => void): number {
    const rest = text.slice(at, at + LONGEST_HELD);
    const [all, name = "", url = ""] = LINK.exec(rest) ?? [];
    if (all !== undefined) {
      say(styled(name, "underline", true) + (url === "" || url === name ? "" : styled(` (${url})`, "dim", true)));
      return at + all.length;
    }
    if (!final && rest.length < LONGEST_HELD && at + rest.length === text.length && COULD_BE_LINK.test(rest)) return at;
    say("[");
    return at + 1;
  }

  #escape(text: string, at: number, final: boolean, say: (shown: string) => void): number {
    const next = text[at + 1];
    if (next === undefined && !final) return at;
    const escapes = next !== undefined && /[!-/:-@[-`{-~]/.test(next);
    say(escapes ? next : "\\");
    return at + (escapes ? 2 : 1);
  }

  #closed(after: string): string {
    let out = "";
    for (const { style } of this.#open.splice(0).reverse()) out += end(style);
    if (this.#heading) out += end("bold");
    this.#heading = false;
    this.#codeLine = false;
    this.#atLineStart = true;
    return out + after;
  }

  #endLine(after: string): void {
    const out = this.#closed(after) + (this.#fence === undefined ? "" : end("cyan"));
    if (out !== "") this.#write(out);
  }
}

/** The run of the same sign at a position. */
function runAt(text: string, at: number): string {
  let to = at + 1;
  while (text[to] === text[at]) to++;
  return text.slice(at, to);
}

/** Whether a sign of emphasis is closed on its line; `undefined` where the line is not there yet. */
function closesOnLine(rest: string, sign: string, final: boolean): boolean | undefined {
  const eol = rest.indexOf("\n");
  const line = eol === -1 ? rest : rest.slice(0, eol);
  for (let at = line.indexOf(sign); at !== -1; ) {
    const run = runAt(line, at);
    // What follows it may still make it part of a word.
    if (eol === -1 && !final && at + run.length === line.length) return undefined;
    const before = line[at - 1];
    const after = line[at + run.length] ?? "";
    const inWord = sign[0] === "_" && /[\p{L}\p{N}]/u.test(after);
    if (run.length >= sign.length && before !== undefined && !/\s/.test(before) && !inWord) return true;
    at = line.indexOf(sign, at + run.length);
  }
  return eol === -1 ? undefined : false;
}
