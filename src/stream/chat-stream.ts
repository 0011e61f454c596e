import type { BatchReader, BatchSource } from "./batch-source.js";
import type { ChatEvent, FinishReason } from "./chat-event.js";
import { between, boolean, callable, exactly, signal } from "./checks.js";
import { type ChunkUnit, checkChunks } from "./chunk-unit.js";
import { invalid, SluiceError } from "./error.js";
import type { AssistantMessage, ChatMessage } from "./message.js";
import { EventReader, TextReader } from "./readers.js";
import type { NestedOptions } from "./sources/nested-source.js";
import { opened } from "./sources/opened.js";
import { staged } from "./sources/staged.js";
import { teed } from "./sources/teed.js";
import type { SourceStage, Stage } from "./stage.js";
import { StreamReading } from "./stream-reading.js";
import type { Timing } from "./timing.js";
import type { Transcript } from "./transcript.js";
import type { Usage } from "./usage.js";

/** Settings of a `ChatStream`. */
export interface ChatStreamOptions {
  /** Ends the stream with error code `cancelled`. */
  signal?: AbortSignal | undefined;
  /** `false` keeps nothing of the answer; `fullText` and `message` are then refused. Default true. */
  retain?: boolean | undefined;
}

/** Settings of `readText`. */
export interface ReadTextOptions {
  /**
   * Called when text that was already read is void. Without it, reading ends with error code `retracted`.
   * What follows is the new answer from its beginning.
   */
  onRetract?: (reason: string) => void;
}

const STREAM = exactly("a stream", { signal, retain: boolean });
const READ_TEXT = exactly("readText", { onRetract: callable });
const TEE = exactly("tee", { bound: between(0, Number.POSITIVE_INFINITY) });

/**
 * A stream of chat events. It is cold: nothing is sent or read until somebody reads it or asks for one of its promises.
 * It has one reader; a second one gets error code `stream-locked`, and should use `tee()`.
 *
 * It ends with exactly one `finish`, or throws a `SluiceError` that carries what had arrived. Leaving the loop closes the
 * upstream connection at once.
 * @example
 * ```ts
 * import { stream } from "sluice";
 *
 * const answer = stream("openai/gpt-5-mini", "Hi");
 * for await (const event of answer) if (event.type === "text-delta") console.log(event.text);
 * console.log(await answer.usage, answer.timing.ttftMs);
 * ```
 */
export class ChatStream implements AsyncIterable<ChatEvent> {
  readonly #reading: StreamReading;
  readonly #retain: boolean;

  /** @throws {SluiceError} `invalid-argument` for what is no source, and for unknown options. */
  constructor(source: BatchSource, options: ChatStreamOptions = {}) {
    if (typeof source?.next !== "function") throw invalid("source", source, "a source of batches");
    if (!areOptions(options)) STREAM(options, "");
    this.#retain = options.retain ?? true;
    this.#reading = new StreamReading(source, { signal: options.signal, retain: this.#retain });
  }

  /**
   * A stream of events that are made elsewhere. The iterable must keep the laws: `start` first, one `finish` at the end. Each
   * event's form is checked, and the stream fails with `protocol` where one is malformed. The iterator's `return` is called
   * when the reader leaves.
   */
  static from(events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>, options?: ChatStreamOptions): ChatStream {
    const source = opened(async () => {
      const { IterableSource } = await import("./sources/iterable-source.js");
      return new IterableSource(() => events);
    });
    return new ChatStream(source, options);
  }

