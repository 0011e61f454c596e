import { modelOf } from "../../models/model-of.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { exactly, filledString, wholeNumber } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { AudioChunk, SynthesisOptions, Voice } from "./voice.js";

/** Settings of `modelVoice`. */
export interface ModelVoiceOptions {
  /** One of the model's voices. Default `alloy`. */
  voice?: string;
  /** How it is to speak. */
  instructions?: string;
  /** Samples a second of its audio. Default 24,000, OpenAI's. */
  sampleRate?: number;
}

const OPTIONS = exactly("modelVoice", {
  voice: filledString,
  instructions: filledString,
  sampleRate: wholeNumber(8_000),
});

/** A model answers; it is asked to say what is there and nothing else. */
const TASK = "Read the user's text aloud, word for word, in its own language. Do not answer it, and add nothing.";

/**
 * A chat model that speaks itself as a voice, such as `openai/gpt-4o-audio-preview` or `openai/gpt-audio`: it is asked to read
 * each sentence aloud. It may say something else all the same, which a voice for text alone does not.
 *
 * @param spoken the model, or its name.
 * @throws {SluiceError} `invalid-argument`; whatever `model` throws for a name.
 */
export function modelVoice(spoken: ChatModel | string, options: ModelVoiceOptions = {}): Voice {
  OPTIONS(options, "");
  return new ModelVoice(modelOf(spoken), options);
}

class ModelVoice implements Voice {
  readonly id: string;
  readonly format: { mediaType: string; sampleRate: number };
  readonly concurrency = 2;
  readonly maxChars = 2_000;
  readonly idleMs = Number.POSITIVE_INFINITY;
  readonly #model: ChatModel;
  readonly #voice: string;
  readonly #task: string;

  constructor(spoken: ChatModel, { voice = "alloy", instructions, sampleRate = 24_000 }: ModelVoiceOptions) {
    this.id = `${spoken.id}/${voice}`;
    this.format = { mediaType: "audio/pcm", sampleRate };
    this.#model = spoken;
    this.#voice = voice;
    this.#task = instructions === undefined ? TASK : `${TASK} ${instructions}`;
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    const request: ChatRequest = {
      messages: [
        { role: "system", content: this.#task },
        { role: "user", content: text },
      ],
      // https://platform.openai.com/docs/guides/audio: a stream has 16-bit samples only.
      providerOptions: {
        "openai-chat": { modalities: ["text", "audio"], audio: { voice: this.#voice, format: "pcm16" } },
      },
    };
    const stream = this.#model.stream(request, { retain: false, ...(signal !== undefined && { signal }) });
    for await (const event of stream) {
      if (event.type !== "audio-delta" || event.data.length === 0) continue;
      const { data, mediaType, sampleRate = this.format.sampleRate } = event;
      if (mediaType !== "audio/pcm" || sampleRate !== this.format.sampleRate) {
        const message = `${this.id} speaks ${mediaType} at ${sampleRate} Hz: ${this.format.sampleRate} Hz were expected`;
        throw new SluiceError("unsupported", message, { model: this.id });
      }
      yield { data };
    }
  }
}
