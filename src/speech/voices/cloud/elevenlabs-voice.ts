import { decodeBase64 } from "../../../base/base64.js";
import { isJsonObject, type JsonObject, parseJson } from "../../../base/json.js";
import { readError } from "../../../dialects/openai-error.js";
import { providerError } from "../../../dialects/provider-error.js";
import { between, exactly, filledString, oneOf } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import { NdjsonReader } from "../../../stream/framing/ndjson-reader.js";
import type { StreamedAudio, StreamingVoice } from "../streaming-voice.js";
import type { AudioChunk, SynthesisOptions } from "../voice.js";
import { AlignedPieces, type CharacterAlignment } from "./aligned-pieces.js";
import { CharacterWords } from "./character-words.js";
import { SpeechSocket } from "./speech-socket.js";
import { TextSender } from "./text-sender.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "./voice-service.js";

/** Settings of a voice of ElevenLabs. */
export interface ElevenLabsVoiceOptions extends VoiceServiceOptions {
  /** The voice's id. Default: `ELEVENLABS_VOICE_ID`, else ElevenLabs' "George". */
  voice?: string;
  /** Default `eleven_flash_v2_5`, the quick one. */
  model?: string;
  /** How a single text is sent: as a request (`http`, default), or over a WebSocket, as an answer that streams always is. */
  transportKind?: "http" | "websocket";
  /** From 0.7 to 1.2; 1 is the voice's own. */
  speed?: number;
  /** From 0 to 1: how alike it speaks each time. */
  stability?: number;
}

const OPTIONS = exactly("elevenLabsVoice", {
  ...VOICE_SERVICE_FIELDS,
  voice: filledString,
  model: filledString,
  transportKind: oneOf("http", "websocket"),
  speed: between(0.7, 1.2),
  stability: between(0, 1),
});

const SAMPLE_RATE = 24_000;
const GEORGE = "JBFqnCBsd6RMkjVDRZzb";

/**
 * A voice of ElevenLabs, with the times of its words. Its key is in `ELEVENLABS_API_KEY`. An answer that is
 * spoken while it is written goes over one WebSocket.
 *
 * @throws {SluiceError} `invalid-argument`, `missing-key`.
 */
export function elevenLabsVoice(options: ElevenLabsVoiceOptions = {}): StreamingVoice {
  OPTIONS(options, "");
  return new ElevenLabsVoice(options);
}

class ElevenLabsVoice implements StreamingVoice {
  readonly id: string;
  readonly format = { mediaType: "audio/pcm", sampleRate: SAMPLE_RATE };
  /** What the smaller plans allow. */
  readonly concurrency = 2;
  readonly maxChars = 5_000;
  readonly idleMs = Number.POSITIVE_INFINITY;
  readonly #service: VoiceService;
  readonly #options: ElevenLabsVoiceOptions;
  readonly #voice: string;
  readonly #model: string;