  /** Reads all events. */
  [Symbol.asyncIterator](): AsyncIterator<ChatEvent, undefined> {
    return new EventReader(this.#reading.claim("the events are being read"));
  }

  /** Reads the text deltas only. Ends with error code `retracted` if text that was read is taken back: see `readText`. */
  get text(): AsyncIterable<string> {
    return this.readText();
  }

  /**
   * Reads the text deltas only, with a say in what happens when text that was read is taken back.
   * @example
   * ```ts
   * import { fallback, stream } from "sluice";
   *
   * const answer = stream(fallback(["openai/gpt-5", "ollama/llama3.2"], { afterFirstDelta: "retract" }), "Hi");
   * for await (const text of answer.readText({ onRetract: () => console.clear() })) console.log(text);
   * ```
   */
  readText(options: ReadTextOptions = {}): AsyncIterable<string> {
    READ_TEXT(options, "");
    return {
      [Symbol.asyncIterator]: () => new TextReader(this.#reading.claim("the text is being read"), options.onRetract),
    };
  }

  /**
   * Reads the events as they arrived, in batches: for those who make a stream out of this one, and pay one `await` a
   * network read where iterating pays one an event. The caller is then the stream's one reader.
   */
  batches(): BatchReader {
    return this.#reading.claim("its batches are being read");
  }

  /**
   * Hands the events over to whoever makes another stream of them, which books them: this one then keeps nothing, measures
   * nothing, and has no promises to ask for. Whoever reads it gets what the source gives: nothing looks at it on the way.
   */
  source(): BatchSource {
    return this.#reading.handOver();
  }

  /** The whole text, once the stream is finished. Reads the stream if nobody else does. */
  get fullText(): Promise<string> {
    return this.#reading.whenFinished(() => this.#retained().text);
  }

  /** The whole answer as one message, once the stream is finished. Reads the stream if nobody else does. */
  get message(): Promise<AssistantMessage> {
    return this.#reading.whenFinished(() => this.#retained().message);
  }

  /** The whole answer as messages to append to a history: results of tools that ran here stand in tool messages. */
  get messages(): Promise<ChatMessage[]> {
    return this.#reading.whenFinished(() => this.#retained().messages);
  }

  /** Why the model stopped. Reads the stream if nobody else does. */
  get finishReason(): Promise<FinishReason> {
    return this.#reading.whenFinished((reason) => reason);
  }

  /**
   * Tokens used. Resolves with what is known when the reader leaves early; rejects when the stream fails (the error's
   * `partial.usage` has it then). Reads the stream if nobody else does.
   */
  get usage(): Promise<Usage> {
    return this.#reading.usage;
  }

  /** How fast the stream is. Live: may be read at any time. */
  get timing(): Timing {
    return this.#reading.timing;
  }

  /**
   * This stream with a stage in its way. This stream's reader is then the new one.
   *
   * @throws {SluiceError} `invalid-argument` for what is no stage.
   * @example
   * ```ts
   * import { paced, stream } from "sluice";
   *
   * const calm = stream("openai/gpt-5-mini", "Hi").through(paced({ charactersPerSecond: 60 }));
   * ```
   */
  through(stage: Stage | SourceStage): ChatStream {
    checkStage(stage);
    const source = this.#reading.claim("a stage reads it");
    return new ChatStream("source" in stage ? stage.source(source) : staged(source, stage), { retain: this.#retain });
  }

  /**
   * The same stream with its text cut anew, `n` units a delta; the last delta before anything else may be shorter. No
   * character is lost or changed.
   *
   * @param n a whole number of at least 1.
   * @param unit `token` (default; an estimate that depends on the text alone), `word` or `char` (a code point).
   * @throws {SluiceError} `invalid-argument`.
   * @example
   * ```ts
   * import { stream } from "sluice";
   *
   * for await (const words of stream("openai/gpt-5-mini", "Hi").chunked(5, "word").text) console.log(words);
   * ```
   */
  chunked(n: number, unit: ChunkUnit = "token"): ChatStream {
    checkChunks(n, unit);
    return this.through({
      source: (source) =>
        opened(
          async () => staged(source, (await import("./chunk-stage.js")).chunkStage(n, unit)),
          (reason) => source.cancel(reason),
        ),
    });
  }

  /**
   * Two streams of the same events. The slower side sets the pace: the other may run one network read ahead, or `bound`
   * events. Read both at the same time, or give `bound: Infinity` to read one after the other. The source is cancelled
   * when both sides have left.
   *
   * @throws {SluiceError} `invalid-argument` when `bound` is not a number of at least 0.
   * @example
   * ```ts
   * import { stream } from "sluice";
   *
   * const [shown, stored] = stream("openai/gpt-5-mini", "Hi").tee();
   * const kept = stored.message; // reads that side while the other is shown
   * for await (const text of shown.text) console.log(text);
   * console.log(await kept);
   * ```
   */
  tee(options: { bound?: number } = {}): [ChatStream, ChatStream] {
    TEE(options, "");
    const { bound = 0 } = options;
    // Looked at before this stream has a reader: one whose argument is refused stays readable.
    if (!(bound >= 0)) throw invalid("bound", bound, "a number of at least 0, or Infinity");
    const [one, other] = teed(this.#reading.claim("tee() reads it"), bound);
    const side = (source: BatchSource) => new ChatStream(source, { retain: this.#retain });
    return [side(one), side(other)];
  }

  /**
   * The stream of somebody inside, as it was emitted there: the first inner stream of that name, or the one for a tool call.
   * This stream's reader is then the inner one, and leaving it leaves both: use `tee()` to read both.
   *
   * @param from the name of the step, tool or agent, as `nested` events have it.
   * @throws {SluiceError} when read: `not-found` where this stream ends without it.
   * @example
   * ```ts
   * import { model, stream, withTools } from "sluice";
   * import { asTool } from "sluice/tools";
   *
   * const poet = asTool(model("openai/gpt-5-mini"), { name: "poet", description: "Writes verse." });
   * const desk = withTools(model("openai/gpt-5"), [poet]);
   * for await (const text of stream(desk, "A verse, please.").nested("poet").text) console.log(text);
   * ```
   */
  nested(from: string, options: NestedOptions = {}): ChatStream {
    return this.through({
      source: (outer) =>
        opened(
          async () => (await import("./sources/nested-source.js")).nestedSource(outer, from, options),
          (reason) => outer.cancel(reason),
        ),
    });
  }

  /**
   * Ends the stream now: the upstream connection closes, a reader gets error code `cancelled`, `usage` resolves with what
   * is known. Where the whole answer had arrived and not been read, the reader is stopped and the promises still resolve.
   * @example
   * ```ts
   * import { stream } from "sluice";
   *
   * const answer = stream("openai/gpt-5-mini", "Hi");
   * setTimeout(() => answer.cancel("took too long"), 10_000);
   * console.log(await answer.usage); // what is known, if it was cancelled
   * ```
   */
  cancel(reason?: unknown): void {
    this.#reading.stop(reason);
  }

  #retained(): Transcript {
    if (this.#retain) return this.#reading.transcript;
    throw new SluiceError("unsupported", "a stream opened with `retain: false` keeps nothing of the answer");
  }
}

/** Whether they are right, for what each stream pays: names and kinds are looked at by hand, and in words only where they are wrong. */
function areOptions(options: ChatStreamOptions): boolean {
  for (const name in options) if (name !== "signal" && name !== "retain") return false;
  if (typeof options !== "object" || options === null) return false;
  const { signal, retain } = options;
  return (
    (signal === undefined || signal instanceof AbortSignal) && (retain === undefined || typeof retain === "boolean")
  );
}

/** Looked at before this stream has a reader: one whose argument is refused stays readable. */
function checkStage(stage: unknown): void {
  const { push, source, end }: { push?: unknown; source?: unknown; end?: unknown } = Object(stage);
  const fits = typeof (source ?? push) === "function" && typeof (end ?? push ?? source) === "function";
  if (!fits) throw invalid("stage", stage, "an object with push and end, or with source");
}
