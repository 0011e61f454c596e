import { exactly, filledString, jsonObject } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { floatsOfPcm } from "../audio/pcm.js";
import { openSherpa, type SherpaRecognizer } from "../voices/sherpa/sherpa-module.js";
import type { Transcriber } from "./transcriber.js";

/** Settings of `sherpaTranscriber`. */
export interface SherpaTranscriberOptions {
  /**
   * The model, as `modelConfig` of sherpa-onnx's `OfflineRecognizer` takes it: for Whisper
   * `{ whisper: { encoder: "…", decoder: "…" }, tokens: "…" }`; Moonshine, Parakeet, SenseVoice alike.
   */
  model: object;
  /** The name for people. Default `sherpa`. */
  name?: string;
}

const OPTIONS = exactly("sherpaTranscriber", { model: { required: jsonObject }, name: filledString });

/**
 * Transcription in this process, by sherpa-onnx, with a model that the user has. Needs the package `sherpa-onnx-node`,
 * which brings no model.
 *
 * @throws {SluiceError} `invalid-argument` for a model that sherpa-onnx refuses; `unsupported` without the package.
 */
export async function sherpaTranscriber(options: SherpaTranscriberOptions): Promise<Transcriber> {
  OPTIONS(options, "");
  const { model, name = "sherpa" } = options;
  const recognizer = await openSherpa("transcription by sherpa-onnx", model, ({ OfflineRecognizer }) =>
    OfflineRecognizer.createAsync({ modelConfig: model }),
  );
  return transcriberOver(recognizer, name);
}

/** A transcriber over a loaded model. What is being decoded cannot be stopped; its result is dropped. */
export function transcriberOver(recognizer: SherpaRecognizer, id: string): Transcriber {
  return {
    id,
    async transcribe(pcm, sampleRate, { signal } = {}) {
      const stream = recognizer.createStream();
      stream.acceptWaveform({ samples: floatsOfPcm(pcm), sampleRate });
      const { text } = await recognizer.decodeAsync(stream);
      if (signal?.aborted)
        throw new SluiceError("cancelled", "the transcription was cancelled", { model: id, cause: signal.reason });
      return text.trim();
    },
  };
}
