import { type Clock, systemClock } from "../../base/clock.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { isStreamingVoice } from "../voices/streaming-voice.js";
import type { AudioChunk } from "../voices/voice.js";
import type { SpokenPiece } from "./piece.js";
import { PieceQueue } from "./piece-queue.js";
import type { ResolvedSpeechOptions } from "./speech-options.js";
import {
  audioMs,
  type RunningSynthesis,
  Synthesis,
  type SynthesisListener,
  type SynthesisSettings,
} from "./synthesis.js";
import { SynthesisPace } from "./synthesis-pace.js";
import { StreamedSyntheses } from "./synthesis-stream.js";

/** A piece that is being spoken, and what came of it. */
interface Speaking {
  synthesis: RunningSynthesis;
  index: number;
  /** Events that wait until the pieces before it are out. */
  waiting: ChatEvent[];
  /** Bytes of audio. */
  bytes: number;
  /** Whether its `sentence` is out. */
  announced: boolean;
  /** Whether audio of it is out. */
  out: boolean;
  startedAt: number;
}

/** How much earlier than its last moment a piece is begun, in ms: other work may be in the way. */
const SPARE_MS = 150;

/** Who hears of what the queue makes. */
export interface SpeechQueueListener {
  /** Events are ready, in the order of the answer. */
  ready(events: readonly ChatEvent[]): void;
  /** A voice failed, and the answer is not to go on without that sentence. */
  failed(error: SluiceError): void;
  /** A piece is over: there may be more to do, or nothing any more. */
  changed(): void;
}

/** Synthesises pieces, several at the same time, and gives their audio in order. */
export class SpeechQueue {
  readonly #options: ResolvedSpeechOptions;
  readonly #listener: SpeechQueueListener;
  readonly #clock: Clock;
  readonly #settings: SynthesisSettings;
  readonly #queue: PieceQueue;
  readonly #pace = new SynthesisPace();
  /** Where the voice takes text as it streams. */
  readonly #streamed: StreamedSyntheses | undefined;
  #speaking: Speaking[] = [];
  #next = 0;
  /** Audio that went out, in ms. */
  #emittedMs = 0;
  /** Of it, what was read. */
  #readMs = 0;
  /** When the first audio went out, where nobody says how far it was played. */
  #emittingSince: number | undefined;
  #spoken = 0;
  #skipped: SluiceError | undefined;
  #complete = false;
  #stopped = false;

  constructor(options: ResolvedSpeechOptions, listener: SpeechQueueListener) {
    this.#options = options;
    this.#listener = listener;
    this.#clock = options.clock ?? systemClock;
    this.#queue = new PieceQueue(options);
    const { voice, retries } = options;
    this.#settings = { voice, retries, clock: this.#clock };
    if (isStreamingVoice(voice)) this.#streamed = new StreamedSyntheses({ ...this.#settings, voice });
  }

  /** Whether nothing is left to be spoken. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.#speaking.length === 0;
  }

  /** Whether text waits to be synthesised. */
  get queued(): boolean {
    return this.#queue.length > 0;
  }

  /** How much of it, in characters. */
  get queuedCharacters(): number {
    return this.#queue.characters;
  }

  /** Why nothing was spoken, where all sentences were skipped. */
  get onlySkipped(): SluiceError | undefined {
    return this.#spoken === 0 ? this.#skipped : undefined;
  }

  /** `aheadMs`, and what the text that waits will become, in ms. */
  get waitingMs(): number {
    return this.aheadMs + this.#pace.audioMs(this.#queue.characters);
  }

  /** Audio that was made or is being made, and was not played, or not read where nobody says what was played; in ms. */
  get aheadMs(): number {
    const done = this.#options.playback?.playedMs ?? this.#readMs;
    return this.#madeMs + Math.max(0, this.#emittedMs - done);
  }

  /** The reader has all that is out. */
  read(): void {
    this.#readMs = this.#emittedMs;
  }

  push(pieces: readonly SpokenPiece[]): void {
    this.#queue.push(pieces);
    this.work();
  }

