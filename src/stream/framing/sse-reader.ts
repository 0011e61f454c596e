import type { Frame, FrameReader } from "./frame.js";
import { checkLength, LineBuffer } from "./line-buffer.js";
import { paddingOf } from "./padding.js";
import { checkFraming, type FramingOptions, type TextDecoding } from "./text-decoding.js";

const DATA = "data: ";

/** The fields of an event. */
const FIELDS = ["data", "event", "id", "retry", "error"];

/** What ends the streams of OpenAI and many others. */
const END_MARKER = "[DONE]";

/** How much is kept of lines that are neither events nor the beginning of JSON or of a page, in UTF-16 code units. */
const MAX_STRAY = 4_000;

/**
 * Reads server-sent events, the whole grammar of the WHATWG HTML standard (section 9.2.6, "Interpreting an event
 * stream"): lines end in LF, CR or CRLF, a byte order mark is skipped, `data` lines add up, comments are ignored, an event
 * without data is no event.
 *
 * It reads more than the standard does, since servers send more: an event whose empty line is missing at the end counts
 * where its data is whole, and so does one in the middle where no JSON could go on as its next line does; NUL characters before a
 * line are padding, a line `error: …` is an event of that type, and JSON that stands bare among the events, on one line or on
 * several, is a frame for each object. What is none of this is kept as `stray`.
 *
 * Each character is looked at once. The usual event, one `data: ` line and an empty one, takes a short way.
 */
export class SseReader implements FrameReader {
  readonly #decoding: TextDecoding;
  readonly #max: number;
  readonly #line: LineBuffer;
  #first = true;
  /** The last character was a CR: an LF that follows belongs to it. */
  #afterCr = false;
  #data: string | undefined;
  /** More `data` lines of the same event; joined once. */
  #moreData: string[] = [];
  #dataLength = 0;
  #event: string | undefined;
  #id: string | undefined;
  #lastId: string | undefined;
  /** Lines that are no fields of an event. */
  #stray: string[] = [];
  #strayLength = 0;
  #retry: number | undefined;

  constructor(options: FramingOptions = {}) {
    const { maxFrameLength, decoding } = checkFraming(options);
    this.#decoding = decoding;
    this.#max = maxFrameLength;
    this.#line = new LineBuffer(maxFrameLength);
  }

  /** The last event id that the stream set, for reconnecting with `Last-Event-ID`. */
  get lastEventId(): string | undefined {
    return this.#lastId;
  }

  /** The reconnection time that the stream asked for, in ms. */
  get retry(): number | undefined {
    return this.#retry;
  }

  push(bytes: Uint8Array, emit: (frame: Frame) => void): void {
    this.#pushText(this.#decoding.write(bytes), emit);
  }

  end(emit: (frame: Frame) => void): void {
    this.#pushText(this.#decoding.end(), emit);
    const line = this.#line.finish("");
    // A field's name that was cut is nothing.
    if (line !== "" && !FIELDS.some((name) => name.startsWith(line))) this.#pushLine(line, 0, line.length, emit);
    // An event whose empty line never came, and that was cut, is dropped, as the standard says.
    if (this.#data !== undefined && isWhole(this.#joined(this.#data))) this.#dispatch(emit);
    this.#emitStray(emit);
  }

  /** What came that was no event: a sentence, the text of a page. */
  get stray(): string {
    return this.#stray.join("\n");
  }

  #pushText(text: string, emit: (frame: Frame) => void): void {
    if (text === "") return;
    let at = this.#skip(text);
    let lf = text.indexOf("\n", at);
    let cr = text.indexOf("\r", at);
    while (lf !== -1 || cr !== -1) {
      const crFirst = cr !== -1 && (lf === -1 || cr < lf);
      const end = crFirst ? cr : lf;
      if (this.#line.isEmpty) this.#pushLine(text, at, end, emit);
      else {
        const line = this.#line.finish(text.slice(at, end));
        this.#pushLine(line, 0, line.length, emit);
      }
      at = end + 1;
      if (crFirst) {
        if (at === text.length) this.#afterCr = true;
        else if (lf === at) at++;
        cr = text.indexOf("\r", at);
      }
      // Each of the two is searched for again only once it has been passed.
      if (lf !== -1 && lf < at) lf = text.indexOf("\n", at);
    }
    if (at < text.length) this.#line.push(text.slice(at));
  }

  /** Where the text begins, past a byte order mark and the LF of a CRLF that was cut. */
  #skip(text: string): number {
    let at = 0;
    if (this.#first) {
      this.#first = false;
      if (text.charCodeAt(0) === 0xfeff) at = 1;
    }
    if (this.#afterCr) {
      this.#afterCr = false;
      if (text.charCodeAt(at) === 0x0a) at++;
    }
    return at;
  }

