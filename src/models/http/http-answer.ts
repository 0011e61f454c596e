import { type JsonValue, parseExactJson } from "../../base/json.js";
import type { CallingDialect, WireReader } from "../../dialects/dialect.js";
import type { Batch, BatchSource, BatchTaker } from "../../stream/batch-source.js";
import type { ChatEvent, StartEvent, Warning } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame, FrameReader } from "../../stream/framing/frame.js";
import { NdjsonReader } from "../../stream/framing/ndjson-reader.js";
import { SseReader } from "../../stream/framing/sse-reader.js";
import type { TextDecoding } from "../../stream/framing/text-decoding.js";
import type { BegunAnswer, HttpCall } from "./http-call.js";
import { noAnswer } from "./no-answer.js";

/** What the answer to a call is. */
export interface Expected {
  dialect: CallingDialect;
  /** The model as the provider names it. */
  model: string;
  /** Whether frames were asked for, rather than one body. */
  streaming: boolean;
  /** Options that were not sent as they were given. */
  warnings: Warning[];
}

/** The largest answer in one body, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** How many blanks may come before an answer, in bytes. */
const MAX_BLANK_BYTES = 1024 * 1024;

/** The first characters of JSON, whole or a line each. A web page begins with `<`, and all else are events. */
const JSON_BEGINS = "{[";

/** Bytes that are parsed at once. */
const PARSED_BYTES = 16 * 1024;

/** Line ends, tabs, blanks, and the three bytes of a byte order mark. */
const BLANKS = [0x0a, 0x0d, 0x09, 0x20, 0xef, 0xbb, 0xbf];

/** How a body begins, as far as it is known. */
interface Beginning {
  /** The pieces that are not all blanks. */
  pieces: Uint8Array[];
  /** The first character that is no blank, and the one after it. */
  found: string;
  /** How many bytes before it were blanks, in pieces of nothing else. */
  blanks: number;
}

/** The events of one answer over HTTP: each network read is one batch. Its bytes come from the call. */
export class HttpAnswer implements BatchSource {
  readonly #call: HttpCall;
  readonly #expected: Expected;
  #framing: FrameReader | undefined;
  #reader: WireReader | undefined;
  /** Bytes that were taken from the call and not parsed yet. */
  #unparsed: Uint8Array[] = [];
  /** Events of the read that is being parsed. */
  #out: ChatEvent[] = [];
  /** The first object of a body of JSON, until it is known whether it is the only one; `none` before it came. */
  #only: Frame | "none" | undefined;
  /** Whether any frame came. */
  #began = false;
  /** Whether a `start` was emitted. */
  #started = false;
  #finished = false;
  /** While it is looked for why there was no answer. */
  #explaining: Promise<void> | undefined;
  /** Thrown once the events before it have been handed out. */
  #failure: SluiceError | undefined;

  private constructor(call: HttpCall, expected: Expected) {
    this.#call = call;
    this.#expected = expected;
  }

