import type { WireWriter, WriteFrame } from "../dialects/dialect.js";
import type { RunReader } from "../runs/run-log.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { type Envelope, endsRun } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import { writeNdjson, writeSse } from "../stream/framing/write-frame.js";
import { isContent } from "../stream/is-content.js";
import type { BodySource } from "./call.js";

/** Settings of `RunFrames`. */
export interface RunFramesOptions {
  writer: WireWriter;
  framing: "sse" | "ndjson";
  /** The id that the answer has here, in place of the model's own. */
  id?: string;
  /** Frames that the client has: so many are left out. Default 0. */
  skip?: number;
  /** Whether each frame has its number as its id (SSE), counted from 1. Default false. */
  numbered?: boolean;
}

/** A run as the text of a streamed answer, one piece for each entry of its log. */
export class RunFrames implements BodySource {
  readonly keepAlive?: string;
  readonly #reader: RunReader;
  readonly #writer: WireWriter;
  readonly #encode: (frame: Parameters<WriteFrame>[0]) => string;
  readonly #id: string | undefined;
  readonly #numbered: boolean;
  #skip: number;
  #frames = 0;
  /** Entries that were read to see how the answer begins. */
  #opening: Envelope[] = [];
  /** The entry that was asked for when the patience ended. */
  #pending: Promise<Envelope | undefined> | undefined;
  #text = "";
  #over = false;

  constructor(reader: RunReader, { writer, framing, id, skip = 0, numbered = false }: RunFramesOptions) {
    this.#reader = reader;
    this.#writer = writer;
    this.#encode = framing === "sse" ? writeSse : writeNdjson;
    this.#id = id;
    this.#skip = skip;
    this.#numbered = numbered;
    // A comment, which readers of server-sent events skip (WHATWG HTML, 9.2.6).
    if (framing === "sse") this.keepAlive = ": keep-alive\n\n";
  }

  /**
   * Reads until the answer says something, or for `patienceMs`: an error that comes before is thrown, and can be answered
   * with its status.
   *
   * @throws {SluiceError} what ended the run before its first output.
   */
  async open(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, patienceMs, "late");
    });
    try {
      for (;;) {
        const pulled = this.#reader.next();
        const entry = pulled instanceof Promise ? await Promise.race([pulled, late]) : pulled;
        if (entry === "late") {
          this.#pending = Promise.resolve(pulled);
          return;
        }
        if (entry === undefined) return;
        if ("error" in entry) throw entry.error;
        this.#opening.push(entry);
        if (endsRun(entry) || entry.events.some(isContent)) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  next(): string | undefined | Promise<string | undefined> {
    while (!this.#over) {
      const pulled = this.#opening.shift() ?? this.#pull();
      if (pulled instanceof Promise) return pulled.then(this.#onEntry);
      const text = this.#take(pulled);
      if (text !== "") return text;
    }
    return undefined;
  }

  cancel(): void {
    this.#over = true;
    this.#reader.cancel();
  }

  readonly #onEntry = (entry: Envelope | undefined): string | undefined | Promise<string | undefined> => {
    const text = this.#take(entry);
    return text === "" ? this.next() : text;
  };

  #pull(): Envelope | undefined | Promise<Envelope | undefined> {
    try {
      const pulled = this.#pending ?? this.#reader.next();
      this.#pending = undefined;
      return pulled instanceof Promise ? pulled.catch((thrown) => this.#failure(thrown)) : pulled;
    } catch (thrown) {
      return this.#failure(thrown);
    }
  }

  /** What cannot be read any more ends the answer as a failed run does. */
  #failure(thrown: unknown): Envelope {
    return { run: "", seq: 0, at: Date.now(), error: SluiceError.from(thrown) };
  }

  #take(entry: Envelope | undefined): string {
    if (entry === undefined) this.#over = true;
    else if ("error" in entry) {
      this.#over = true;
      this.#writer.fail(entry.error, this.#write);
    } else {
      const { events } = entry;
      for (let i = 0; i < events.length; i++) this.#push(events[i] as ChatEvent);
      if (endsRun(entry)) {
        this.#over = true;
        this.#writer.end(this.#write);
      }
    }
    const text = this.#text;
    this.#text = "";
    return text;
  }

  #push(event: ChatEvent): void {
    const renamed = this.#id !== undefined && event.type === "start" ? { ...event, id: this.#id } : event;
    this.#writer.push(renamed, this.#write);
  }

  readonly #write: WriteFrame = (frame) => {
    this.#frames++;
    if (this.#skip > 0) this.#skip--;
    else this.#text += this.#encode(this.#numbered ? { ...frame, id: String(this.#frames) } : frame);
  };
}
