import { RunFolder } from "../files/run-folder.js";
import { flag, number, object, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { samplesOf } from "../speech/samples-of.js";
import { transcriberOfStep } from "../speech/voice-of-step.js";
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
    word_timestamps: "Empty: listeners give no times.",
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
    const { config, services, signal } = context;
    const { provider, transcriber } = transcriberOfStep(context);
    const path = asText(context.need("audio_file_path"));
    const { pcm, sampleRate } = samplesOf(await new RunFolder(services).read(path), path);
    const transcript = await transcriber.transcribe(pcm, sampleRate, { signal });
    return {
      success: true,
      transcript,
      language_detected: typeof config.language === "string" && config.language !== "auto" ? config.language : null,
      confidence: null,
      word_timestamps: [],
      speaker_segments: null,
      duration_seconds: pcm.length / 2 / sampleRate,
      provider,
      model_used: config.model ?? transcriber.id,
      audio_file_path: path,
    };
  },
};
