import { basename } from "node:path";
import { mediaTypeOf } from "../../base/media-type.js";
import { SluiceError } from "../../stream/error.js";
import { RunFolder } from "../files/run-folder.js";
import { flag, number, object, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepType } from "./step-type.js";

/** Writes down what is said in a sound. */
export const stt: StepType = {
  type: "stt",
  aliases: ["speech_to_text", "transcribe"],
  about: "Writes down what is said in a sound.",
  config: {
    provider: text("Who listens. Default: that of the workflow.", { aliases: ["stt_provider"] }),
    language: text("BCP 47. Default: found out."),
    model: text("The provider's name for the model."),
    enable_word_timestamps: flag("Not used: words have times where the listener gives them."),
    enable_speaker_diarization: flag("Not used."),
    temperature: number("Not used."),
    beam_size: whole("Not used."),
    extra_params: object("Not used."),
  },
  inputs: {
    audio_file_path: required(
      text("The sound, below the run's folder.", { aliases: ["audio_path", "file_path", "audio_file", "audio"] }),
    ),
  },
  results: {
    transcript: "What was said.",
    language_detected: "BCP 47.",
    confidence: "null",
    word_timestamps: "word, start_time and end_time in seconds.",
    speaker_segments: "null",
    duration_seconds: "Of the sound.",
    provider: "Who listened.",
    model_used: "The model.",
    audio_file_path: "The sound.",
    success: "true",
  },
  main: "transcript",
  group: "document",
  async run(context) {
    const { config, settings, services, signal } = context;
    const wanted = config.provider ?? settings.default_stt_provider;
    const provider = typeof wanted === "string" && wanted !== "auto" ? wanted : "default";
    const known = services.transcribers ?? {};
    const listener = Object.hasOwn(known, provider) ? known[provider] : known.default;
    if (listener === undefined) {
      const message = `there is no listener ${provider}: the option transcribers gives one`;
      throw new SluiceError("unsupported", message, { field: "config.provider" });
    }
    const path = asText(context.need("audio_file_path"));
    const data = await new RunFolder(services).read(path);
    const mediaType = mediaTypeOf(data, path) ?? "audio/wav";
    const heard = await listener.transcribe(
      { data, mediaType, filename: basename(path) },
      {
        signal,
        ...(typeof config.language === "string" && config.language !== "auto" && { language: config.language }),
        ...(typeof config.model === "string" && { model: config.model }),
      },
    );
    return {
      success: true,
      transcript: heard.text,
      language_detected: heard.language ?? null,
      confidence: null,
      word_timestamps: (heard.words ?? []).map(({ word, start, end }) => ({ word, start_time: start, end_time: end })),
      speaker_segments: null,
      duration_seconds: heard.durationSeconds ?? null,
      provider,
      model_used: config.model ?? null,
      audio_file_path: path,
    };
  },
};