  constructor(options: ElevenLabsVoiceOptions) {
    const { model = "eleven_flash_v2_5", env = globalThis.process?.env ?? {} } = options;
    this.#voice = options.voice ?? (env.ELEVENLABS_VOICE_ID?.trim() || GEORGE);
    this.#model = model;
    this.#options = options;
    this.id = `elevenlabs/${model}/${this.#voice}`;
    this.#service = new VoiceService(this.id, options, {
      name: "a voice of ElevenLabs",
      baseUrl: "https://api.elevenlabs.io",
      baseUrlEnv: ["ELEVENLABS_BASE_URL"],
      keyEnv: ["ELEVENLABS_API_KEY"],
      auth: (key) => ({ "xi-api-key": key }),
      readError,
    });
  }

  async *synthesize(text: string, options: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    if (this.#options.transportKind === "websocket") yield* this.synthesizeStream(once(text), options);
    else yield* this.#overHttp(text, options.signal);
  }

  /**
   * The WebSocket of `stream-input` (https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-stream-input).
   * Where one piece ends is known by the alignment of characters; without one, all audio is taken for the first's.
   */
  async *synthesizeStream(
    text: AsyncIterable<string>,
    { signal }: SynthesisOptions = {},
  ): AsyncGenerator<StreamedAudio, void, undefined> {
    // The service's own buffering is off: sentences are cut here.
    const query = `model_id=${this.#model}&output_format=pcm_${SAMPLE_RATE}&auto_mode=true&sync_alignment=true`;
    const address = `${this.#service.baseUrl.replace(/^http/, "ws")}/v1/text-to-speech/${this.#voice}/stream-input`;
    const { clock } = this.#options;
    const socket = await SpeechSocket.open({
      url: `${address}?${query}`,
      headers: { "xi-api-key": this.#service.key ?? "" },
      id: this.id,
      signal,
      clock,
    });
    const sender = new TextSender();
    const pieces = new AlignedPieces(SAMPLE_RATE);
    try {
      socket.send({ text: " ", voice_settings: this.#settings() });
      const failed = sender.send(
        text,
        (piece) => {
          pieces.sent(piece);
          // The service wants a blank at the end of each text.
          socket.send({ text: /\s$/.test(piece) ? piece : `${piece} `, flush: true });
        },
        () => socket.send({ text: "" }),
      );
      for (;;) {
        const message = await Promise.race([socket.next(), failed]);
        const error = errorOf(message);
        if (error !== undefined) throw error;
        yield* pieces.push(bytesOf(message.audio), alignmentOf(message.alignment));
        if (message.isFinal === true) {
          yield* pieces.end();
          return;
        }
      }
    } finally {
      sender.stop();
      socket.close();
    }
  }

  async *#overHttp(text: string, signal: AbortSignal | undefined): AsyncGenerator<AudioChunk, void, undefined> {
    const path = `/v1/text-to-speech/${this.#voice}/stream/with-timestamps?output_format=pcm_${SAMPLE_RATE}`;
    const body = { text, model_id: this.#model, voice_settings: this.#settings() };
    const answer = await this.#service.open({ path, body, signal });
    const reader = new NdjsonReader();
    const words = new CharacterWords();
    const lines: string[] = [];
    const onFrame = ({ data }: { data: string }) => void lines.push(data);
    const chunks = function* () {
      for (const line of lines.splice(0)) {
        const message = objectOf(line);
        const error = errorOf(message);
        if (error !== undefined) throw error;
        // The times of a request are those of its whole audio.
        yield chunkOf(message.audio_base64, message.alignment, words);
      }
    };
    for await (const piece of answer.bytes) {
      reader.push(piece, onFrame);
      yield* chunks();
    }
    reader.end(onFrame);
    yield* chunks();
    const last = words.end();
    if (last.length > 0) yield { data: new Uint8Array(0), words: last };
  }

  #settings(): JsonObject {
    const { speed, stability } = this.#options;
    return { ...(speed !== undefined && { speed }), ...(stability !== undefined && { stability }) };
  }
}

async function* once(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}

function bytesOf(audio: unknown): Uint8Array {
  return typeof audio === "string" && audio !== "" ? decodeBase64(audio) : new Uint8Array(0);
}

function chunkOf(audio: unknown, alignment: unknown, words: CharacterWords): AudioChunk {
  const data = bytesOf(audio);
  if (!isJsonObject(alignment)) return { data };
  const starts = numbers(alignment.character_start_times_seconds, 1_000);
  const ends = numbers(alignment.character_end_times_seconds, 1_000);
  const found = words.push(strings(alignment.characters), starts, ends, 0);
  return found.length > 0 ? { data, words: found } : { data };
}

/** Times of the WebSocket count from the audio of their message. */
function alignmentOf(alignment: unknown): CharacterAlignment {
  if (!isJsonObject(alignment)) return { characters: [], startsMs: [], endsMs: [] };
  const startsMs = numbers(alignment.charStartTimesMs);
  const durations = numbers(alignment.charDurationsMs);
  return {
    characters: strings(alignment.chars),
    startsMs,
    endsMs: startsMs.map((start, index) => start + (durations[index] ?? 0)),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function numbers(value: unknown, factor = 1): number[] {
  return Array.isArray(value) ? value.map((number) => Number(number) * factor) : [];
}

function objectOf(line: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (cause) {
    throw new SluiceError("malformed-frame", "a line is not JSON", { frame: line.slice(0, 500), cause });
  }
  if (isJsonObject(value)) return value;
  throw new SluiceError("malformed-frame", "a line is no object", { frame: line.slice(0, 500) });
}

/** An error among the messages: `{ "error": …, "message": … }`. */
function errorOf({ error, message, code }: JsonObject): SluiceError | undefined {
  if (typeof error !== "string") return undefined;
  return providerError({ code: error, message: typeof message === "string" ? message : `code ${String(code ?? 0)}` });
}
