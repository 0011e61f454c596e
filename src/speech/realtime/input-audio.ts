import { joinBytes } from "../../base/join-bytes.js";
import { pcmMs } from "../audio/pcm.js";
import { looksComplete } from "../listen/looks-complete.js";
import { Utterances } from "../listen/utterances.js";
import type { VoiceDetector } from "../listen/voice-detector.js";
import { RealtimeRefusal } from "./realtime-error.js";
import type { TurnDetection } from "./session-settings.js";
import { WireAudioReader, type WireFormat } from "./wire-audio.js";

/** Samples a second at which speech is detected and transcribed. */
export const INPUT_RATE = 16_000;
/** What may wait to be committed by hand, in ms: ten minutes. */
const MAX_BUFFERED_MS = 600_000;
/** The least that can be committed by hand, in ms; OpenAI's. */
const LEAST_MS = 100;

/** What is heard in the input buffer. */
export interface InputAudioListener {
  /** Somebody has begun to speak, at this time of the session's audio. */
  started(atMs: number): void;
  /** Their turn is over. @param transcript what they said, where it was found out already. */
  stopped(atMs: number, pcm: Uint8Array, transcript: string | undefined): void;
  /** Nobody has said anything for as long as the settings allow, since this time and until that one. */
  idle(fromMs: number, toMs: number): void;
  /** What somebody said so far, to tell whether it looks complete. */
  transcribe(pcm: Uint8Array): Promise<string>;
}

/** The input buffer: audio that the client appends, cut into turns by voice activity or by the client. */
export class InputAudio {
  readonly #listener: InputAudioListener;
  readonly #openDetector: () => VoiceDetector;
  #detector: VoiceDetector | undefined;
  #detection: TurnDetection | null = null;
  #utterances: Utterances | undefined;
  #reader: WireAudioReader;
  /** Audio that waits for a commit by hand. */
  #buffered: Uint8Array[] = [];
  #bufferedMs = 0;
  /** All audio so far, and the audio that the present detection has not seen, in ms. */
  #totalMs = 0;
  #offsetMs = 0;
  /** Since when nobody says anything after a response, in ms of all audio; absent where it is not waited for. */
  #idleFrom: number | undefined;
  /** What somebody said who seems not to be done, with `semantic_vad`. */
  #unfinished: { pcm: Uint8Array[]; transcript: string; endMs: number; sinceMs: number } | undefined;

  /** @param openDetector is called when voice activity is first needed. @throws what it throws. */
  constructor(format: WireFormat, openDetector: () => VoiceDetector, listener: InputAudioListener) {
    this.#listener = listener;
    this.#openDetector = openDetector;
    this.#reader = new WireAudioReader(format, INPUT_RATE);
  }

  /** Takes settings; what was buffered stays. */
  configure(format: WireFormat | undefined, detection: TurnDetection | null): void {
    if (format !== undefined) this.#reader = new WireAudioReader(format, INPUT_RATE);
    if (JSON.stringify(detection) === JSON.stringify(this.#detection)) return;
    this.#detection = detection;
    this.#utterances = undefined;
    this.#unfinished = undefined;
  }

  /** Takes audio. @throws {RealtimeRefusal} for what is not base64, or more than can wait. */
  append(base64: string): void {
    const pcm = this.#reader.push(base64);
    const ms = pcmMs(pcm.length, INPUT_RATE);
    if (this.#detection === null) {
      if (this.#bufferedMs + ms > MAX_BUFFERED_MS)
        throw new RealtimeRefusal("input_audio_buffer_full", `more than ${MAX_BUFFERED_MS} ms wait to be committed`);
      this.#buffered.push(pcm);
      this.#bufferedMs += ms;
      this.#totalMs += ms;
      return;
    }
    const utterances = this.#opened(this.#detection);
    this.#totalMs += ms;
    for (const event of utterances.push(pcm)) {
      const atMs = Math.max(0, Math.round(this.#offsetMs + event.atMs));
      if (event.type === "speech-start") this.#started(atMs);
      else this.#paused(atMs, event.pcm);
    }
    this.#losePatience();
    this.#loseHope(this.#detection);
  }

  /** A response was made, and will have been heard in so many ms: from then on silence is waited for. */
  answered(leftMs: number): void {
    this.#idleFrom = this.#totalMs + leftMs;
  }

  #loseHope({ idleMs }: TurnDetection): void {
    const from = this.#idleFrom;
    if (idleMs === undefined || from === undefined || this.#totalMs - from < idleMs) return;
    this.#idleFrom = undefined;
    this.#listener.idle(Math.round(from), Math.round(this.#totalMs));
  }

  /** What is committed by hand. @throws {RealtimeRefusal} where there is next to nothing. */
  commit(): Uint8Array {
    const spoken = this.#utterances?.end().flatMap((event) => (event.type === "speech-end" ? [event.pcm] : [])) ?? [];
    const pcm = joinBytes([...this.#buffered, ...(this.#unfinished?.pcm ?? []), ...spoken]);
    const ms = pcmMs(pcm.length, INPUT_RATE);
    if (ms < LEAST_MS) {
      const message = `the input buffer holds ${ms.toFixed(0)} ms of audio; at least ${LEAST_MS} ms can be committed`;
      throw new RealtimeRefusal("input_audio_buffer_commit_empty", message);
    }
    this.clear();
    return pcm;
  }

  clear(): void {
    this.#buffered = [];
    this.#bufferedMs = 0;
    this.#unfinished = undefined;
    this.#utterances?.reset();
  }

  close(): void {
    this.clear();
    this.#detector?.close();
    this.#detector = undefined;
  }

  #opened({ prefixPaddingMs, silenceMs }: TurnDetection): Utterances {
    if (this.#utterances === undefined) {
      this.#detector ??= this.#openDetector();
      this.#utterances = new Utterances(this.#detector, { leadInMs: prefixPaddingMs, pauseMs: silenceMs });
      this.#offsetMs = this.#totalMs;
    }
    return this.#utterances;
  }

  #started(atMs: number): void {
    this.#idleFrom = undefined;
    // Somebody who paused in mid-sentence goes on: it is the same turn.
    if (this.#unfinished !== undefined) this.#unfinished.sinceMs = Number.POSITIVE_INFINITY;
    else this.#listener.started(atMs);
  }

  #paused(endMs: number, pcm: Uint8Array): void {
    const before = this.#unfinished?.pcm ?? [];
    this.#unfinished = undefined;
    if (this.#detection?.patienceMs === 0) {
      this.#listener.stopped(endMs, pcm, undefined);
      return;
    }
    const turn = { pcm: [...before, pcm], transcript: "", endMs, sinceMs: this.#totalMs };
    this.#unfinished = turn;
    this.#listener.transcribe(joinBytes(turn.pcm)).then(
      (transcript) => {
        turn.transcript = transcript;
        if (this.#unfinished === turn && turn.sinceMs !== Number.POSITIVE_INFINITY && looksComplete(transcript))
          this.#end(turn);
      },
      // Told when the turn is over and it is tried again.
      () => {
        if (this.#unfinished === turn) this.#end(turn);
      },
    );
  }

  #losePatience(): void {
    const turn = this.#unfinished;
    if (turn !== undefined && this.#totalMs - turn.sinceMs >= (this.#detection?.patienceMs ?? 0)) this.#end(turn);
  }

  #end({ pcm, transcript, endMs }: { pcm: Uint8Array[]; transcript: string; endMs: number }): void {
    this.#unfinished = undefined;
    this.#listener.stopped(endMs, joinBytes(pcm), transcript === "" ? undefined : transcript);
  }
}
