import type { Frame, FrameReader } from "./frame.js";
import { checkLength, LineBuffer } from "./line-buffer.js";
import { type FramingOptions, MAX_FRAME_LENGTH, type TextDecoding, utf8Decoding } from "./text-decoding.js";

const DATA = "data: ";

/**
 * Reads server-sent events, the whole grammar of the WHATWG HTML standard (section 9.2.6, "Interpreting an event
 * stream"): lines end in LF, CR or CRLF, a byte order mark is skipped, `data` lines add up, comments and unknown fields
 * are ignored, an event without data is no event.
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
  #retry: number | undefined;

  constructor({ maxFrameLength = MAX_FRAME_LENGTH, decoding = utf8Decoding() }: FramingOptions = {}) {
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
    // An event whose empty line never came is dropped, as the standard says.
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
      this.#addData(text.substring(from + DATA.length, to));
    } else {
      this.#pushField(text.slice(from, to));
    }
  }

  #pushField(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    switch (name) {
      case "data":
        this.#addData(value);
        return;
      case "event":
        this.#event = value;
        return;
      case "id":
        if (!value.includes("\0")) this.#id = value;
        return;
      case "retry":
        if (/^\d+$/.test(value)) this.#retry = Number(value);
        return;
      default:
    }
  }

  #addData(value: string): void {
    this.#dataLength += value.length;
    checkLength(this.#dataLength, this.#max);
    if (this.#data === undefined) this.#data = value;
    else this.#moreData.push(value);
  }

  #dispatch(emit: (frame: Frame) => void): void {
    const data = this.#data;
    if (this.#id !== undefined) this.#lastId = this.#id;
    if (data !== undefined) {
      const frame: Frame = { data: this.#moreData.length === 0 ? data : [data, ...this.#moreData].join("\n") };
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
