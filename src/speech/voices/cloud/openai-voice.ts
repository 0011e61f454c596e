import { decodeBase64 } from "../../../base/base64.js";
import { isJsonObject, parseJson } from "../../../base/json.js";
import { errorIn, readError } from "../../../dialects/openai-error.js";
import { between, exactly, filledString, oneOf } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import { SseReader } from "../../../stream/framing/sse-reader.js";
import type { AudioChunk, AudioFormat, SynthesisOptions, Voice } from "../voice.js";
import { pcmOf } from "./pcm-stream.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "./voice-service.js";

/** Settings of a voice of OpenAI, or of a service with the same API. */
export interface OpenAiVoiceOptions extends VoiceServiceOptions {
  /** Default `gpt-4o-mini-tts`. */
  model?: string;
  /** Default `alloy`. */
  voice?: string;
  /** How it is to speak, for models that take instructions. */
  instructions?: string;
  /** From 0.25 to 4; 1 is the voice's own. */
  speed?: number;
  /** Default `pcm`, the only one whose length is known before it was played. */
  format?: "pcm" | "mp3" | "opus" | "aac" | "flac" | "wav";
  /** `audio` reads the audio as it is (default); `sse` reads events, which end with one that says that all has come. */
  streamFormat?: "audio" | "sse";
}

const OPTIONS = exactly("openAiVoice", {
  ...VOICE_SERVICE_FIELDS,
  model: filledString,
  voice: filledString,
  instructions: filledString,
  speed: between(0.25, 4),
  format: oneOf("pcm", "mp3", "opus", "aac", "flac", "wav"),
  streamFormat: oneOf("audio", "sse"),
});

/** Of OpenAI's samples (https://platform.openai.com/docs/guides/text-to-speech, "Supported output formats"). */
const SAMPLE_RATE = 24_000;
const MEDIA_TYPES = {
  pcm: "audio/pcm",
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
} as const;

/**
 * A voice of OpenAI, or of a service with the same API at `baseUrl` (`OPENAI_BASE_URL`). Its key is in `OPENAI_API_KEY`.
 *
 * @throws {SluiceError} `invalid-argument`; `missing-key` where it has no key and the address is OpenAI's.
 * @example
 * ```ts
 * import { openAiVoice } from "sluice/speech";
 *
 * const voice = openAiVoice({ voice: "nova", instructions: "Speak like a calm teacher." });
 * ```
 */
export function openAiVoice(options: OpenAiVoiceOptions = {}): Voice {
  OPTIONS(options, "");
  return new OpenAiVoice(options);
}

class OpenAiVoice implements Voice {
  readonly id: string;
  readonly format: AudioFormat;
  readonly concurrency = 3;
  /** The API's limit on `input`. */
  readonly maxChars = 4_096;
  readonly idleMs = Number.POSITIVE_INFINITY;
  readonly #service: VoiceService;
  readonly #options: OpenAiVoiceOptions;

  constructor(options: OpenAiVoiceOptions) {
    const { model = "gpt-4o-mini-tts", voice = "alloy", format = "pcm" } = options;
    this.id = `openai/${model}/${voice}`;
    this.format = { mediaType: MEDIA_TYPES[format], ...(format === "pcm" && { sampleRate: SAMPLE_RATE }) };
    this.#options = { ...options, model, voice, format };
    const own = options.baseUrl !== undefined;
    this.#service = new VoiceService(this.id, options, {
      name: "a voice of OpenAI",
      baseUrl: "https://api.openai.com/v1",
      baseUrlEnv: ["OPENAI_BASE_URL"],
      keyEnv: ["OPENAI_API_KEY"],
      keyRequired: !own,
      auth: (key) => ({ authorization: `Bearer ${key}` }),
      readError,
    });
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    const { model, voice, instructions, speed, format, streamFormat = "audio" } = this.#options;
    const events = streamFormat === "sse";
    const body = {
      model,
      voice,
      input: text,
      response_format: format,
      ...(instructions !== undefined && { instructions }),
      ...(speed !== undefined && { speed }),
      // The default is not sent: services with the same API may not know the field.
      ...(events && { stream_format: "sse" }),
    };
    const headers = { accept: events ? "text/event-stream" : this.format.mediaType };
    const answer = await this.#service.open({ path: "/audio/speech", headers, body, signal });
    await this.#service.refuseJson(answer);
    const audio = events ? soundOfEvents(answer.bytes) : answer.bytes;
    for await (const data of format === "pcm" ? pcmOf(audio, SAMPLE_RATE) : audio) yield { data };
  }
}

/** Events `speech.audio.delta` with audio in base64, and `speech.audio.done` (https://platform.openai.com/docs/api-reference/audio). */
async function* soundOfEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new SseReader();
  const pieces: Uint8Array[] = [];
  let done = false;
  const onFrame = ({ data }: { data: string }) => {
    if (data === "[DONE]") return;
    const event = eventOf(data);
    if (event.type === "speech.audio.done") done = true;
    else if (event.type === "speech.audio.delta" && typeof event.audio === "string")
      pieces.push(decodeBase64(event.audio));
  };
  for await (const piece of bytes) {
    reader.push(piece, onFrame);
    yield* pieces.splice(0);
  }
  reader.end(onFrame);
  yield* pieces;
  if (!done) throw new SluiceError("truncated", "the audio ended before speech.audio.done", { retryable: true });
}

function eventOf(data: string): Readonly<Record<string, unknown>> {
  let event: unknown;
  try {
    event = parseJson(data);
  } catch (cause) {
    throw new SluiceError("malformed-frame", "an event is not JSON", { frame: data.slice(0, 500), cause });
  }
  if (!isJsonObject(event))
    throw new SluiceError("malformed-frame", "an event is no object", { frame: data.slice(0, 500) });
  const error = errorIn(event);
  if (error !== undefined) throw error;
  return event;
}
