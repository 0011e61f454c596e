import { readError } from "../../../dialects/openai-error.js";
import { defaultEnvironment, firstSet } from "../../../models/provider-environment.js";
import { between, exactly, filledString, pattern } from "../../../stream/checks.js";
import type { AudioChunk, SynthesisOptions, Voice } from "../voice.js";
import { pcmOf } from "./pcm-stream.js";
import { VOICE_SERVICE_FIELDS, VoiceService, type VoiceServiceOptions } from "./voice-service.js";

/** Settings of a voice of Azure Speech. */
export interface AzureVoiceOptions extends VoiceServiceOptions {
  /** Default `en-US-AvaMultilingualNeural`. */
  voice?: string;
  /** The resource's region, for example `westeurope`. Default: `AZURE_SPEECH_REGION`. */
  region?: string;
  /** From 0.5 to 2; 1 is the voice's own. */
  speed?: number;
  /** Change of the voice's pitch in percent, from -50 to 50. */
  pitchPercent?: number;
}

const OPTIONS = exactly("azureVoice", {
  ...VOICE_SERVICE_FIELDS,
  voice: filledString,
  region: pattern("a region such as westeurope", /^[a-z0-9-]+$/),
  speed: between(0.5, 2),
  pitchPercent: between(-50, 50),
});

const SAMPLE_RATE = 24_000;

/**
 * A voice of Azure Speech. Its key is in `AZURE_SPEECH_KEY`, its region in `AZURE_SPEECH_REGION`.
 *
 * @throws {SluiceError} `invalid-argument`; `missing-key` with the variable to set.
 */
export function azureVoice(options: AzureVoiceOptions = {}): Voice {
  OPTIONS(options, "");
  return new AzureVoice(options);
}

class AzureVoice implements Voice {
  readonly id: string;
  readonly format = { mediaType: "audio/pcm", sampleRate: SAMPLE_RATE };
  readonly concurrency = 3;
  /** A request makes at most ten minutes of audio; this is about five. */
  readonly maxChars = 4_000;
  readonly idleMs = Number.POSITIVE_INFINITY;
  readonly #service: VoiceService;
  readonly #voice: string;
  readonly #prosody: string;

  constructor(options: AzureVoiceOptions) {
    const { voice = "en-US-AvaMultilingualNeural", env = defaultEnvironment(), speed, pitchPercent } = options;
    this.id = `azure/${voice}`;
    this.#voice = voice;
    this.#prosody = [
      ...(speed === undefined ? [] : [` rate="${speed}"`]),
      ...(pitchPercent === undefined ? [] : [` pitch="${pitchPercent >= 0 ? "+" : ""}${pitchPercent}%"`]),
    ].join("");
    const region = options.region ?? firstSet(["AZURE_SPEECH_REGION"], env)?.value;
    this.#service = new VoiceService(this.id, options, {
      name: "a voice of Azure",
      ...(region !== undefined && { baseUrl: `https://${region}.tts.speech.microsoft.com` }),
      // What the error names where nothing says where it is.
      baseUrlEnv: region === undefined ? ["AZURE_SPEECH_REGION"] : [],
      keyEnv: ["AZURE_SPEECH_KEY", "SPEECH_KEY"],
      auth: (key) => ({ "ocp-apim-subscription-key": key }),
      readError,
    });
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    const headers = {
      "content-type": "application/ssml+xml",
      "x-microsoft-outputformat": "raw-24khz-16bit-mono-pcm",
      "user-agent": "sluice",
    };
    const answer = await this.#service.open({ path: "/cognitiveservices/v1", headers, body: this.#ssml(text), signal });
    await this.#service.refuseJson(answer);
    for await (const data of pcmOf(answer.bytes, SAMPLE_RATE)) yield { data };
  }

  #ssml(text: string): string {
    const language = /^[a-z]{2,3}-[A-Z]{2}/.exec(this.#voice)?.[0] ?? "en-US";
    const spoken = this.#prosody === "" ? xml(text) : `<prosody${this.#prosody}>${xml(text)}</prosody>`;
    return `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${language}"><voice name="${xml(this.#voice)}">${spoken}</voice></speak>`;
  }
}

/** Text as XML may hold it. Control characters are not allowed there at all. */
function xml(text: string): string {
  return text.replace(/(?![\t\n\r])\p{Cc}/gu, " ").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
