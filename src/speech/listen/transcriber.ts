import { isJsonObject, parseJson } from "../../base/json.js";
import { readError } from "../../dialects/openai-error.js";
import { callable, exactly, filledString, withFields } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { wavHeader } from "../audio/wav.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "../voices/cloud/voice-service.js";

/** Writes down what somebody says. */
export interface Transcriber {
  /** As people name it. */
  readonly id: string;
  /**
   * The words of audio: 16-bit samples, one channel. Empty where nothing is said.
   *
   * @throws {SluiceError} what the service refused, `cancelled`.
   */
  transcribe(pcm: Uint8Array, sampleRate: number, options?: { signal?: AbortSignal }): Promise<string>;
}

/** @throws {SluiceError} `invalid-argument` for anything but a transcriber. */
export const transcriber = withFields("a transcriber, such as openAiTranscriber()", {
  id: { required: filledString },
  transcribe: { required: callable },
});

/** Settings of `openAiTranscriber`. */
export interface OpenAiTranscriberOptions extends VoiceServiceOptions {
  /** Default `gpt-4o-mini-transcribe`. */
  model?: string;
  /** ISO 639-1, where it is known: that makes it better and quicker. */
  language?: string;
  /** Names and words that are likely to come up. */
  prompt?: string;
}

const OPTIONS = exactly("openAiTranscriber", {
  ...VOICE_SERVICE_FIELDS,
  model: filledString,
  language: filledString,
  prompt: filledString,
});

/**
 * Transcription by OpenAI, or a service with the same API at `baseUrl` (`OPENAI_BASE_URL`): speaches, LocalAI, whisper.cpp.
 * Its key is in `OPENAI_API_KEY`.
 *
 * @throws {SluiceError} `invalid-argument`; `missing-key` where it has no key and the address is OpenAI's.
 */
export function openAiTranscriber(options: OpenAiTranscriberOptions = {}): Transcriber {
  OPTIONS(options, "");
  const { model = "gpt-4o-mini-transcribe", language, prompt } = options;
  const id = `openai/${model}`;
  const service = new VoiceService(id, options, {
    name: "transcription by OpenAI",
    baseUrl: "https://api.openai.com/v1",
    baseUrlEnv: ["OPENAI_BASE_URL"],
    keyEnv: ["OPENAI_API_KEY"],
    keyRequired: options.baseUrl === undefined,
    auth: (key) => ({ authorization: `Bearer ${key}` }),
    readError,
  });
  return {
    id,
    async transcribe(pcm, sampleRate, { signal } = {}) {
      const form = new FormData();
      const file = [wavHeader(sampleRate, pcm.length), pcm].map((part) => Uint8Array.from(part));
      form.set("file", new Blob(file, { type: "audio/wav" }), "speech.wav");
      form.set("model", model);
      form.set("response_format", "json");
      if (language !== undefined) form.set("language", language);
      if (prompt !== undefined) form.set("prompt", prompt);
      const encoded = new Response(form);
      const body = new Uint8Array(await encoded.arrayBuffer());
      const headers = { "content-type": encoded.headers.get("content-type") ?? "" };
      return textIn(await service.text({ path: "/audio/transcriptions", headers, body, signal }));
    },
  };
}

function textIn(answer: string): string {
  let body: unknown;
  try {
    body = parseJson(answer);
  } catch (cause) {
    throw new SluiceError("malformed-frame", "the transcription is not JSON", { frame: answer.slice(0, 500), cause });
  }
  if (isJsonObject(body) && typeof body.text === "string") return body.text.trim();
  throw new SluiceError("malformed-frame", "the transcription has no text", { frame: answer.slice(0, 500) });
}
