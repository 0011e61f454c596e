import type { Clock } from "../../base/clock.js";
import {
  type Check,
  clock,
  exactly,
  limit,
  milliseconds,
  oneOf,
  wholeNumber,
  withFields,
} from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { SPEAKABLE_FIELDS, type SpeakableOptions } from "../speakable/speakable-text.js";
import { longestText, type Voice } from "../voices/voice.js";
import type { Playback } from "./playback.js";

/** How an answer is spoken. */
export interface SpeechOptions extends SpeakableOptions {
  /** Who speaks. */
  voice: Voice;
  /**
   * The most sentences that are spoken as one piece. A voice sounds better with more, so pieces grow, but only while the
   * audio that is not played yet covers the time that a larger piece takes. From 1; default 2.
   */
  sentenceBufferSize?: number;
  /**
   * A shorter sentence waits for the next one, in characters; not the first of an answer, and none while nothing else is
   * being spoken. From 0; default 20.
   */
  minChunkLength?: number;
  /** The longest piece, in characters; a longer sentence is cut after a clause or a word. From 40; default 400. */
  maxChunkLength?: number;
  /**
   * Text that has waited so long for the end of its sentence is spoken without it, as far as the last clause or word, in
   * ms; earlier where a player that plays at once would have nothing left to play. Default 3,000.
   */
  maxBufferTimeMs?: number;
  /**
   * How much audio is made ahead of what is played, or of what was read where `playback` is not given, in ms. When there is
   * so much, no more is synthesised, and the model is not read any further. Default 10,000.
   */
  lookAheadMs?: number;
  /** How many pieces are synthesised at the same time; they come out in order. Default: what the voice is good for. */
  concurrency?: number;
  /** How often a piece is tried again when its voice failed and none of its audio is out. Default 1. */
  retries?: number;
  /**
   * What happens with a sentence that could not be spoken: `fail` ends the stream with an error that names the sentence
   * (default); `skip` goes on, and says so in a `data` event `speech/skipped`. A stream none of whose sentences could be
   * spoken fails in any case.
   */
  onVoiceError?: "fail" | "skip";
  /** How far the audio has been played, where somebody knows. */
  playback?: Playback;
  /** Default: the system's. */
  clock?: Clock;
}

/** The options with their defaults. */
export type ResolvedSpeechOptions = Required<Omit<SpeechOptions, "playback" | "clock" | keyof SpeakableOptions>> &
  Pick<SpeechOptions, "playback" | "clock" | keyof SpeakableOptions>;

const rate: Check = (value, path) => {
  if (typeof value !== "number" || !(value > 0))
    throw invalid(path, value, "samples a second: audio/pcm has no header");
};

/** @throws {SluiceError} `invalid-argument` for anything but a voice. */
export const voice: Check = (value, path) => {
  const found: Partial<Voice> | undefined = typeof value === "object" && value !== null ? value : undefined;
  if (typeof found?.synthesize !== "function" || typeof found.format?.mediaType !== "string") {
    throw invalid(path, value, "a voice, such as flite()");
  }
  const { format, concurrency, maxChars, idleMs } = found;
  if (format.mediaType === "audio/pcm") rate(format.sampleRate, `${path}.format.sampleRate`);
  if (concurrency !== undefined) wholeNumber(1)(concurrency, `${path}.concurrency`);
  if (maxChars !== undefined) limit(maxChars, `${path}.maxChars`);
  if (idleMs !== undefined) milliseconds(idleMs, `${path}.idleMs`);
};

const playback = withFields("an object with playedMs", {
  playedMs: {
    required: (value, path) => {
      if (typeof value !== "number") throw invalid(path, value, "a number of ms");
    },
  },
});

/** What the options may hold, for those who take them among their own. */
export const SPEECH_FIELDS = {
  ...SPEAKABLE_FIELDS,
  voice: { required: voice },
  sentenceBufferSize: wholeNumber(1),
  minChunkLength: wholeNumber(0),
  maxChunkLength: wholeNumber(40),
  maxBufferTimeMs: milliseconds,
  lookAheadMs: milliseconds,
  concurrency: wholeNumber(1),
  retries: wholeNumber(0),
  onVoiceError: oneOf("fail", "skip"),
  playback,
  clock,
} satisfies Record<keyof SpeechOptions, unknown>;
const OPTIONS = exactly("speak", SPEECH_FIELDS);

/** @throws {SluiceError} `invalid-argument`. */
export function resolveSpeechOptions(options: SpeechOptions): ResolvedSpeechOptions {
  OPTIONS(options, "");
  const { maxChunkLength = 400, concurrency = options.voice.concurrency ?? 1 } = options;
  return {
    sentenceBufferSize: 2,
    minChunkLength: 20,
    maxBufferTimeMs: 3_000,
    lookAheadMs: 10_000,
    retries: 1,
    onVoiceError: "fail",
    ...options,
    concurrency,
    maxChunkLength: Math.min(maxChunkLength, longestText(options.voice)),
  };
}
