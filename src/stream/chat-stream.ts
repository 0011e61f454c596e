import { onAbort } from "../base/on-abort.js";
import type { Batch, BatchReader, BatchSource, BatchTaker } from "./batch-source.js";
import type { ChatEvent, FinishReason } from "./chat-event.js";
import { between, boolean, callable, exactly, signal } from "./checks.js";
import { type ChunkUnit, chunkStage } from "./chunk-stage.js";
import { invalid, SluiceError } from "./error.js";
import { EventLaws } from "./event-laws.js";
import type { AssistantMessage, ChatMessage } from "./message.js";
import { plainText } from "./plain-text.js";
import { nextThen, readInto, TakerChain } from "./read-into.js";
import { ReadQueue } from "./read-queue.js";
import { EventReader, TextReader } from "./readers.js";
import { Broadcast } from "./sources/broadcast.js";
import { IterableSource } from "./sources/iterable-source.js";
import { type NestedOptions, nestedSource } from "./sources/nested-source.js";
import { staged } from "./sources/staged.js";
import type { SourceStage, Stage } from "./stage.js";
import { StreamTiming, type Timing } from "./timing.js";
import { Transcript } from "./transcript.js";
import type { Usage } from "./usage.js";
import { WholeCharacters } from "./whole-characters.js";

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

type Outcome = { type: "open" } | { type: "finished"; reason: FinishReason } | { type: "failed"; error: SluiceError };

interface Waiter {
  promise: Promise<void>;
  settle: () => void;
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
  readonly #source: BatchSource;
  readonly #signal: AbortSignal | undefined;
  readonly #retain: boolean;
  readonly #transcript: Transcript;
  readonly #characters = new WholeCharacters();
  readonly #timing = new StreamTiming();
  readonly #laws = new EventLaws();
  readonly #queue = new ReadQueue();
  #reader: string | undefined;
  #claimed: BatchReader | undefined;
  #waitingSince = 0;
  #begun = false;
  /** Whether another stream books what passes. */
  #handedOver = false;
  #outcome: Outcome = { type: "open" };
  #over: Waiter | undefined;
  /** Stops listening to the signal. */
  #callOff: (() => void) | undefined;

  constructor(source: BatchSource, options: ChatStreamOptions = {}) {
    this.#source = source;
    this.#signal = options.signal;
    this.#retain = options.retain ?? true;
    this.#transcript = new Transcript(this.#retain);
  }

  /**
   * A stream of events that are made elsewhere. The iterable must keep the laws: `start` first, one `finish` at the end. Each
   * event's form is checked, and the stream fails with `protocol` where one is malformed. The iterator's `return` is called
   * when the reader leaves.
   */
  static from(events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>, options?: ChatStreamOptions): ChatStream {
    if (options !== undefined) STREAM(options, "");
    return new ChatStream(new IterableSource(() => events), options);
  }

  /** Reads all events. */
  [Symbol.asyncIterator](): AsyncIterator<ChatEvent, undefined> {
    return new EventReader(this.#claim("the events are being read"));
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
      [Symbol.asyncIterator]: () => new TextReader(this.#claim("the text is being read"), options.onRetract),
    };
  }

  /**
   * Reads the events as they arrived, in batches: for those who make a stream out of this one, and pay one `await` a
   * network read where iterating pays one an event. The caller is then the stream's one reader.
   */
  batches(): BatchReader {
    return this.#claim("its batches are being read");
  }

  /**
   * Hands the events over to whoever makes another stream of them, which books them: this one then keeps nothing, measures
   * nothing, and has no promises to ask for. Whoever reads it gets what the source gives: nothing looks at it on the way.
   */
  source(): BatchSource {
    // Where somebody waits for this stream's end, or it listens to a signal, it has to see what passes.
    if (this.#over !== undefined || this.#signal !== undefined) return this.batches();
    this.#claim("another stream is made of it");
    this.#handedOver = true;
    return this.#source;
  }

  /** The whole text, once the stream is finished. Reads the stream if nobody else does. */
  get fullText(): Promise<string> {
    return this.#whenFinished(() => this.#kept().text);
  }

  /** The whole answer as one message, once the stream is finished. Reads the stream if nobody else does. */
  get message(): Promise<AssistantMessage> {
    return this.#whenFinished(() => this.#kept().message);
  }

  /** The whole answer as messages to append to a history: results of tools that ran here stand in tool messages. */
  get messages(): Promise<ChatMessage[]> {
    return this.#whenFinished(() => this.#kept().messages);
  }

  /** Why the model stopped. Reads the stream if nobody else does. */
  get finishReason(): Promise<FinishReason> {
    return this.#whenFinished((reason) => reason);
  }

  /**
   * Tokens used. Resolves with what is known when the reader leaves early; rejects when the stream fails (the error's
   * `partial.usage` has it then). Reads the stream if nobody else does.
   */
  get usage(): Promise<Usage> {
    const usage = this.#whenOver().then(() => {
      const outcome = this.#outcome;
      if (outcome.type === "failed" && outcome.error.code !== "cancelled") throw outcome.error;
      return this.#transcript.usage;
    });
    return quiet(usage);
  }