  /** Looks at what an answer is, once its head has come. Without a promise, where the bytes that tell are there. */
  static begin(call: HttpCall, expected: Expected, begun: BegunAnswer): HttpAnswer | Promise<HttpAnswer> {
    const answer = new HttpAnswer(call, expected);
    const first = answer.#firstCharacters({ pieces: [], found: "", blanks: 0 });
    return first instanceof Promise ? first.then((found) => answer.#begin(begun, found)) : answer.#begin(begun, first);
  }

  /** The call is left by whoever made it, and this answer with it. */
  cancel(): void {}

  #begin({ head, decoding }: BegunAnswer, [first = "", second = ""]: string): this | Promise<this> {
    const { streaming } = this.#expected;
    if (first === "<") return import("./odd-answers.js").then(({ refusePage }) => refusePage(this.#call, head));
    const json = JSON_BEGINS.includes(first) && first !== "";
    // What an answer is counts, and not what it is called: gateways label events as JSON, and JSON as events.
    const labelled = /^application\/([\w.-]+\+)?json\b/i.test(head.headers["content-type"]?.trim() ?? "");
    const lines = json && this.#expected.dialect.framing === "ndjson" && !labelled && !"\r\n".includes(second);
    const read = () => this.#readFrames(json, lines, decoding);
    const begin = () => (!streaming && (json || first === "") ? this.#readBody(read) : read());
    // What may be an answer in one body needs the code for those.
    const loading = json && !lines ? this.#expected.dialect.load?.() : undefined;
    return loading === undefined ? begin() : loading.then(begin);
  }

  #readFrames(json: boolean, lines: boolean, decoding: TextDecoding | undefined): this {
    const framing = { ...(decoding && { decoding }), ...(json && !lines && { maxFrameLength: MAX_BODY_BYTES }) };
    this.#framing = lines ? new NdjsonReader(framing) : new SseReader(framing);
    this.#only = json && !lines ? "none" : undefined;
    this.#reader = this.#expected.dialect.reader();
    return this;
  }

  /** The first character of the body that is no blank, and the one after it; "" if there is none. */
  #firstCharacters(beginning: Beginning): string | Promise<string> {
    for (;;) {
      const more = this.#call.take();
      for (const piece of more) {
        if (beginning.found.length < 2) beginning.found = begun(beginning.found, piece);
        // Blanks before an answer, which some services send while they wait, mean nothing in any form of it.
        if (beginning.found === "") beginning.blanks += piece.length;
        else beginning.pieces.push(piece);
      }
      const { found, pieces, blanks } = beginning;
      if (blanks > MAX_BLANK_BYTES && found === "") throw noAnswer("is no stream", "nothing but blanks");
      if (found.length === 2 || (more.length === 0 && this.#call.over)) {
        this.#call.putBack(pieces);
        return found;
      }
      const wait = more.length === 0 ? this.#call.wait() : undefined;
      if (wait !== undefined) return wait.then(() => this.#firstCharacters(beginning));
    }
  }

  /** Reads a body that is one answer. @param readFrames where it is JSON on lines, which nobody asked for. */
  async #readBody(readFrames: () => this): Promise<this> {
    const { bodyIn } = await import("./odd-answers.js");
    const body = await bodyIn(this.#call);
    if (body === undefined) return readFrames();
    this.#readWhole(body);
    return this;
  }

  #readWhole(body: JsonValue): void {
    for (const event of this.#expected.dialect.readBody(body)) {
      this.#emit(event.type === "start" ? { ...event, simulated: true } : event);
    }
  }

  /** The batch of the next network read. */
  next(): Batch | undefined | Promise<Batch | undefined> {
    const pulled = this.#pull();
    return pulled instanceof Promise ? pulled.then(() => this.next()) : pulled;
  }

  nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    let pulled: Batch | undefined | Promise<void>;
    try {
      pulled = this.#pull();
    } catch (thrown) {
      return taker.failure(thrown);
    }
    return pulled instanceof Promise ? pulled.then(() => this.nextInto(taker)) : taker.batch(pulled);
  }

  /** The next batch, or a promise that more may be there. */
  #pull(): Batch | undefined | Promise<void> {
    const call = this.#call;
    for (;;) {
      if (this.#out.length > 0) return this.#take();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#finished) return undefined;
      const loading = this.#explaining ?? this.#reader?.loading;
      if (loading !== undefined) return loading.catch(this.#fail);
      const pieces = this.#takeSome();
      if (pieces.length === 0 && !call.over) {
        const wait = call.wait(this.#reader?.ending);
        if (wait !== undefined) return wait;
      } else {
        this.#read(pieces);
      }
    }
  }

  #take(): Batch {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** What arrived, up to `PARSED_BYTES`: a slow reader keeps few bytes as events, and the rest as they came. */
  #takeSome(): readonly Uint8Array[] {
    if (this.#unparsed.length === 0) {
      const taken = this.#call.take();
      if (taken.length === 0 || (taken.length === 1 && (taken[0]?.length ?? 0) <= PARSED_BYTES)) return taken;
      this.#unparsed = [...taken];
    }
    const some: Uint8Array[] = [];
    for (let room = PARSED_BYTES; room > 0; ) {
      const piece = this.#unparsed.shift();
      if (piece === undefined) break;
      some.push(piece.length > room ? piece.subarray(0, room) : piece);
      if (piece.length > room) this.#unparsed.unshift(piece.subarray(room));
      room -= piece.length;
    }
    return some;
  }

  /** The events of some bytes; without bytes, those of the body's end. Keeps a failure for the next time. */
  #read(pieces: readonly Uint8Array[]): void {
    try {
      if (pieces.length === 0) this.#readEnd();
      for (const piece of pieces) this.#framing?.push(piece, this.#onFrame);
      // The end marker ends, whatever the connection does; what came in the same read was looked at.
      const isOver = this.#reader?.complete && !this.#finished && this.#unparsed.length === 0;
      if (isOver) this.#reader?.end(this.#emit);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  readonly #fail = (thrown: unknown): void => {
    this.#failure = SluiceError.from(thrown, "protocol");
  };

  #readEnd(): void {
    this.#framing?.end(this.#onFrame);
    // The end is read again when that is there.
    if (this.#reader?.loading !== undefined) return;
    this.#readOnly();
    const { failure } = this.#call;
    // Once an answer has its finish reason, how the connection ended carries no meaning.
    if (failure !== undefined && !this.#finished && !this.#reader?.ending) throw failure;
    try {
      if (!this.#finished) this.#reader?.end(this.#emit);
      if (!this.#finished)
        throw new SluiceError("truncated", "the answer ended before its finish", { retryable: true });
    } catch (thrown) {
      const stray = this.#framing?.stray?.trim() ?? "";
      if (stray === "") throw thrown;
      this.#explaining = this.#explain(stray, thrown);
    }
  }

  /** A server or proxy that answers otherwise, or breaks an answer off, may say why, in no form of any protocol. */
  async #explain(stray: string, thrown: unknown): Promise<void> {
    const { strayFailure } = await import("./odd-answers.js");
    this.#fail(strayFailure(stray, this.#began, SluiceError.from(thrown, "protocol")));
  }

  readonly #onFrame = (frame: Frame): void => {
    if (this.#finished) return;
    if (this.#only === "none") {
      // It may be all there is: then it is a whole answer.
      this.#only = frame;
      return;
    }
    if (this.#only !== undefined) {
      this.#reader?.push(this.#only, this.#emit);
      this.#only = undefined;
    }
    this.#began = true;
    this.#reader?.push(frame, this.#emit);
  };

  /** The body was one JSON object. */
  #readOnly(): void {
    const only = this.#only;
    this.#only = undefined;
    if (only === undefined || only === "none" || this.#finished) return;
    this.#began = true;
    this.#readWhole(parseExactJson(only.data));
  }

  readonly #emit = (event: ChatEvent): void => {
    this.#out.push(event.type === "start" ? this.#complete(event) : event);
    if (event.type !== "finish") return;
    this.#finished = true;
    this.#call.finish();
  };

  /** The first `start`, with what only the call knows of it. */
  #complete(start: StartEvent): StartEvent {
    if (this.#started) return start;
    this.#started = true;
    const { warnings, model } = this.#expected;
    const named = start.model === "" ? { ...start, model } : start;
    return warnings.length === 0 ? named : { ...named, warnings: [...(named.warnings ?? []), ...warnings] };
  }
}

/** The first two characters of a body that are known with this piece of it, without blanks before them. */
function begun(before: string, piece: Uint8Array): string {
  let found = before;
  for (let at = 0; at < piece.length && found.length < 2; at++) {
    const byte = piece[at] ?? 0;
    if (found !== "" || !BLANKS.includes(byte)) found += String.fromCharCode(byte);
  }
  return found;
}
