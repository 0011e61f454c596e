import type { Clock } from "../../src/base/clock.js";
import { wait } from "../../src/base/clock.js";
import type { StreamedAudio, StreamingVoice } from "../../src/speech/voices/streaming-voice.js";
import type { AudioChunk, Voice } from "../../src/speech/voices/voice.js";
import type { SluiceError } from "../../src/stream/error.js";

/** How the voice of the tests behaves. */
export interface TestVoiceOptions {
  /** How long it takes for the audio of a text, in ms. Default: no time. */
  tookMs?: (text: string) => number;
  clock?: Clock;
  /** Throws for texts it is to fail on; called with the number of the attempt for that text, from 1. */
  fail?: (text: string, attempt: number) => SluiceError | undefined;
  /** In how many chunks the audio of a text comes. Default 1. */
  chunks?: number;
  concurrency?: number;
  maxChars?: number;
  /** Whether it says when words are heard. Default true. */
  marks?: boolean;
  mediaType?: string;
}

/** Each character lasts 50 ms: a voice of samples whose value is the character's code, at 1,000 samples a second. */
export class TestVoice implements Voice {
  readonly id = "test/voice";
  readonly format: { mediaType: string; sampleRate?: number };
  readonly concurrency: number;
  readonly maxChars: number;
  /** Texts that it was given, in order. */
  readonly asked: string[] = [];
  /** Texts whose synthesis was cancelled. */
  readonly cancelled: string[] = [];
  /** How many it works on now. */
  active = 0;
  /** The most at the same time. */
  mostActive = 0;
  readonly #options: TestVoiceOptions;
  readonly #attempts = new Map<string, number>();

  constructor(options: TestVoiceOptions = {}) {
    this.#options = options;
    const { concurrency = 2, maxChars = 1_000, mediaType = "audio/pcm" } = options;
    this.concurrency = concurrency;
    this.maxChars = maxChars;
    this.format = mediaType === "audio/pcm" ? { mediaType, sampleRate: 1_000 } : { mediaType };
  }

  async *synthesize(text: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<AudioChunk> {
    const { tookMs, clock, fail, chunks = 1, marks = true } = this.#options;
    this.asked.push(text);
    this.active++;
    this.mostActive = Math.max(this.mostActive, this.active);
    const onAbort = () => this.cancelled.push(text);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const attempt = (this.#attempts.get(text) ?? 0) + 1;
      this.#attempts.set(text, attempt);
      if (tookMs !== undefined && clock !== undefined) await wait(tookMs(text), clock, signal);
      const error = fail?.(text, attempt);
      if (error !== undefined) throw error;
      const audio = audioOf(text);
      const size = Math.ceil(audio.length / chunks);
      for (let at = 0; at < audio.length; at += size) {
        signal?.throwIfAborted();
        const words = marks && at === 0 ? { words: marksOf(text) } : {};
        yield { data: audio.subarray(at, at + size), ...words };
      }
    } finally {
      this.active--;
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

/** The test voice over one connection. */
export class TestStreamingVoice extends TestVoice implements StreamingVoice {
  readonly maxPauseMs = 800;
  connections = 0;

  async *synthesizeStream(
    text: AsyncIterable<string>,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<StreamedAudio> {
    this.connections++;
    let piece = 0;
    for await (const one of text) {
      for await (const chunk of this.synthesize(one, options)) yield { ...chunk, piece };
      yield { data: new Uint8Array(0), piece: piece++, last: true };
    }
  }
}

export const MS_PER_CHARACTER = 50;

/** The text that audio of the test voice was made of. */
export function textOfSound(audio: Uint8Array): string {
  const view = new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
  let text = "";
  for (let at = 0; at + 1 < audio.length; at += MS_PER_CHARACTER * 2)
    text += String.fromCharCode(view.getUint16(at, true));
  return text;
}

function audioOf(text: string): Uint8Array {
  const samples = new DataView(new ArrayBuffer(text.length * MS_PER_CHARACTER * 2));
  for (let at = 0; at < samples.byteLength; at += 2) {
    samples.setUint16(at, text.charCodeAt(Math.floor(at / 2 / MS_PER_CHARACTER)), true);
  }
  return new Uint8Array(samples.buffer);
}

function marksOf(text: string) {
  return Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
    text: word,
    startMs: index * MS_PER_CHARACTER,
    endMs: (index + word.length) * MS_PER_CHARACTER,
  }));
}
