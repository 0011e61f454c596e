import { SluiceError } from "../../stream/error.js";
import type { StreamedAudio, StreamingVoice } from "../voices/streaming-voice.js";
import { fellSilent, longestSilenceMs } from "../voices/unless-silent.js";
import { longestText } from "../voices/voice.js";
import { checkedChunk, isPcm, WholeSamples } from "../voices/voice-audio.js";
import type { SpokenPiece } from "./piece.js";
import { type RunningSynthesis, type SynthesisListener, type SynthesisSettings, silent } from "./synthesis.js";

/** How long a text may pause where the voice does not say, in ms. */
const MAX_PAUSE_MS = 10_000;

/** Settings of `StreamedSyntheses`. */
export interface StreamedSynthesesOptions extends SynthesisSettings {
  voice: StreamingVoice;
}

/**
 * A voice that takes text as it streams speaks pieces over one connection, in order. The connection ends when nothing more
 * was to be spoken for a while; the next piece opens another. One that breaks is opened again with what was not heard.
 */
export class StreamedSyntheses {
  readonly #options: StreamedSynthesesOptions;
  #connection: Connection | undefined;

  constructor(options: StreamedSynthesesOptions) {
    this.#options = options;
  }

  /** Speaks a piece after those before it. @param heard whether audio of it is out, so that it cannot begin anew. */
  speak(piece: SpokenPiece, listener: SynthesisListener, heard: () => boolean): RunningSynthesis {
    const task = new StreamedPiece(piece, listener, heard, (failed) => this.#send(failed), this.#options.retries);
    this.#send(task);
    return task;
  }

  /** Nothing more is to be spoken. */
  end(): void {
    this.#connection?.end();
  }

  /** Ends it at once. */
  stop(reason: unknown): void {
    this.#connection?.stop(reason);
  }

  #send(task: StreamedPiece): void {
    if (this.#connection?.takes(task) !== true) {
      this.#connection?.end();
      this.#connection = new Connection(this.#options);
    }
    this.#connection.push(task);
  }
}

/** A piece that is spoken over a connection with others. */
class StreamedPiece implements RunningSynthesis {
  readonly piece: SpokenPiece;
  attempts = 1;
  over = false;
  readonly #listener: SynthesisListener;
  readonly #heard: () => boolean;
  readonly #again: (task: StreamedPiece) => void;
  readonly #retries: number;
  #samples: WholeSamples | undefined;
  #bytes = 0;
  #onCancel: (reason: unknown) => void = () => {};

  constructor(
    piece: SpokenPiece,
    listener: SynthesisListener,
    heard: () => boolean,
    again: (task: StreamedPiece) => void,
    retries: number,
  ) {
    this.piece = piece;
    this.#listener = listener;
    this.#heard = heard;
    this.#again = again;
    this.#retries = retries;
  }

  /** It is sent. @param onCancel is called when nobody wants it any more. */
  begin(pcm: boolean, onCancel: (reason: unknown) => void): void {
    this.#samples = new WholeSamples(pcm);
    this.#bytes = 0;
    this.#onCancel = onCancel;
  }

  audio({ piece: _, last: __, ...chunk }: StreamedAudio): void {
    if (this.over || this.#samples === undefined) return;
    this.#bytes += chunk.data.length;
    this.#listener.audio({ ...chunk, data: this.#samples.push(chunk.data) });
  }

  complete(voice: string): void {
    if (this.over) return;
    if (this.#bytes === 0) this.fail(silent(voice));
    else this.#end(undefined);
  }

  fail(error: SluiceError): void {
    if (this.over) return;
    if (!error.retryable || this.attempts > this.#retries || this.#heard()) {
      this.#end(error);
      return;
    }
    this.#listener.retried(error, this.attempts);
    this.attempts++;
    this.#again(this);
  }

  cancel(reason: unknown): void {
    if (this.over) return;
    this.over = true;
    this.#onCancel(reason);
  }

  #end(error: SluiceError | undefined): void {
    this.over = true;
    this.#listener.over(error);
  }
}

/** One connection, and the pieces that were sent over it. */
class Connection {
  readonly #options: StreamedSynthesesOptions;
  readonly #stop = new AbortController();
  /** Pieces whose audio is not complete; the first has this number. */
  #tasks: StreamedPiece[] = [];
  #first = 0;
  #texts: string[] = [];
  #characters = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(options: StreamedSynthesesOptions) {
    this.#options = options;
    void this.#run();
  }

  /** Whether a piece can be spoken over it. */
  takes({ piece }: StreamedPiece): boolean {
    return !this.#ended && this.#characters + piece.spoken.length <= longestText(this.#options.voice);
  }

  push(task: StreamedPiece): void {
    task.begin(isPcm(this.#options.voice), (reason) => this.#cancelled(reason));
    this.#tasks.push(task);
    this.#texts.push(task.piece.spoken);
    this.#characters += task.piece.spoken.length;
    if (this.#tasks.length === 1) this.#waitForAudio();
    this.#wake?.();
  }

  /** No more text comes. */
  end(): void {
    this.#ended = true;
    if (this.#tasks.length === 0) this.#callOff();
    this.#wake?.();
  }

  stop(reason: unknown): void {
    this.end();
    this.#callOff();
    this.#stop.abort(reason);
  }

  async #run(): Promise<void> {
    const { voice } = this.#options;
    try {
      for await (const chunk of voice.synthesizeStream(this.#text(), { signal: this.#stop.signal })) {
        while (this.#first < chunk.piece && this.#tasks.length > 0) this.#complete();
        if (this.#first === chunk.piece) this.#tasks[0]?.audio(checkedChunk(chunk, voice.id));
        if (chunk.last === true && this.#first === chunk.piece) this.#complete();
        if (this.#tasks.length > 0) this.#waitForAudio();
      }
      this.end();
      while (this.#tasks.length > 0) this.#complete();
    } catch (thrown) {
      this.end();
      if (!this.#stop.signal.aborted) this.#fail(SluiceError.from(thrown));
    }
  }

  #fail(error: SluiceError): void {
    this.#callOff();
    for (const task of this.#tasks.splice(0)) task.fail(error);
  }

  #complete(): void {
    this.#first++;
    this.#tasks.shift()?.complete(this.#options.voice.id);
    if (this.#tasks.length === 0) this.#waitForMore();
  }

  /** Text is there: a voice that makes nothing of it for too long has failed, whether it listens to its signal or not. */
  #waitForAudio(): void {
    const { voice, clock } = this.#options;
    this.#callOff();
    this.#stopTimer = clock.after(longestSilenceMs(voice), () => {
      const error = fellSilent(voice);
      this.stop(error);
      this.#fail(error);
    });
  }

  /** All was spoken: a text that pauses for too long ends here. */
  #waitForMore(): void {
    this.#callOff();
    if (this.#ended) return;
    const { voice, clock } = this.#options;
    this.#stopTimer = clock.after(voice.maxPauseMs ?? MAX_PAUSE_MS, () => this.end());
  }

  #callOff(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #cancelled(reason: unknown): void {
    // Pieces before it may still be wanted; what was sent cannot be taken back alone.
    this.end();
    if (this.#tasks.every(({ over }) => over)) this.stop(reason);
  }

  async *#text(): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const text = this.#texts.shift();
      if (text !== undefined) yield text;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
