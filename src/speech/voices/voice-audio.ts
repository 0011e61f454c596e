import { type Clock, systemClock } from "../../base/clock.js";
import { onAbort } from "../../base/on-abort.js";
import { SluiceError } from "../../stream/error.js";
import { SAMPLE_BYTES } from "../audio/pcm.js";
import { unlessSilent } from "./unless-silent.js";
import type { AudioChunk, SynthesisOptions, Voice, WordMark } from "./voice.js";

/**
 * The audio of a text as `voice.synthesize` makes it, checked: a voice may be the application's own. Samples are handed on whole.
 *
 * @throws {SluiceError} what the voice throws; `provider-error` where what it yields is no audio; `idle-timeout` where it makes nothing.
 */
export async function* voiceAudio(
  voice: Voice,
  text: string,
  { signal, clock = systemClock }: SynthesisOptions & { clock?: Clock },
): AsyncGenerator<AudioChunk, void, undefined> {
  const samples = new WholeSamples(isPcm(voice));
  const stop = new AbortController();
  if (signal?.aborted) stop.abort(signal.reason);
  const forget = signal && onAbort(signal, () => stop.abort(signal.reason));
  try {
    const chunks: unknown = voice.synthesize(text, { signal: stop.signal });
    if (!isIterable(chunks)) throw unlike(voice.id, "its synthesize() gives nothing that can be iterated over");
    for await (const chunk of unlessSilent(chunks, voice, clock, stop)) {
      const { data, ...more } = checkedChunk(chunk, voice.id);
      yield { ...more, data: samples.push(data) };
    }
  } finally {
    forget?.();
  }
}

/** Whether a voice makes plain samples. */
export function isPcm({ format }: Voice): boolean {
  return format.mediaType === "audio/pcm";
}

/** @throws {SluiceError} `provider-error` for what is no chunk of audio. */
export function checkedChunk<T extends AudioChunk>(chunk: T, voice: string): T {
  const { data, words }: { data?: unknown; words?: unknown } = Object(chunk);
  if (!(data instanceof Uint8Array)) throw unlike(voice, "it yields what has no data of the kind Uint8Array");
  if (words !== undefined && !(Array.isArray(words) && words.every(isMark)))
    throw unlike(voice, "its words have no text, startMs and endMs");
  return chunk;
}

function isMark(mark: unknown): mark is WordMark {
  const { text, startMs, endMs }: { text?: unknown; startMs?: unknown; endMs?: unknown } = Object(mark);
  return typeof text === "string" && Number.isFinite(startMs) && Number.isFinite(endMs);
}

function isIterable(value: unknown): value is AsyncIterable<AudioChunk> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

function unlike(voice: string, why: string): SluiceError {
  return new SluiceError("provider-error", `the voice ${voice} makes no audio that can be read: ${why}`, {
    model: voice,
  });
}

/** Audio of 16-bit samples is handed on in whole ones, wherever the network cuts it. */
export class WholeSamples {
  readonly #aligned: boolean;
  #rest: number | undefined;

  /** @param aligned whether the audio is plain samples. */
  constructor(aligned: boolean) {
    this.#aligned = aligned;
  }

  push(data: Uint8Array): Uint8Array {
    if (!this.#aligned || (this.#rest === undefined && data.length % SAMPLE_BYTES === 0)) return data;
    const joined = new Uint8Array(data.length + (this.#rest === undefined ? 0 : 1));
    if (this.#rest !== undefined) joined[0] = this.#rest;
    joined.set(data, joined.length - data.length);
    this.#rest = joined.length % SAMPLE_BYTES === 0 ? undefined : joined.at(-1);
    return joined.subarray(0, joined.length - (joined.length % SAMPLE_BYTES));
  }
}