  /** What waits is spoken now, however short. */
  hurry(): void {
    this.#queue.close();
    this.work();
  }

  /** The answer is complete: what waits is spoken now, and nothing comes after it. */
  end(): void {
    this.#complete = true;
    this.hurry();
  }

  /** Drops what comes after this place in the answer: it is void. */
  dropAfter(offset: number, reason: unknown): void {
    this.#queue.dropAfter(offset);
    this.#speaking = this.#speaking.filter(({ synthesis }) => {
      if (synthesis.piece.end <= offset) return true;
      synthesis.cancel(reason);
      return false;
    });
  }

  /** Ends all synthesis. */
  stop(reason: unknown): void {
    this.#stopped = true;
    this.dropAfter(-1, reason);
    this.#streamed?.stop(reason);
  }

  /** Starts what may start. To be called when audio was read or played. */
  work(): void {
    while (!this.#stopped && this.#hasRoom && this.aheadMs < this.#options.lookAheadMs) {
      const piece = this.#queue.take({
        first: this.#next === 0,
        busy: this.#speaking.length > 0,
        covers: (characters) => this.#pace.synthesisMs(characters) <= this.#unplayedMs,
      });
      if (piece === undefined) break;
      this.#start(piece);
    }
    if (this.#complete && this.#queue.length === 0) this.#streamed?.end();
  }

  /** Over one connection, text is sent ahead of its audio. */
  get #hasRoom(): boolean {
    return this.#streamed !== undefined || this.#active < this.#options.concurrency;
  }

  get #active(): number {
    let active = 0;
    for (const { synthesis } of this.#speaking) if (!synthesis.over) active++;
    return active;
  }

  /** Audio that waits here, and what is being made by its text's length, in ms. */
  get #madeMs(): number {
    let sum = 0;
    for (const { synthesis, bytes, out } of this.#speaking) {
      const made = audioMs(this.#options.voice, bytes) ?? 0;
      const about = this.#pace.audioMs(synthesis.piece.spoken.length);
      if (!synthesis.over) sum += Math.max(0, about - (out ? made : 0));
      else if (!out) sum += made === 0 ? about : made;
    }
    return sum;
  }

  /**
   * When a player will have nothing more to play if text of this length is not synthesised by then, in ms from now, with a
   * little to spare; `undefined` before the first audio.
   */
  runsOutInMs(characters: number): number | undefined {
    if (this.#emittingSince === undefined) return undefined;
    const audio = this.#unplayedMs + this.#madeMs + this.#pace.audioMs(this.#queue.characters);
    return audio - this.#pace.synthesisMs(characters) - SPARE_MS;
  }

  /** Audio that is out and was not played yet, in ms; where nobody says so, playing is taken to have begun at once. */
  get #unplayedMs(): number {
    const { playback } = this.#options;
    const since = this.#emittingSince;
    const played = playback?.playedMs ?? (since === undefined ? 0 : this.#clock.now() - since);
    return Math.max(0, this.#emittedMs - played);
  }

  #start(piece: SpokenPiece): void {
    const heard = () => speaking.out;
    const listener: SynthesisListener = {
      audio: (chunk) => this.#audio(speaking, chunk),
      retried: (error, attempt) => {
        speaking.waiting = [];
        speaking.bytes = 0;
        this.#emit([report("speech/retried", speaking, { attempt, error: errorValue(error) })]);
      },
      over: (error) => this.#over(speaking, error),
    };
    const synthesis = this.#streamed?.speak(piece, listener, heard) ?? new Synthesis(piece, this.#settings, listener);
    const speaking: Speaking = {
      synthesis,
      index: this.#next++,
      waiting: [],
      bytes: 0,
      announced: false,
      out: false,
      startedAt: this.#clock.now(),
    };
    this.#speaking.push(speaking);
    if (synthesis instanceof Synthesis) void synthesis.run(heard);
  }

  #audio(speaking: Speaking, { data, words, unspoken }: AudioChunk): void {
    if (unspoken !== undefined) speaking.waiting.push(report("speech/unspoken", speaking, { text: unspoken }));
    const { mediaType, sampleRate } = this.#options.voice.format;
    if (data.length > 0 || words !== undefined) {
      if (speaking.bytes === 0 && data.length > 0) {
        this.#pace.measured(speaking.synthesis.piece.spoken.length, this.#clock.now() - speaking.startedAt);
      }
      speaking.bytes += data.length;
      speaking.waiting.push({
        type: "audio-delta",
        data,
        mediaType,
        ...(sampleRate !== undefined && { sampleRate }),
        sentence: speaking.index,
        ...(words !== undefined && { words: [...words] }),
      });
    }
    if (speaking === this.#speaking[0]) this.#release();
  }

  #over(speaking: Speaking, error: SluiceError | undefined): void {
    if (error === undefined) {
      this.#spoken++;
      const ms = audioMs(this.#options.voice, speaking.bytes);
      if (ms !== undefined) this.#pace.heard(speaking.synthesis.piece.spoken.length, ms);
    } else if (this.#options.onVoiceError === "skip") {
      const { attempts } = speaking.synthesis;
      this.#skipped = namedAfter(speaking, error);
      speaking.waiting.push(report("speech/skipped", speaking, { attempts, error: errorValue(error) }));
    } else {
      this.#listener.failed(namedAfter(speaking, error));
      return;
    }
    this.#release();
    this.#listener.changed();
  }

  /** Gives what came of the first piece, and of those after it that are over. */
  #release(): void {
    for (let [first] = this.#speaking; first !== undefined; [first] = this.#speaking) {
      const out: ChatEvent[] = [];
      if (!first.announced && first.waiting.length > 0) {
        first.announced = true;
        const { spoken, start, end } = first.synthesis.piece;
        out.push({ type: "sentence", index: first.index, text: spoken, start, end });
      }
      for (const event of first.waiting) {
        out.push(event);
        if (event.type === "audio-delta" && event.data.length > 0) this.#count(first, event.data.length);
      }
      first.waiting = [];
      if (out.length > 0) this.#emit(out);
      if (!first.synthesis.over) return;
      const { voice } = this.#options;
      if (audioMs(voice, 0) === undefined) this.#emittedMs += this.#pace.audioMs(first.synthesis.piece.spoken.length);
      this.#speaking.shift();
    }
  }

  #count(speaking: Speaking, bytes: number): void {
    speaking.out = true;
    this.#emittingSince ??= this.#clock.now();
    this.#emittedMs += audioMs(this.#options.voice, bytes) ?? 0;
  }

  #emit(events: readonly ChatEvent[]): void {
    this.#listener.ready(events);
  }
}

