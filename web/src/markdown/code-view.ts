import { CODE_KINDS, type CodeRuns } from "./code-runs.js";
import type { CodeReader, CodeText } from "./code-text.js";
import { highlight } from "./highlighter.js";

/** Lines that are one element: what is appended lays out one of them anew, and not the whole code. */
const LINES = 32;

/** How long colours may be put on in one go, in ms: less than half of a frame. */
const SLICE_MS = 6;

/** Code that is still arriving is coloured anew when it has grown by this share. */
const GROWN = 1.25;

interface Chunk {
  readonly element: HTMLElement;
  text: string;
  lines: number;
  /** What its colours were made of; empty where it has none. */
  coloured: string;
}

/** Shows a code in elements of its own: text as it comes, colours when the worker has them. */
export class CodeView implements CodeReader {
  readonly #place: HTMLElement;
  readonly #code: CodeText;
  readonly #chunks: Chunk[] = [];
  readonly #leave: () => void;
  #length = 0;
  /** How long the code was when its colours were last asked for. */
  #asked = 0;
  #busy = false;
  #left = false;

  constructor(place: HTMLElement, code: CodeText) {
    this.#place = place;
    this.#code = code;
    place.replaceChildren();
    this.#leave = code.read(this);
  }

  append(text: string): void {
    this.#length += text.length;
    for (let from = 0; from < text.length; ) {
      const chunk = this.#open();
      let end = from;
      while (end < text.length && chunk.lines < LINES) {
        const line = text.indexOf("\n", end);
        end = line === -1 ? text.length : line + 1;
        if (line !== -1) chunk.lines++;
      }
      const piece = text.slice(from, end);
      chunk.text += piece;
      const { lastChild } = chunk.element;
      if (lastChild instanceof Text) lastChild.appendData(piece);
      else chunk.element.append(piece);
      from = end;
    }
    if (this.#length > this.#asked * GROWN) void this.#colour();
  }

  close(): void {
    void this.#colour();
  }

  /** It is not shown any more. */
  leave(): void {
    this.#left = true;
    this.#leave();
  }

  #open(): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.lines < LINES) return last;
    const element = document.createElement("span");
    element.className = "code-lines";
    this.#place.append(element);
    const chunk = { element, text: "", lines: 0, coloured: "" };
    this.#chunks.push(chunk);
    return chunk;
  }

  async #colour(): Promise<void> {
    const { language } = this.#code;
    if (this.#busy || this.#left || language === "") return;
    this.#busy = true;
    this.#asked = this.#length;
    const runs = await highlight(this.#code.toString(), language);
    if (runs.length > 0) await this.#paint(runs);
    this.#busy = false;
    if (this.#code.closed && this.#length > this.#asked) await this.#colour();
  }

  async #paint(runs: CodeRuns): Promise<void> {
    const cursor = { run: 0, used: 0 };
    let began = performance.now();
    for (let index = 0, at = 0; index < this.#chunks.length && at < this.#asked; index++) {
      const chunk = this.#chunks[index];
      if (chunk === undefined || this.#left) return;
      const length = Math.min(chunk.text.length, this.#asked - at);
      at += length;
      const pieces = take(runs, cursor, length);
      const coloured = pieces.join();
      if (coloured !== chunk.coloured) recolour(chunk, pieces);
      chunk.coloured = coloured;
      if (performance.now() - began < SLICE_MS) continue;
      await nextFrame();
      began = performance.now();
    }
  }
}

/** The next pieces of a code, so many characters of them. */
function take(runs: CodeRuns, cursor: { run: number; used: number }, length: number): CodeRuns {
  const pieces: CodeRuns = [];
  for (let rest = length; rest > 0 && cursor.run < runs.length; ) {
    const [size = 0, kind = 0] = [runs[cursor.run], runs[cursor.run + 1]];
    const part = Math.min(rest, size - cursor.used);
    if (part > 0) pieces.push(part, kind);
    rest -= part;
    cursor.used += part;
    if (cursor.used < size) break;
    cursor.run += 2;
    cursor.used = 0;
  }
  return pieces;
}

function recolour(chunk: Chunk, pieces: CodeRuns): void {
  const nodes: Node[] = [];
  let at = 0;
  for (let i = 0; i < pieces.length; i += 2) {
    const text = chunk.text.slice(at, at + (pieces[i] ?? 0));
    at += text.length;
    const name = CODE_KINDS[pieces[i + 1] ?? 0];
    const node = name ? document.createElement("span") : document.createTextNode(text);
    if (node instanceof HTMLElement) {
      node.className = `code-${name}`;
      node.textContent = text;
    }
    nodes.push(node);
  }
  // What has come since has no colours yet.
  if (at < chunk.text.length) nodes.push(document.createTextNode(chunk.text.slice(at)));
  chunk.element.replaceChildren(...nodes);
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}
