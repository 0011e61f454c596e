import { decodeBase64 } from "../../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../../base/json.js";
import { uuid } from "../../../base/uuid.js";
import { readError } from "../../../dialects/openai-error.js";
import { providerError } from "../../../dialects/provider-error.js";
import { exactly, filledString } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import type { StreamedAudio, StreamingVoice } from "../streaming-voice.js";
import type { AudioChunk, SynthesisOptions, WordMark } from "../voice.js";
import { FlushedPieces } from "./flushed-pieces.js";
import { SpeechSocket } from "./speech-socket.js";
import { TextSender } from "./text-sender.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "./voice-service.js";

/** Settings of a voice of Cartesia. */
export interface CartesiaVoiceOptions extends VoiceServiceOptions {
  /** The voice's id. Default: `CARTESIA_VOICE_ID`. */
  voice?: string;
  /** Default `sonic-2`. */
  model?: string;
  /** ISO 639-1. Default `en`. */
  language?: string;
}

const OPTIONS = exactly("cartesiaVoice", {
  ...VOICE_SERVICE_FIELDS,
  voice: filledString,
  model: filledString,
  language: filledString,
});

const SAMPLE_RATE = 24_000;
/** The version of the API that is spoken (https://docs.cartesia.ai/api-reference/tts/tts). */
const VERSION = "2025-04-16";

/**
 * A voice of Cartesia over its WebSocket: each text is a context, and one that is left is cancelled. Its key is in
 * `CARTESIA_API_KEY`. It takes text as it streams (`synthesizeStream`).
 *
 * @throws {SluiceError} `invalid-argument`, `missing-key`; without a voice, too.
 */
export function cartesiaVoice(options: CartesiaVoiceOptions = {}): StreamingVoice {
  OPTIONS(options, "");
  return new CartesiaVoice(options);
}

class CartesiaVoice implements StreamingVoice {
  readonly id: string;
  readonly format = { mediaType: "audio/pcm", sampleRate: SAMPLE_RATE };
  readonly concurrency = 2;
  readonly maxChars = 2_000;
  readonly idleMs = Number.POSITIVE_INFINITY;
  /** A context ends a second after its last audio (https://docs.cartesia.ai/use-the-api/tts-websocket/contexts). */
  readonly maxPauseMs = 800;
  readonly #service: VoiceService;
  readonly #options: CartesiaVoiceOptions;
  readonly #voice: string;
  readonly #model: string;

  constructor(options: CartesiaVoiceOptions) {
    const { model = "sonic-2", env = globalThis.process?.env ?? {} } = options;
    const voice = options.voice ?? env.CARTESIA_VOICE_ID?.trim();
    if (voice === undefined || voice === "") {
      throw new SluiceError("missing-key", "a voice of Cartesia needs its id: set CARTESIA_VOICE_ID, or give voice");
    }
    this.#voice = voice;
    this.#model = model;
    this.#options = options;
    this.id = `cartesia/${model}/${voice}`;
    this.#service = new VoiceService(this.id, options, {
      name: "a voice of Cartesia",
      baseUrl: "https://api.cartesia.ai",
      baseUrlEnv: ["CARTESIA_BASE_URL"],
      keyEnv: ["CARTESIA_API_KEY"],
      auth: (key) => ({ "x-api-key": key }),
      readError,
    });
  }

  async *synthesize(text: string, options: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    const messages = this.#speak((socket, context) => {
      socket.send(this.#request(context, text, false));
      return undefined;
    }, options.signal);
    for await (const message of messages) {
      const chunk = chunkOf(message);
      if (chunk !== undefined) yield chunk;
    }
  }

  /** Each piece is flushed, so that the `flush_id` of its audio is its own. */
  async *synthesizeStream(
    text: AsyncIterable<string>,
    options: SynthesisOptions = {},
  ): AsyncGenerator<StreamedAudio, void, undefined> {
    const pieces = new FlushedPieces(SAMPLE_RATE);
    const messages = this.#speak((socket, context, sender) => {
      const send = (piece: string) => {
        socket.send(this.#request(context, /\s$/.test(piece) ? piece : `${piece} `, true));
        socket.send({ ...this.#request(context, "", true), flush: true });
      };
      return sender.send(text, send, () => socket.send(this.#request(context, "", false)));
    }, options.signal);
    for await (const message of messages) yield* pieces.push(message, chunkOf(message));
  }

  /** The messages of a context. */
  async *#speak(
    begin: (socket: SpeechSocket, context: string, sender: TextSender) => Promise<never> | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<JsonObject, void, undefined> {
    const context = uuid();
    const { clock } = this.#options;
    const socket = await SpeechSocket.open({
      url: `${this.#service.baseUrl.replace(/^http/, "ws")}/tts/websocket?cartesia_version=${VERSION}`,
      headers: { "x-api-key": this.#service.key ?? "", "cartesia-version": VERSION },
      id: this.id,
      signal,
      clock,
    });
    const sender = new TextSender();
    let done = false;
    try {
      const failed = begin(socket, context, sender);
      while (!done) {
        const message = await (failed === undefined ? socket.next() : Promise.race([socket.next(), failed]));
        if (message.context_id !== undefined && message.context_id !== context) continue;
        if (message.type === "error") throw errorOf(message);
        if (message.type === "done") done = true;
        yield message;
      }
    } finally {
      sender.stop();
      if (!done) socket.send({ context_id: context, cancel: true });
      socket.close();
    }
  }

  #request(context: string, transcript: string, more: boolean): JsonObject {
    return {
      model_id: this.#model,
      transcript,
      voice: { mode: "id", id: this.#voice },
      language: this.#options.language ?? "en",
      context_id: context,
      output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: SAMPLE_RATE },
      add_timestamps: true,
      continue: more,
      // Sentences are cut here: the service's own buffering would be added to it.
      max_buffer_delay_ms: 0,
    };
  }
}

function chunkOf({ type, data, word_timestamps: times }: JsonObject): AudioChunk | undefined {
  if (type === "chunk" && typeof data === "string") return { data: decodeBase64(data) };
  if (type !== "timestamps" || !isJsonObject(times)) return undefined;
  const { words, start, end } = times;
  if (!Array.isArray(words) || !Array.isArray(start) || !Array.isArray(end)) return undefined;
  const marks = words.map((word, index): WordMark => {
    const at = (seconds: unknown) => Math.round(Number(seconds ?? 0) * 1_000);
    return { text: String(word), startMs: at(start[index]), endMs: at(end[index]) };
  });
  return { data: new Uint8Array(0), words: marks };
}

function errorOf({ error, message, title, status_code: status, error_code: code }: JsonObject): SluiceError {
  const reason = [message, error, title].find((text) => typeof text === "string");
  return providerError({
    ...(typeof reason === "string" && { message: reason }),
    ...(typeof code === "string" && { code }),
    ...(typeof status === "number" && { status }),
  });
}
