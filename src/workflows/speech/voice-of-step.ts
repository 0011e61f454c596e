import { openAiTranscriber, type Transcriber } from "../../speech/listen/transcriber.js";
import type { Voice } from "../../speech/voices/voice.js";
import { voiceOf } from "../../speech/voices/voice-of-name.js";
import type { StepContext } from "../steps/step-context.js";

/** Providers that the ancestors name otherwise. */
const VOICES = new Map([
  ["coqui_xtts", "xtts"],
  ["coqui", "xtts"],
  ["google_tts", "google"],
]);

/** Who speaks in a step: the run's own voice of that provider, else the one of that name. */
export function voiceOfStep({ config, settings, services }: StepContext): { provider: string; voice: Voice } {
  const wanted = config.provider ?? settings.default_tts_provider;
  const provider = typeof wanted === "string" ? wanted : "auto";
  const own = services.voices ?? {};
  const voice = (Object.hasOwn(own, provider) ? own[provider] : undefined) ?? own.default;
  if (voice !== undefined) return { provider, voice };
  const name = VOICES.get(provider) ?? provider;
  const chosen = typeof config.voice === "string" && name !== "auto" ? `${name}/${config.voice}` : name;
  return { provider, voice: voiceOf(chosen) };
}

/** Who listens in a step: the run's own listener of that provider, else OpenAI's API. */
export function transcriberOfStep({ config, settings, services }: StepContext): {
  provider: string;
  transcriber: Transcriber;
} {
  const wanted = config.provider ?? settings.default_stt_provider;
  const provider = typeof wanted === "string" ? wanted : "auto";
  const own = services.transcribers ?? {};
  const found = (Object.hasOwn(own, provider) ? own[provider] : undefined) ?? own.default;
  if (found !== undefined) return { provider, transcriber: found };
  const { model, language } = config;
  const options = {
    ...(typeof model === "string" && { model }),
    ...(typeof language === "string" && language !== "auto" && { language }),
  };
  return { provider, transcriber: openAiTranscriber(options) };
}
