import { SluiceError } from "../../stream/error.js";
import { RunFolder } from "../files/run-folder.js";
import { choice, flag, number, object, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { WorkflowVoice } from "../services.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";

/** Endings of files, by media type. */
const ENDINGS = new Map([
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/mpeg", "mp3"],
  ["audio/ogg", "ogg"],
  ["audio/flac", "flac"],
  ["audio/pcm", "pcm"],
  ["audio/L16", "pcm"],
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
    const { provider, voice } = voiceOf(context);
    const { config, signal } = context;
    const spoken = new Spoken(context);
    const began = performance.now();
    const pieces: Uint8Array[] = [];
    let mediaType = "audio/wav";
    let sampleRate: number | undefined;
    const options = {
      signal,
      ...(typeof config.voice === "string" && { voice: config.voice }),
      ...(typeof config.speed === "number" && { speed: config.speed }),
      ...(typeof config.output_format === "string" && { format: config.output_format }),
    };
    for await (const piece of voice.speak(spoken.text(), options)) {
      ({ mediaType, sampleRate } = { sampleRate, ...piece });
      pieces.push(piece.data);
      await context.sound(piece);
    }
    const elapsed = performance.now() - began;
    if (spoken.all.trim() === "")
      throw new SluiceError("invalid-argument", "Text cannot be empty", { field: "inputs.text" });
    const sound = Buffer.concat(pieces);
    const path = await written(context, sound, mediaType);
    return {
      success: true,
      audio_file_path: path,
      audio_url: null,
      audio_data: path === null ? sound.toString("base64") : null,
      duration_ms: elapsed,
      provider,
      voice_used: config.voice ?? null,
      format_used: mediaType,
      text: spoken.all,
      text_length: spoken.all.length,
      metadata: { pieces: pieces.length, ...(sampleRate !== undefined && { sample_rate: sampleRate }) },
    };
  },
};

function voiceOf({ config, settings, services }: StepContext): { provider: string; voice: WorkflowVoice } {
  const wanted = config.provider ?? settings.default_tts_provider;
  const provider = typeof wanted === "string" && wanted !== "auto" ? wanted : "default";
  const voices = services.voices ?? {};
  const voice = Object.hasOwn(voices, provider) ? voices[provider] : voices.default;
  if (voice !== undefined) return { provider, voice };
  throw new SluiceError("unsupported", `there is no voice ${provider}: the option voices gives one`, {
    field: "config.provider",
  });
}

/** What is spoken, remembered as it goes by. */
class Spoken {
  all = "";
  readonly #context: StepContext;

  constructor(context: StepContext) {
    this.#context = context;
  }

  async *text(): AsyncGenerator<string, void> {
    const live = this.#context.live("text");
    if (live === undefined) {
      this.all = asText(this.#context.need("text"));
      yield this.all;
      return;
    }
    for await (const piece of live) {
      this.all += piece;
      yield piece;
    }
  }
}

async function written(
  { config, services }: StepContext,
  sound: Uint8Array,
  mediaType: string,
): Promise<string | null> {
  if (typeof config.output_path !== "string") return null;
  const ending = ENDINGS.get(mediaType.split(";")[0] ?? "");
  const path = ending === undefined ? config.output_path : config.output_path.replace(/(?:\.\w{2,4})?$/, `.${ending}`);
  return new RunFolder(services).write(path, sound, true);
}