  /** How fast the stream is. Live: may be read at any time. */
  get timing(): Timing {
    return this.#timing;
  }

  /**
   * This stream with a stage in its way. This stream's reader is then the new one.
   * @example
   * ```ts
   * import { paced, stream } from "sluice";
   *
   * const calm = stream("openai/gpt-5-mini", "Hi").through(paced({ charactersPerSecond: 60 }));
   * ```
   */
  through(stage: Stage | SourceStage): ChatStream {
    const source = this.#claim("a stage reads it");
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
    return this.through(chunkStage(n, unit));
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
    const shared = new Broadcast(this.#claim("tee() reads it"));
    const side = () => new ChatStream(shared.reader({ bound }), { retain: this.#retain });
    return [side(), side()];
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
    return new ChatStream(nestedSource(this.#claim("an inner stream is read"), from, options), {
      retain: this.#retain,
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
    if (this.#outcome.type === "failed") return;
    const error = new SluiceError("cancelled", "the stream was cancelled", { cause: reason });
    const arrived = this.#outcome.type === "finished";
    const cancelled = arrived ? error.with({ partial: this.#transcript.partial }) : this.#abandon(error);
    if (this.#claimed !== undefined) this.#claimed.cancelled = cancelled;
  }

  /** Makes the caller the one reader. */
  #claim(by: string): BatchReader {
    if (this.#reader !== undefined) {
      throw locked(`${this.#reader}: use tee() to read it twice`);
    }
    this.#reader = by;
    this.#claimed = {
      next: () => (this.#queue.busy ? this.#queue.after(() => this.#next()) : this.#next()),
      nextInto: (taker) => this.#nextInto(taker),
      cancel: (reason) => this.#leave(reason),
      fail: (error) => this.#abandon(error),
    };
    return this.#claimed;
  }

  #leave(reason: unknown): void {
    this.#stopListening();
    if (this.#outcome.type === "open") this.cancel(reason);
  }

  #next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#outcome.type === "finished") {
      this.#stopListening();
      return undefined;
    }
    if (this.#outcome.type === "failed") throw this.#outcome.error;
    if (!this.#begun) this.#begin();
    return this.#waits(readInto(this.#source, this.#taker));
  }

  #nextInto<T>(taker: BatchTaker<T>): T | Promise<T> {
    if (this.#queue.busy) return this.#queue.after(() => this.#next()).then(taker.batch, taker.failure);
    if (this.#outcome.type !== "open" || !this.#begun) return nextThen({ next: () => this.#next() }, taker);
    return this.#waits(readInto(this.#source, this.#chain.before(taker)));
  }

  #waits<T>(read: T | Promise<T>): T | Promise<T> {
    if (!(read instanceof Promise)) return read;
    this.#waitingSince = performance.now();
    return this.#queue.waits(read);
  }

  // Made once and not at each read.
  readonly #taker: BatchTaker<Batch | undefined> = {
    batch: (batch) => {
      this.#settled();
      return this.#accept(batch);
    },
    failure: (thrown) => {
      this.#queue.settled();
      throw this.#fail(thrown);
    },
  };
  readonly #chain = new TakerChain(this.#taker);

  #settled(): void {
    if (!this.#queue.waiting) return;
    this.#queue.settled();
    this.#timing.waited(this.#waitingSince);
  }

  #begin(): void {
    this.#begun = true;
    this.#timing.begin();
    const signal = this.#signal;
    if (signal === undefined) return;
    if (signal.aborted) {
      this.cancel(signal.reason);
      throw this.#failure();
    }
    this.#callOff = onAbort(signal, () => this.cancel(signal.reason));
  }

  /** Books what came in, and holds the source to the laws. */
  #accept(batch: Batch | undefined): Batch | undefined {
    if (this.#outcome.type === "failed") throw this.#outcome.error;
    if (batch === undefined) {
      throw this.#fail(new SluiceError("truncated", "the stream ended without a finish", { retryable: true }));
    }
    if (!this.#laws.started) this.#expectStart(batch);
    const plain = this.#characters.waiting ? undefined : plainText(batch);
    if (plain !== undefined) {
      this.#transcript.pushText(plain);
      this.#timing.passed(batch.length);
      return batch;
    }
    return this.#bookAll(this.#characters.complete(batch));
  }

  #bookAll(batch: Batch): Batch {
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i] as ChatEvent;
      this.#book(event);
      if (event.type === "finish") {
        this.#end({ type: "finished", reason: event.reason });
        return i === batch.length - 1 ? batch : batch.slice(0, i + 1);
      }
    }
    return batch;
  }

  #expectStart(batch: Batch): void {
    const first = batch[0]?.type;
    if (first !== "start") {
      throw this.#abandon(
        new SluiceError("protocol", `a stream begins with start, not with ${first ?? "an empty batch"}`),
      );
    }
  }

  /** A source that is not ours may give anything: what cannot be booked ends the stream. */
  #book(event: ChatEvent): void {
    try {
      this.#laws.check(event);
      this.#transcript.push(event);
      this.#timing.event(event);
    } catch (thrown) {
      throw this.#fail(SluiceError.from(thrown, "protocol"));
    }
  }

  /** Fails from this side, unless the stream is over. */
  #abandon(error: SluiceError): SluiceError {
    return this.#outcome.type === "finished" ? error : this.#fail(error);
  }

