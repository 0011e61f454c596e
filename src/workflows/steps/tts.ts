import { uuid } from "../../base/uuid.js";
import { wavHeader } from "../../speech/audio/wav.js";
import { speak } from "../../speech/pipeline/speak.js";
import type { AudioFormat } from "../../speech/voices/voice.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { RunFolder } from "../files/run-folder.js";
import { choice, flag, number, object, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { voiceOfStep } from "../speech/voice-of-step.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";

/** Endings of files, by media type. */
const ENDINGS = new Map([
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/mpeg", "mp3"],
  ["audio/ogg", "ogg"],
  ["audio/flac", "flac"],
]);

/** Speaks a text; one that is still being written is spoken while it is. */
export const tts: StepType = {
  type: "tts",
  aliases: ["text_to_speech"],
  about: "Speaks a text. A text that another step still writes is spoken while it is written.",
  config: {
    voice: text("The voice."),
    provider: text("Whose voice. Default: that of the workflow.", { aliases: ["tts_provider"] }),
    speed: number("1 is usual.", { minimum: 0.1, maximum: 4 }),
    pitch: number("Not used."),
    output_format: choice(
      "What is asked of the voice; the file's ending says what it gave.",
      ["mp3", "wav", "ogg", "flac", "pcm"],
      { aliases: ["format"] },
    ),
    output_path: text("Where the sound is written, below the run's folder. Default: nowhere.", {
      aliases: ["output_file"],
    }),
    extra_params: object("Not used."),
    enable_streaming: flag("Not used: a text is always spoken while it is written."),
    streaming_chunks: whole("Not used."),
    language: text("Not used: a voice has its language."),
  },
  inputs: { text: required(text("What is spoken.", { aliases: ["message", "content"] })) },
  results: {
    audio_file_path: "Where the sound is.",
    audio_url: "null",
    audio_data: "The sound as base64, where it is not in a file.",
    duration_ms: "How long the voice took.",
    provider: "Whose voice.",
    voice_used: "The voice.",
    format_used: "The media type.",
    text: "What was spoken.",
    text_length: "Its characters.",
    success: "true",
    metadata: "sample_rate, pieces.",
  },
  main: "audio_file_path",
  group: "tts",
  live: ["text"],
  async run(context) {
    const { provider, voice } = voiceOfStep(context);
    const text = context.live("text") ?? [asText(context.need("text"))];
    const spoken = await context.read(
      speak(ChatStream.from(textEvents(text, voice.id), { signal: context.signal }), { voice }),
    );
    if (spoken.text.trim() === "")
      throw new SluiceError("invalid-argument", "Text cannot be empty", { field: "inputs.text" });
    const { mediaType, sampleRate } = voice.format;
    const sound = Buffer.concat(spoken.sound);
    const path = await written(context, sound, voice.format);
    return {
      success: true,
      audio_file_path: path,
      audio_url: null,
      audio_data: path === null ? sound.toString("base64") : null,
      duration_ms: spoken.durationMs,
      provider,
      voice_used: voice.id,
      format_used: mediaType,
      text: spoken.text,
      text_length: spoken.text.length,
      metadata: { pieces: spoken.sound.length, ...(sampleRate !== undefined && { sample_rate: sampleRate }) },
    };
  },
};

/** A text that may still be written, as the stream of an answer. */
async function* textEvents(text: AsyncIterable<string> | Iterable<string>, model: string): AsyncGenerator<ChatEvent> {
  yield { type: "start", id: uuid(), model };
  for await (const piece of text) yield { type: "text-delta", text: piece };
  yield { type: "finish", reason: "stop", usage: {} };
}

/** Writes the sound; samples without a header get that of a WAV file. */
async function written(
  { config, services }: StepContext,
  sound: Uint8Array,
  format: AudioFormat,
): Promise<string | null> {
  if (typeof config.output_path !== "string") return null;
  const kind = format.mediaType.split(";")[0] ?? "";
  const ending = kind === "audio/pcm" ? "wav" : ENDINGS.get(kind);
  const path = ending === undefined ? config.output_path : config.output_path.replace(/(?:\.\w{2,4})?$/, `.${ending}`);
  const header = kind === "audio/pcm" ? wavHeader(format.sampleRate ?? 16_000, sound.length) : new Uint8Array();
  return new RunFolder(services).write(path, Buffer.concat([header, sound]), true);
}
