import { between, exactly, filledString, jsonObject, wholeNumber } from "../../../stream/checks.js";
import { SluiceError } from "../../../stream/error.js";
import { pcmOfFloats } from "../../audio/pcm.js";
import type { AudioChunk, SynthesisOptions, Voice } from "../voice.js";
import { openSherpa, type SherpaTts } from "./sherpa-module.js";

/** Settings of `sherpaVoice`. */
export interface SherpaVoiceOptions {
  /**
   * The model, as `OfflineTts` of sherpa-onnx takes it: for a voice of Piper
   * `{ vits: { model: "voice.onnx", tokens: "tokens.txt", dataDir: "espeak-ng-data" } }`; Kokoro, Kitten and Matcha alike.
   */
  model: object;
  /** Which of the model's speakers. Default 0. */
  speaker?: number;
  /** 1 is the voice's own. From 0.25 to 4; default 1. */
  speed?: number;
  /** The name for people. Default `sherpa`. */
  name?: string;
}

const OPTIONS = exactly("sherpaVoice", {
  model: { required: jsonObject },
  speaker: wholeNumber(0),
  speed: between(0.25, 4),
  name: filledString,
});

/**
 * A neural voice in this process, by sherpa-onnx, with a model that the user has: Piper, Kokoro, Kitten, Matcha. Needs the
 * package `sherpa-onnx-node`, which brings no model.
 *
 * @throws {SluiceError} `invalid-argument` for a model that sherpa-onnx refuses; `unsupported` without the package.
 */
export async function sherpaVoice(options: SherpaVoiceOptions): Promise<Voice> {
  OPTIONS(options, "");
  const { model } = options;
  const tts = await openSherpa("a voice of sherpa-onnx", model, ({ OfflineTts }) => OfflineTts.createAsync({ model }));
  return new SherpaVoice(tts, options);
}

/** A voice over a loaded model. */
export class SherpaVoice implements Voice {
  readonly id: string;
  readonly format: { mediaType: string; sampleRate: number };
  readonly concurrency = 1;
  readonly maxChars = 1_000;
  readonly #tts: SherpaTts;
  readonly #speaker: number;
  readonly #speed: number;

  constructor(tts: SherpaTts, { speaker = 0, speed = 1, name }: Omit<SherpaVoiceOptions, "model">) {
    this.#tts = tts;
    this.#speaker = speaker;
    this.#speed = speed;
    this.id = name ?? "sherpa";
    this.format = { mediaType: "audio/pcm", sampleRate: tts.sampleRate };
  }

  async *synthesize(text: string, { signal }: SynthesisOptions = {}): AsyncGenerator<AudioChunk, void, undefined> {
    if (!/[\p{L}\p{N}]/u.test(text)) return;
    const ready: Float32Array[] = [];
    let wake = () => {};
    let over = false;
    let left = false;
    const onAbort = () => wake();
    signal?.addEventListener("abort", onAbort, { once: true });
    const made = this.#tts
      .generateAsync({
        text,
        sid: this.#speaker,
        speed: this.#speed,
        enableExternalBuffer: false,
        onProgress: ({ samples }) => {
          ready.push(Float32Array.from(samples));
          wake();
          return !left && signal?.aborted !== true;
        },
      })
      .finally(() => {
        over = true;
        wake();
      });
    made.catch(() => {});
    try {
      let chunks = 0;
      for (;;) {
        if (signal?.aborted)
          throw new SluiceError("cancelled", "the synthesis was cancelled", { model: this.id, cause: signal.reason });
        const samples = ready.shift();
        if (samples !== undefined) {
          chunks++;
          yield { data: pcmOfFloats(samples) };
        } else if (over) break;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      const whole = await made;
      // A model that gives all of its audio at its end.
      if (chunks === 0) yield { data: pcmOfFloats(whole.samples) };
    } finally {
      left = true;
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
