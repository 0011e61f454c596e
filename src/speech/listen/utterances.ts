import { joinBytes } from "../../base/join-bytes.js";
import { exactly, wholeNumber } from "../../stream/checks.js";
import { type VoiceDetector, voiceDetector } from "./voice-detector.js";

/** What is heard of somebody who speaks. */
export type UtteranceEvent =
  | {
      /** Somebody has begun to speak. */
      type: "speech-start";
      /** When, in ms from the beginning of the audio. */
      atMs: number;
    }
  | {
      /** They have paused for `pauseMs`. */
      type: "speech-end";
      /** When they stopped, in ms from the beginning of the audio. */
      atMs: number;
      /** Their words and a little before and after: 16-bit samples, one channel, at the detector's rate. */
      pcm: Uint8Array;
    };

/** When somebody is taken to speak, and to have stopped. */
export interface UtteranceOptions {
  /** How much speech there has to be, in ms; shorter noises (a cough, a click) do not count. Default 150. */
  startMs?: number;
  /** How much silence ends it, in ms. Default 500. */
  pauseMs?: number;
  /** How much audio before the first word is kept, in ms. Default 300. */
  leadInMs?: number;
  /** The longest utterance, in ms: what goes on is cut there. Default 60,000. */
  longestMs?: number;
}

/** What these settings may hold. */
export const UTTERANCE_OPTIONS = exactly("the settings of utterances", {
  startMs: wholeNumber(0),
  pauseMs: wholeNumber(50),
  leadInMs: wholeNumber(0),
  longestMs: wholeNumber(1_000),
});

/** Finds what somebody says in audio that comes in pieces of any size. */
export class Utterances {
  readonly #detector: VoiceDetector;
  readonly #options: Required<UtteranceOptions>;
  #rest: Uint8Array = new Uint8Array(0);
  /** Pieces since the speech began, or the last ones before it. */
  #frames: Uint8Array[] = [];
  #atMs = 0;
  #speaking = false;
  /** Speech before it counts as such, in ms. */
  #voicedMs = 0;
  #silentMs = 0;

  /** @throws {SluiceError} `invalid-argument`. */
  constructor(detector: VoiceDetector, options: UtteranceOptions = {}) {
    voiceDetector(detector, "detector");
    UTTERANCE_OPTIONS(options, "");
    this.#detector = detector;
    this.#options = { startMs: 150, pauseMs: 500, leadInMs: 300, longestMs: 60_000, ...options };
  }

  /** Whether somebody is speaking, or has only just stopped. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** Takes the next samples. */
  push(pcm: Uint8Array): UtteranceEvent[] {
    const { frameBytes } = this.#detector;
    const audio = joined(this.#rest, pcm);
    const events: UtteranceEvent[] = [];
    let at = 0;
    for (; at + frameBytes <= audio.length; at += frameBytes) this.#frame(audio.slice(at, at + frameBytes), events);
    this.#rest = audio.slice(at);
    return events;
  }

  /** The audio is over, and the utterance ends with it. */
  end(): UtteranceEvent[] {
    return this.#speaking ? [this.#finish()] : [];
  }

  /** Forgets the utterance: it was not meant for us. */
  reset(): void {
    this.#speaking = false;
    this.#frames = [];
    this.#voicedMs = 0;
    this.#silentMs = 0;
  }

  #frame(frame: Uint8Array, events: UtteranceEvent[]): void {
    const { frameMs } = this.#detector;
    const { startMs, pauseMs, leadInMs, longestMs } = this.#options;
    const speech = this.#detector.isSpeech(frame);
    this.#atMs += frameMs;
    this.#frames.push(frame);
    if (!this.#speaking) {
      // A short gap does not undo what came before it.
      this.#voicedMs = speech ? this.#voicedMs + frameMs : Math.max(0, this.#voicedMs - 2 * frameMs);
      const kept = leadInMs + startMs;
      while (this.#frames.length * frameMs > kept + frameMs) this.#frames.shift();
      if (this.#voicedMs < startMs || !speech) return;
      this.#speaking = true;
      this.#silentMs = 0;
      events.push({ type: "speech-start", atMs: this.#atMs - this.#voicedMs });
      return;
    }
    this.#silentMs = speech ? 0 : this.#silentMs + frameMs;
    if (this.#silentMs >= pauseMs || this.#frames.length * frameMs >= longestMs) events.push(this.#finish());
  }

  #finish(): UtteranceEvent {
    const event = { type: "speech-end", atMs: this.#atMs - this.#silentMs, pcm: joinBytes(this.#frames) } as const;
    this.reset();
    return event;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.length === 0 ? b : joinBytes([a, b]);
}