  /** The upstream is cancelled in any case: a stage or a guard may have failed in the middle of an answer. */
  #fail(thrown: unknown): SluiceError {
    if (this.#outcome.type === "failed") return this.#outcome.error;
    const error = SluiceError.from(thrown).with({ partial: this.#transcript.partial });
    this.#end({ type: "failed", error });
    this.#source.cancel(error);
    return error;
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#timing.finish();
    // A finished stream listens until its reader has seen the end.
    if (outcome.type === "failed") this.#stopListening();
    this.#over?.settle();
  }

  #stopListening(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #failure(): SluiceError {
    return this.#outcome.type === "failed"
      ? this.#outcome.error
      : new SluiceError("protocol", "the stream did not fail");
  }

  #kept(): Transcript {
    if (this.#retain) return this.#transcript;
    throw new SluiceError("unsupported", "a stream opened with `retain: false` keeps nothing of the answer");
  }

  #whenFinished<T>(value: (reason: FinishReason) => T): Promise<T> {
    const result = this.#whenOver().then(() => {
      if (this.#outcome.type !== "finished") throw this.#failure();
      return value(this.#outcome.reason);
    });
    return quiet(result);
  }

  /** Settles when the stream is over; reads it to the end if nobody has begun to by the next microtask. */
  #whenOver(): Promise<void> {
    if (this.#outcome.type !== "open") return Promise.resolve();
    if (this.#handedOver) return Promise.reject(locked("another stream is made of it: ask that one"));
    if (this.#over === undefined) {
      let settle = () => {};
      const promise = new Promise<void>((resolve) => {
        settle = resolve;
      });
      this.#over = { promise, settle };
    }
    // A reader that comes in the same turn goes first.
    queueMicrotask(() => {
      if (this.#reader === undefined) void drain(this.#claim("it is being read to its end"));
    });
    return this.#over.promise;
  }
}

function locked(why: string): SluiceError {
  return new SluiceError("stream-locked", `a stream has one reader, and ${why}`);
}

/** A failure has been booked in the stream when this ends: whoever asks for a promise gets it. */
async function drain(source: BatchSource): Promise<void> {
  try {
    while ((await source.next()) !== undefined);
  } catch {
    // The stream's promises carry the error.
  }
}

/** A promise that may be left unread without an unhandled rejection. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
