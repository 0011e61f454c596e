import { isJsonObject, type JsonObject, parseJson } from "../../../base/json.js";
import { nearest } from "../../../base/nearest.js";
import { orLeft } from "../../../base/or-left.js";
import { readError } from "../../../dialects/openai-error.js";
import { exactly, filledString } from "../../../stream/checks.js";
import { invalid, SluiceError } from "../../../stream/error.js";
import type { AudioChunk, SynthesisOptions, Voice } from "../voice.js";
import { pcmOf } from "./pcm-stream.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "./voice-service.js";

/** Settings of a voice of a Coqui XTTS server. */
export interface XttsVoiceOptions extends VoiceServiceOptions {
  /** One of the server's studio speakers. Default `Claribel Dervla`. */
  voice?: string;
  /** A WAV file of a few seconds of somebody's speech, whose voice is taken in place of a studio speaker. */
  reference?: Uint8Array;
  /** ISO 639-1. Default `en`. */
  language?: string;
}

const OPTIONS = exactly("xttsVoice", {
  ...VOICE_SERVICE_FIELDS,
  voice: filledString,
  reference: (value, path) => {
    if (!(value instanceof Uint8Array)) throw invalid(path, value, "the bytes of a WAV file");
  },
  language: filledString,
});

/** Of XTTS v2. */
const SAMPLE_RATE = 24_000;

/**
 * A voice of a Coqui XTTS server (`coqui-ai/xtts-streaming-server`) at `baseUrl` or `COQUI_XTTS_URL`: one of its studio
 * speakers, or one that is cloned from a reference clip. Take the voice only of somebody who agrees to it.
 *
 * @throws {SluiceError} `invalid-argument`; `missing-key` where it has no address.
 */
export function xttsVoice(options: XttsVoiceOptions = {}): Voice {
  OPTIONS(options, "");
  return new XttsVoice(options);
}

/** What the server knows a voice by. */
interface Speaker {
  speaker_embedding: unknown;
  gpt_cond_latent: unknown;
}

class XttsVoice implements Voice {
  readonly id: string;
  readonly format = { mediaType: "audio/pcm", sampleRate: SAMPLE_RATE };
  /** The server speaks one text after the other. */
  readonly concurrency = 1;
  /** The model's limit is 400 tokens; longer text is cut off by it. */
  readonly maxChars = 250;
  readonly idleMs = Number.POSITIVE_INFINITY;
  readonly #service: VoiceService;
  readonly #voice: string;
  readonly #language: string;
  readonly #reference: Uint8Array | undefined;
  #speaker: Promise<Speaker> | undefined;

  constructor(options: XttsVoiceOptions) {
    const { voice = "Claribel Dervla", language = "en", reference } = options;
    this.id = `xtts/${reference === undefined ? voice : "cloned"}`;
    this.#voice = voice;
    this.#language = language;
    this.#reference = reference;
    this.#service = new VoiceService(this.id, options, {
      name: "a voice of Coqui XTTS",
      baseUrlEnv: ["COQUI_XTTS_URL"],
      keyEnv: ["COQUI_XTTS_KEY"],
      keyRequired: false,
      auth: (key) => ({ authorization: `Bearer ${key}` }),
      readError,
    });
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    this.#speaker ??= this.#reference === undefined ? this.#studioSpeaker() : this.#cloned(this.#reference);
    this.#speaker.catch(() => {
      // The server may be there by the next time.
      this.#speaker = undefined;
    });
    const speaker = await unlessAborted(this.#speaker, signal);
    const body = { text, language: this.#language, ...speaker, add_wav_header: false, stream_chunk_size: "20" };
    const answer = await this.#service.open({ path: "/tts_stream", body, signal });
    await this.#service.refuseJson(answer);
    for await (const data of pcmOf(answer.bytes, SAMPLE_RATE)) yield { data };
  }

  async #studioSpeaker(): Promise<Speaker> {
    const speakers = objectIn(await this.#service.text({ method: "GET", path: "/studio_speakers" }));
    const found = Object.hasOwn(speakers, this.#voice) ? speakers[this.#voice] : undefined;
    if (isJsonObject(found)) return speakerIn(found);
    const names = Object.keys(speakers);
    const close = nearest(this.#voice, names);
    const hint = close.length > 0 ? close.join(", ") : names.slice(0, 10).join(", ");
    throw invalid("voice", this.#voice, `a studio speaker of the server, such as ${hint}`);
  }

  async #cloned(reference: Uint8Array): Promise<Speaker> {
    const form = new Response(formOf(reference));
    const body = new Uint8Array(await form.arrayBuffer());
    const headers = { "content-type": form.headers.get("content-type") ?? "" };
    return speakerIn(objectIn(await this.#service.text({ path: "/clone_speaker", headers, body })));
  }
}

/** Other texts may wait for the same speaker, so that it is not given up when one of them is. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  try {
    return await orLeft(promise, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw new SluiceError("cancelled", "the synthesis was cancelled", { cause: signal.reason });
  }
}

function formOf(reference: Uint8Array): FormData {
  const form = new FormData();
  form.set("wav_file", new Blob([Uint8Array.from(reference)], { type: "audio/wav" }), "reference.wav");
  return form;
}

function speakerIn({ speaker_embedding, gpt_cond_latent }: JsonObject): Speaker {
  if (Array.isArray(speaker_embedding) && Array.isArray(gpt_cond_latent)) return { speaker_embedding, gpt_cond_latent };
  throw new SluiceError("malformed-frame", "the server's speaker has no speaker_embedding and gpt_cond_latent");
}

function objectIn(text: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new SluiceError("malformed-frame", "the answer is not JSON", { frame: text.slice(0, 500), cause });
  }
  if (isJsonObject(value)) return value;
  throw new SluiceError("malformed-frame", "the answer is no object", { frame: text.slice(0, 500) });
}
