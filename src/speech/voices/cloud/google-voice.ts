import { decodeBase64 } from "../../../base/base64.js";
import { isJsonObject, parseJson } from "../../../base/json.js";
import { readError } from "../../../dialects/openai-error.js";
import { defaultEnvironment, firstSet } from "../../../models/provider-environment.js";
import { between, exactly, filledString } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import { readWav } from "../../audio/wav.js";
import type { AudioChunk, SynthesisOptions, Voice } from "../voice.js";
import { GoogleServiceAccount } from "./google-service-account.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "./voice-service.js";

/** Settings of a voice of Google Cloud Text-to-Speech. */
export interface GoogleVoiceOptions extends VoiceServiceOptions {
  /** The voice's name, for example `en-US-Neural2-C`. Default: one that Google takes for the language. */
  voice?: string;
  /** BCP 47. Default: that of the voice's name, else `en-US`. */
  language?: string;
  /** From 0.25 to 4; 1 is the voice's own. */
  speed?: number;
  /** Semitones above the voice's own, from -20 to 20. */
  pitch?: number;
  /** Samples a second. Default 24,000. */
  sampleRate?: number;
  /** An OAuth token in place of a key. */
  accessToken?: string;
  /** The JSON file of a service account, in place of a key. Default: `GOOGLE_APPLICATION_CREDENTIALS`, where no key is set. */
  credentials?: string;
}

const OPTIONS = exactly("googleVoice", {
  ...VOICE_SERVICE_FIELDS,
  voice: filledString,
  language: filledString,
  speed: between(0.25, 4),
  pitch: between(-20, 20),
  sampleRate: between(8_000, 48_000),
  accessToken: filledString,
  credentials: filledString,
});

/**
 * A voice of Google Cloud Text-to-Speech. Its key is in `GOOGLE_TTS_API_KEY`, or the file of a service
 * account in `GOOGLE_APPLICATION_CREDENTIALS`; or it is given an OAuth token.
 *
 * @throws {SluiceError} `invalid-argument`, `missing-key`.
 */
export function googleVoice(options: GoogleVoiceOptions = {}): Voice {
  OPTIONS(options, "");
  return new GoogleVoice(options);
}

class GoogleVoice implements Voice {
  readonly id: string;
  readonly format: { mediaType: string; sampleRate: number };
  readonly concurrency = 3;
  /** The API's limit is 5,000 bytes; a character may take four. */
  readonly maxChars = 1_250;
  readonly idleMs = Number.POSITIVE_INFINITY;
  readonly #service: VoiceService;
  readonly #options: GoogleVoiceOptions;
  readonly #account: GoogleServiceAccount | undefined;

  constructor(options: GoogleVoiceOptions) {
    const { voice, sampleRate = 24_000, accessToken, env = defaultEnvironment() } = options;
    const hasKey = (options.apiKey ?? firstSet(["GOOGLE_TTS_API_KEY"], env)) !== undefined;
    const file = options.credentials ?? firstSet(["GOOGLE_APPLICATION_CREDENTIALS"], env)?.value;
    const needsAccount = accessToken === undefined && (options.credentials !== undefined || !hasKey);
    this.id = `google/${voice ?? "default"}`;
    this.format = { mediaType: "audio/pcm", sampleRate };
    this.#options = options;
    const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
    this.#service = new VoiceService(
      this.id,
      { ...options, headers: { ...headers, ...options.headers } },
      {
        name: "a voice of Google",
        baseUrl: "https://texttospeech.googleapis.com",
        keyEnv: ["GOOGLE_TTS_API_KEY"],
        keyRequired: accessToken === undefined && file === undefined,
        auth: (key) => ({ "x-goog-api-key": key }),
        readError,
      },
    );
    if (file !== undefined && needsAccount) {
      const post = this.#service.postForm.bind(this.#service);
      this.#account = new GoogleServiceAccount(file, post, options.clock);
    }
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    const { voice, speed, pitch } = this.#options;
    const language = this.#options.language ?? /^[a-z]{2,3}-[A-Z]{2}/.exec(voice ?? "")?.[0] ?? "en-US";
    const { sampleRate } = this.format;
    const body = {
      input: { text },
      voice: { languageCode: language, ...(voice !== undefined && { name: voice }) },
      audioConfig: {
        audioEncoding: "LINEAR16",
        sampleRateHertz: sampleRate,
        ...(speed !== undefined && { speakingRate: speed }),
        ...(pitch !== undefined && { pitch }),
      },
    };
    const token = await this.#account?.token(signal);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await this.#service.text({ path: "/v1/text:synthesize", headers, body, signal });
    yield { data: samplesOf(answer, sampleRate) };
  }
}

/** `LINEAR16` comes as a WAV file in base64. */
function samplesOf(answer: string, sampleRate: number): Uint8Array {
  const body = parse(answer);
  const content = isJsonObject(body) ? body.audioContent : undefined;
  if (typeof content !== "string") {
    throw new SluiceError("malformed-frame", "the answer has no audioContent", { frame: answer.slice(0, 500) });
  }
  const file = decodeBase64(content);
  const wav = readWav(file);
  if (wav !== undefined && wav.sampleRate !== sampleRate) {
    throw new SluiceError("malformed-frame", `the audio has ${wav.sampleRate} Hz; ${sampleRate} were asked for`);
  }
  return wav?.data ?? file;
}

function parse(answer: string): unknown {
  try {
    return parseJson(answer);
  } catch (cause) {
    throw new SluiceError("malformed-frame", "the answer is not JSON", { frame: answer.slice(0, 500), cause });
  }
}