function report(
  name: `speech/${string}`,
  { index, synthesis }: Speaking,
  value: { attempt?: number; attempts?: number; error?: { code: string; message: string }; text?: string },
): ChatEvent {
  return { type: "data", name, value: { sentence: index, text: synthesis.piece.spoken, ...value } };
}

function errorValue({ code, message }: SluiceError): { code: string; message: string } {
  return { code, message };
}

/** The error of a voice, with the sentence that it could not speak. */
function namedAfter({ index, synthesis }: Speaking, error: SluiceError): SluiceError {
  const { piece, attempts } = synthesis;
  const text = JSON.stringify(piece.spoken.length > 80 ? `${piece.spoken.slice(0, 80)}…` : piece.spoken);
  const tries = attempts === 1 ? "" : `, after ${attempts} attempts`;
  const message = `sentence ${index} (${text}) could not be spoken${tries}: ${error.message}`;
  return new SluiceError(error.code, message, { ...detailsOf(error), field: `sentences[${index}]`, cause: error });
}

function detailsOf(error: SluiceError) {
  const { retryable, retryAfterMs, status, providerMessage, providerCode, requestId, model } = error;
  return {
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status !== undefined && { status }),
    ...(providerMessage !== undefined && { providerMessage }),
    ...(providerCode !== undefined && { providerCode }),
    ...(requestId !== undefined && { requestId }),
    ...(model !== undefined && { model }),
  };
}
