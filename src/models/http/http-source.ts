import type { CallingDialect, WireReader } from "../../dialects/dialect.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent, StartEvent, Warning } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame, FrameReader } from "../../stream/framing/frame.js";
import { NdjsonReader } from "../../stream/framing/ndjson-reader.js";
import { SseReader } from "../../stream/framing/sse-reader.js";
import type { TextDecoding } from "../../stream/framing/text-decoding.js";
import { isContent } from "../../stream/is-content.js";
import type { HttpCall } from "./http-call.js";
import type { ResponseHead } from "./transport.js";

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
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** How much is read of a web page that came in its place, in bytes. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** Bytes that are parsed at once. */
const PARSED_BYTES = 16 * 1024;

/** The events of one HTTP call: each network read is one batch. */
export class HttpSource implements BatchSource {
  readonly #call: HttpCall;
  readonly #expected: Expected;
  #framing: FrameReader | undefined;
  #reader: WireReader | undefined;
  /** Bytes that were taken from the call and not parsed yet. */
  #unparsed: Uint8Array[] = [];
  /** Events of the read that is being parsed. */
  #out: ChatEvent[] = [];
  /** Events that came before the first content: not said until it is known that this attempt answers. */
  #held: ChatEvent[] = [];
  #opened = false;
  /** Whether events were handed out, so that the call cannot be made again. */
  #answering = false;
  #finished = false;
  /** Thrown once the events before it have been handed out. */
  #failure: SluiceError | undefined;

  constructor(call: HttpCall, expected: Expected) {
    this.#call = call;
    this.#expected = expected;
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#opened) return this.#pull();
    this.#opened = true;
    return this.#open();
  }

  cancel(reason: unknown): void {
    this.#call.cancel(SluiceError.from(reason, "cancelled"));
  }

  async #open(): Promise<Batch> {
    try {
      await this.#call.run((head, decoding) => this.#begin(head, decoding));
    } catch (thrown) {
      this.#failure = SluiceError.from(thrown);
      // What the provider said before it failed may tell what was spent.
      if (this.#held[0]?.type !== "start") throw thrown;
    }
    return this.#release();
  }

  /** Reads until there is something to say. */
  async #begin(head: ResponseHead, decoding: TextDecoding | undefined): Promise<void> {
    const { dialect, streaming } = this.#expected;
    this.#held = [];
    this.#unparsed = [];
    this.#failure = undefined;
    const type = head.headers["content-type"]?.trim().toLowerCase() ?? "";
    if (type.startsWith("text/html")) throw await this.#webPage();
    if (!streaming || /^application\/([\w.-]+\+)?json\b/.test(type)) return this.#readBody();
    const framing = decoding === undefined ? {} : { decoding };
    this.#framing = dialect.framing === "sse" ? new SseReader(framing) : new NdjsonReader(framing);
    this.#reader = dialect.reader();
    do {
      const batch = await this.#pull();
      if (batch !== undefined) this.#held.push(...batch);
    } while (!this.#finished && !this.#held.some(isContent));
  }

  async #readBody(): Promise<void> {
    this.#held = this.#expected.dialect.readBody(await this.#call.readJson(MAX_BODY_BYTES));
    const start = this.#held[0];
    if (start?.type === "start") this.#held[0] = { ...start, simulated: true };
    this.#finished = true;
    this.#call.finish();
  }

  async #webPage(): Promise<SluiceError> {
    const page = await this.#call.readText(MAX_PAGE_BYTES);
    return new SluiceError("malformed-frame", "the answer is a web page: is the base URL right?", {
      frame: page.slice(0, 500),
    });
  }

  /** The batch of the next network read. */
  #pull(): Batch | undefined | Promise<Batch | undefined> {
    const call = this.#call;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#finished) return undefined;
      const pieces = this.#takeSome();
      if (pieces.length === 0 && !call.over) {
        const wait = call.wait();
        if (wait !== undefined) return wait.then(this.#pullAgain);
      } else {
        const batch = this.#read(pieces);
        if (batch !== undefined) return batch;
      }
    }
  }

  /** What arrived, up to `PARSED_BYTES`: a slow reader keeps few bytes as events, and the rest as they came. */
  #takeSome(): readonly Uint8Array[] {
    if (this.#unparsed.length === 0) this.#unparsed = [...this.#call.take()];
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

  readonly #pullAgain = (): Batch | undefined | Promise<Batch | undefined> => this.#pull();

  /** The events of some bytes; without bytes, those of the body's end. Keeps a failure for the next time. */
  #read(pieces: readonly Uint8Array[]): Batch | undefined {
    try {
      if (pieces.length === 0) this.#readEnd();
      for (const piece of pieces) this.#framing?.push(piece, this.#onFrame);
    } catch (thrown) {
      const error = SluiceError.from(thrown, "protocol");
      this.#failure = this.#answering ? this.#call.fail(error) : error;
    }
    if (this.#out.length === 0) return undefined;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #readEnd(): void {
    // Once the end marker has come, how the connection ended carries no meaning.
    if (this.#call.failure !== undefined && !this.#reader?.complete) throw this.#call.failure;
    this.#framing?.end(this.#onFrame);
    if (!this.#finished) this.#reader?.end(this.#emit);
    if (!this.#finished) throw new SluiceError("truncated", "the answer ended before its finish", { retryable: true });
  }

  readonly #onFrame = (frame: Frame): void => {
    if (!this.#finished) this.#reader?.push(frame, this.#emit);
  };

  readonly #emit = (event: ChatEvent): void => {
    this.#out.push(event);
    if (event.type !== "finish") return;
    this.#finished = true;
    this.#call.finish();
  };

  /** The first events, with what only the call knows of them. From here on nothing is sent again. */
  #release(): Batch {
    this.#answering = true;
    if (this.#failure !== undefined) this.#failure = this.#call.fail(this.#failure);
    const held = this.#held;
    this.#held = [];
    const start = held[0];
    if (start?.type === "start") held[0] = this.#complete(start);
    return held;
  }

  #complete(start: StartEvent): StartEvent {
    const { warnings, model } = this.#expected;
    const named = start.model === "" ? { ...start, model } : start;
    return warnings.length === 0 ? named : { ...named, warnings: [...(named.warnings ?? []), ...warnings] };
  }
}
