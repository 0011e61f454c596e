import type { Frame, FrameReader } from "./frame.js";
import { checkLength, LineBuffer } from "./line-buffer.js";
import { paddingOf } from "./padding.js";
import { checkFraming, type FramingOptions, type TextDecoding } from "./text-decoding.js";

/** Reads one JSON text a line (ndjson.org). Lines end in LF or CRLF; blank lines and NUL padding are skipped; the last may lack its end. */
export class NdjsonReader implements FrameReader {
  readonly #decoding: TextDecoding;
  readonly #max: number;
  readonly #line: LineBuffer;
  #first = true;

  constructor(options: FramingOptions = {}) {
    const { maxFrameLength, decoding } = checkFraming(options);
    this.#decoding = decoding;
    this.#max = maxFrameLength;
    this.#line = new LineBuffer(maxFrameLength);
  }

  push(bytes: Uint8Array, emit: (frame: Frame) => void): void {
    this.#pushText(this.#decoding.write(bytes), emit);
  }

  end(emit: (frame: Frame) => void): void {
    this.#pushText(this.#decoding.end(), emit);
    this.#emitLine(this.#line.finish(""), emit);
  }

  #pushText(text: string, emit: (frame: Frame) => void): void {
    if (text === "") return;
    let at = 0;
    if (this.#first) {
      this.#first = false;
      if (text.charCodeAt(0) === 0xfeff) at = 1;
    }
    for (let lf = text.indexOf("\n", at); lf !== -1; lf = text.indexOf("\n", at)) {
      this.#emitLine(this.#line.finish(text.substring(at, lf)), emit);
      at = lf + 1;
    }
    if (at < text.length) this.#line.push(text.slice(at));
  }

  #emitLine(line: string, emit: (frame: Frame) => void): void {
    const data = line.slice(paddingOf(line), line.endsWith("\r") ? -1 : undefined);
    checkLength(data.length, this.#max);
    if (data !== "" && data.trim() !== "") emit({ data });
  }
}
