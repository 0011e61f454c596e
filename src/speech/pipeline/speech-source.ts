import { type Clock, systemClock } from "../../base/clock.js";
import type { Batch, BatchReader, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { PieceMaker } from "./piece-maker.js";
import type { ResolvedSpeechOptions } from "./speech-options.js";
import { SpeechQueue } from "./speech-queue.js";

/** Events that may wait for the reader before the model is read no further. */
const MAX_READY = 256;
/** How often is asked whether enough was played to go on, in ms. */
const PLAYBACK_CHECK_MS = 50;

/** A stream whose text is spoken: its own events at once, and sentences and audio between them, in order. */
export class SpeechSource implements BatchSource {
  readonly #claim: BatchReader;
  readonly #options: ResolvedSpeechOptions;
  readonly #clock: Clock;
  readonly #speech: SpeechQueue;
  #maker: PieceMaker;
  #ready: ChatEvent[] = [];
  #wake: (() => void) | undefined;
  #begun = false;
  #pulling = false;
  #ended = false;
  /** What ends the stream, once all is spoken. */
  #finish: ChatEvent | undefined;
  #failure: { thrown: unknown } | undefined;
  #over = false;
  /** Text of the answer, in UTF-16 code units. */
  #length = 0;
  /** The same when the attempt or step began that a `retract` makes void. */
  #lengthAtStart = 0;
  /** The first sentence after it whose audio is out. */
  #firstIndex: number | undefined;
  /** Since when text waits for the end of its sentence. */
  #waitingSince: number | undefined;
  #stopTimer: (() => void) | undefined;
  #stopCheck: (() => void) | undefined;

  constructor(claim: BatchReader, options: ResolvedSpeechOptions) {
    this.#claim = claim;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#maker = this.#newMaker();
    this.#speech = new SpeechQueue(options, {
      ready: (events) => this.#spoken(events),
      failed: (error) => this.#fail(error),
      changed: () => this.#work(),
    });
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (!this.#begun) {
      this.#begun = true;
      // The synthesis of the first sentence reports what is wrong.
      this.#options.voice.prepare?.().catch(() => {});
    }
    this.#work();
    const batch = this.#take();
    if (batch !== undefined || this.#over) return batch;
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#wake = undefined;
        try {
          resolve(this.#take());
        } catch (thrown) {
          reject(thrown);
        }
      };
    });
  }

  cancel(reason: unknown): void {
    if (this.#over) return;
    this.#stop(reason);
    this.#ready = [];
    this.#claim.cancel(reason);
    this.#wake?.();
  }

  /** What is ready. @throws what the stream failed with, once that is all. */
  #take(): Batch | undefined {
    if (this.#ready.length > 0) {
      const out = this.#ready;
      this.#ready = [];
      this.#speech.read();
      return out;
    }
    if (this.#failure !== undefined) {
      this.#over = true;
      throw this.#failure.thrown;
    }
    return undefined;
  }

  #put(events: readonly ChatEvent[]): void {
    for (const event of events) this.#ready.push(event);
    if (events.length > 0) this.#wake?.();
  }

  #spoken(events: readonly ChatEvent[]): void {
    for (const event of events) {
      if (event.type === "sentence" && event.end > this.#lengthAtStart) this.#firstIndex ??= event.index;
    }
    this.#put(events);
    // How long the player has something to play has changed.
    this.#setTimer();
  }

  /** Reads on and speaks on, as far as may be. */
  #work(): void {
    if (this.#over || this.#failure !== undefined) return;
    this.#speech.work();
    this.#pull();
    this.#finishWhenSpoken();
    this.#checkPlayback();
  }

  #pull(): void {
    while (!this.#pulling && this.#mayPull()) {
      let pulled: ReturnType<BatchSource["next"]>;
      try {
        pulled = this.#claim.next();
      } catch (thrown) {
        this.#fail(thrown);
        return;
      }
      if (!(pulled instanceof Promise)) {
        this.#accept(pulled);
        continue;
      }
      this.#pulling = true;
      pulled.then(
        (batch) => {
          this.#pulling = false;
          this.#accept(batch);
          this.#work();
        },
        (thrown: unknown) => {
          this.#pulling = false;
          this.#fail(thrown);
        },
      );
    }
  }

  #mayPull(): boolean {
    if (this.#over || this.#ended || this.#failure !== undefined || this.#ready.length >= MAX_READY) return false;
    const { lookAheadMs } = this.#options;
    return this.#speech.waitingMs < lookAheadMs && this.#speech.aheadMs < lookAheadMs;
  }

  #accept(batch: Batch | undefined): void {
    if (this.#over) return;
    if (batch === undefined) {
      this.#ended = true;
      this.#over = this.#finish === undefined;
      this.#wake?.();
      return;
    }
    const out: ChatEvent[] = [];
    for (const event of batch) this.#event(event, out);
    this.#put(out);
    this.#setTimer();
  }

  #event(event: ChatEvent, out: ChatEvent[]): void {
    switch (event.type) {
      case "text-delta":
        out.push(event);
        this.#text(event.text);
        return;
      case "finish":
        this.#finish = event;
        this.#ended = true;
        this.#callOffTimer();
        this.#speech.push(this.#maker.end());
        this.#speech.end();
        return;
      case "retract":
        this.#retract();
        break;
      case "start":
      case "step-start":
        this.#flush();
        this.#lengthAtStart = this.#length;
        this.#firstIndex = undefined;
        break;
      // Text before something else happens is spoken without waiting for more.
      case "tool-input-delta":
      case "tool-call":
      case "input-request":
      case "step-finish":
        this.#flush();
        break;
      default:
    }
    out.push(event);
  }

  #text(text: string): void {
    this.#length += text.length;
    const pieces = this.#maker.push(text);
    if (pieces.length === 0) return;
    this.#callOffTimer();
    this.#speech.push(pieces);
  }

  #flush(): void {
    this.#callOffTimer();
    this.#speech.push(this.#maker.end());
    this.#speech.hurry();
  }

  #retract(): void {
    this.#callOffTimer();
    this.#length = this.#lengthAtStart;
    this.#speech.dropAfter(this.#length, "the text was retracted");
    this.#ready = this.#ready.filter((event) => !this.#isVoid(event));
    this.#maker = this.#newMaker();
  }

  /** Whether it is audio, or its announcement, of text that is void. */
  #isVoid(event: ChatEvent): boolean {
    if (this.#firstIndex === undefined) return false;
    if (event.type === "sentence") return event.index >= this.#firstIndex;
    return event.type === "audio-delta" && event.sentence !== undefined && event.sentence >= this.#firstIndex;
  }

  #newMaker(): PieceMaker {
    return new PieceMaker(this.#options, this.#options.maxChunkLength, this.#length);
  }

  /** Text waits for the end of its sentence, but not for ever, and not when the player is about to have nothing to play. */
  #setTimer(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#over || this.#ended) return;
    const { waiting } = this.#maker;
    if (waiting === 0 && !this.#speech.queued) {
      this.#waitingSince = undefined;
      return;
    }
    this.#waitingSince ??= this.#clock.now();
    const leftMs = this.#waitingSince + this.#options.maxBufferTimeMs - this.#clock.now();
    const runsOut = this.#speech.runsOutInMs(waiting) ?? Number.POSITIVE_INFINITY;
    const delay = Math.min(leftMs, Math.max(runsOut, PLAYBACK_CHECK_MS));
    if (delay === Number.POSITIVE_INFINITY) return;
    this.#stopTimer = this.#clock.after(delay, () => {
      this.#stopTimer = undefined;
      this.#waited();
      this.#setTimer();
    });
  }

  #waited(): void {
    const { maxBufferTimeMs, minChunkLength } = this.#options;
    const { waiting } = this.#maker;
    const late = this.#clock.now() - (this.#waitingSince ?? 0) >= maxBufferTimeMs;
    const runsOut = (this.#speech.runsOutInMs(waiting) ?? Number.POSITIVE_INFINITY) <= 0;
    if (!late && !(runsOut && waiting + this.#speech.queuedCharacters >= minChunkLength)) return;
    this.#waitingSince = undefined;
    this.#speech.push(this.#maker.cut());
    this.#speech.hurry();
  }

  #callOffTimer(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#waitingSince = undefined;
  }

  /** What waits for something to be played asks again. */
  #checkPlayback(): void {
    const { playback, lookAheadMs } = this.#options;
    if (playback === undefined || this.#stopCheck !== undefined || this.#over) return;
    if (this.#speech.aheadMs < lookAheadMs) return;
    this.#stopCheck = this.#clock.after(PLAYBACK_CHECK_MS, () => {
      this.#stopCheck = undefined;
      this.#work();
    });
  }

  #finishWhenSpoken(): void {
    if (this.#finish === undefined || !this.#speech.idle) return;
    const finish = this.#finish;
    this.#finish = undefined;
    if (this.#speech.onlySkipped !== undefined) {
      this.#fail(this.#speech.onlySkipped);
      return;
    }
    this.#over = true;
    this.#put([finish]);
  }

  #fail(thrown: SluiceError | unknown): void {
    if (this.#over || this.#failure !== undefined) return;
    this.#failure = { thrown };
    this.#stop(thrown, false);
    this.#claim.cancel(thrown);
    this.#wake?.();
  }

  #stop(reason: unknown, over = true): void {
    this.#over = over;
    this.#callOffTimer();
    this.#stopCheck?.();
    this.#stopCheck = undefined;
    this.#speech.stop(reason);
  }
}