  #pushLine(text: string, from: number, to: number, emit: (frame: Frame) => void): void {
    if (from === to) {
      this.#dispatch(emit);
    } else if (text.startsWith(DATA, from)) {
      if (this.#stray.length > 0) this.#emitStray(emit);
      this.#addData(text.substring(from + DATA.length, to), emit);
    } else {
      this.#pushField(text.slice(from, to), emit);
    }
  }

  #pushField(line: string, emit: (frame: Frame) => void): void {
    const padding = paddingOf(line);
    if (padding > 0) {
      if (padding < line.length) this.#pushField(line.slice(padding), emit);
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    switch (name) {
      case "data":
        if (this.#stray.length > 0) this.#emitStray(emit);
        this.#addData(value, emit);
        return;
      case "error":
        // llama.cpp says its errors so.
        this.#event = name;
        this.#addData(value, emit);
        return;
      case "event":
        // A second one is the next event's, whose empty line was lost.
        if (this.#event !== undefined && this.#data !== undefined) this.#dispatch(emit);
        this.#event = value;
        return;
      case "id":
        if (!value.includes("\0")) this.#id = value;
        return;
      case "retry":
        if (/^\d+$/.test(value)) this.#retry = Number(value);
        return;
      default:
        this.#addStray(line, emit);
    }
  }

  #addStray(line: string, emit: (frame: Frame) => void): void {
    // A gateway that lost the label of the last events lost that of the end marker too.
    if (line.trim() === END_MARKER) {
      this.#emitStray(emit);
      emit({ data: END_MARKER });
      return;
    }
    if (this.#stray.length === 0 && line.startsWith("{") && isWhole(line)) {
      emit({ data: line });
      return;
    }
    const first = this.#stray[0] ?? line;
    this.#strayLength += line.length;
    if (/^\s*[{[]/.test(first)) checkLength(this.#strayLength, this.#max);
    else if (this.#strayLength > MAX_STRAY) return;
    this.#stray.push(line);
  }

  /** Stray lines that are JSON are a frame for each object. */
  #emitStray(emit: (frame: Frame) => void): void {
    const text = this.stray;
    if (!/^\s*[{[]/.test(text) || !isWhole(text)) return;
    this.#stray = [];
    this.#strayLength = 0;
    const value: unknown = JSON.parse(text);
    for (const one of Array.isArray(value) ? value : [value]) emit({ data: JSON.stringify(one) });
  }

  #addData(value: string, emit: (frame: Frame) => void): void {
    if (this.#data !== undefined && isNextEvent(this.#moreData.at(-1) ?? this.#data, value)) this.#dispatch(emit);
    this.#dataLength += value.length;
    checkLength(this.#dataLength, this.#max);
    if (this.#data === undefined) this.#data = value;
    else this.#moreData.push(value);
  }

  #joined(data: string): string {
    return this.#moreData.length === 0 ? data : [data, ...this.#moreData].join("\n");
  }

  #dispatch(emit: (frame: Frame) => void): void {
    const data = this.#data;
    if (this.#id !== undefined) this.#lastId = this.#id;
    if (data !== undefined) {
      const frame: Frame = { data: this.#joined(data) };
      if (this.#event) frame.event = this.#event;
      if (this.#id !== undefined) frame.id = this.#id;
      if (this.#moreData.length > 0) this.#moreData = [];
      this.#data = undefined;
      this.#dataLength = 0;
      emit(frame);
    }
    this.#event = undefined;
    this.#id = undefined;
  }
}

/** Whether a data line is another event's, whose empty line was lost: no JSON goes on so. */
function isNextEvent(line: string, next: string): boolean {
  return line.trimEnd().endsWith("}") && (next.startsWith("{") || next.startsWith("[DONE]"));
}

/** Whether a text is JSON, or the end marker that stands in its place: then nothing of it is missing. */
function isWhole(text: string): boolean {
  if (text.trim() === "[DONE]") return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
