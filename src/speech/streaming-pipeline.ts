import { model as resolve } from "../models/named-model.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { anything, type Check, exactly, filledString } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import { AUDIO_FILES_FIELDS, AudioFiles, type AudioFilesOptions } from "./files/audio-files.js";
import { speak } from "./pipeline/speak.js";
import { SPEECH_FIELDS, type SpeechOptions, voice as voiceCheck } from "./pipeline/speech-options.js";
import type { Voice } from "./voices/voice.js";
import { voiceOf } from "./voices/voice-of-name.js";

/** Somebody who answers a prompt with a stream: a conversation, say. */
export interface TextStreamer {
  /** Answers a prompt. May be called once for each prompt of the pipeline. */
  stream(prompt: string, options?: CallOptions): ChatStream;
}

/** How text becomes audio, and where that goes. */
export interface StreamingConfig extends Omit<SpeechOptions, "voice">, Partial<AudioFilesOptions> {}

/** Settings of `createStreamingPipeline`. */
export interface StreamingPipelineOptions {
  /** Who answers: a model or its name, or anything else that answers a prompt, such as a conversation. */
  llmProvider: string | ChatModel | TextStreamer;
  /** Who speaks: a voice, or the name of one as `voiceOf` takes it. Default `auto`. */
  ttsProvider?: string | Voice;
  /** Default: as `speak`; files go to `output/speech`, each run in a folder of its own. */
  streamingConfig?: StreamingConfig;
}

/** What every event says of the run so far. */
interface Progress {
  /** The prompt. */
  message: string;
  /** Who speaks, as `voice.id`. */
  voice: string;
  /** The answer's text so far. */
  completeText: string;
  /** Files that are complete. */
  audioFilesGenerated: number;
}

/** What happens in a run. */
export type StreamingProgress = Progress &
  (
    | {
        /** Text has come. */
        status: "processing";
        /** The new text. */
        text: string;
      }
    | {
        /** A file is complete. */
        status: "audio";
        path: string;
        /** What is spoken in it. */
        text: string;
        /** In ms, where that is known. */
        durationMs?: number;
      }
    | {
        /** A sentence was left out, because its voice failed. */
        status: "skipped";
        /** The sentence's number, from 0, and its text and error. */
        details: unknown;
      }
    | {
        /** Everything was spoken. */
        status: "completed";
        audioFiles: string[];
        totalAudioFiles: number;
        /** The file of the whole, where that was asked for. */
        joinedFile?: string;
      }
  );

/** A model and a voice: asks the one, and writes what the other speaks to files while the answer is still coming. */
export interface StreamingPipeline {
  /** Who speaks. */
  readonly voice: Voice;
  /**
   * Asks, and reports progress. Leaving ends model and synthesis, and keeps the files that are complete. A run that fails
   * throws: `completed` is only for what went well.
   */
  streamChatToAudio(prompt: string, options?: CallOptions): AsyncGenerator<StreamingProgress, void, undefined>;
}

/** A voice, or the name of one. */
const provider: Check = (value, path) => {
  if (typeof value !== "string") voiceCheck(value, path);
};

const { voice: _, ...SPEECH } = SPEECH_FIELDS;
const OPTIONS = exactly("createStreamingPipeline", {
  llmProvider: { required: anything },
  ttsProvider: provider,
  streamingConfig: exactly("streamingConfig", {
    ...SPEECH,
    ...AUDIO_FILES_FIELDS,
    outputDir: filledString,
  } satisfies Record<keyof StreamingConfig, Check>),
} satisfies Record<keyof StreamingPipelineOptions, unknown>);

/**
 * A pipeline from a prompt to files of audio.
 *
 * @throws {SluiceError} `invalid-argument`; what `model()` and `voiceOf()` throw for names.
 * @example
 * ```ts
 * import { createStreamingPipeline } from "sluice/speech";
 *
 * const pipeline = createStreamingPipeline({ llmProvider: "ollama/llama3.2", ttsProvider: "auto" });
 * for await (const progress of pipeline.streamChatToAudio("Tell me a story.")) {
 *   console.log(progress.status, progress.audioFilesGenerated);
 * }
 * ```
 */
export function createStreamingPipeline(options: StreamingPipelineOptions): StreamingPipeline {
  OPTIONS(options, "");
  const { llmProvider, ttsProvider = "auto", streamingConfig = {} } = options;
  const { outputDir = "output/speech", joinedFile = false, run, ...speech } = streamingConfig;
  const voice = typeof ttsProvider === "string" ? voiceOf(ttsProvider) : ttsProvider;
  const spoken = { ...speech, voice };
  const ask = askerOf(llmProvider);
  const files = () => new AudioFiles({ outputDir, joinedFile, ...(run !== undefined && { run }) });
  return {
    voice,
    streamChatToAudio(prompt, call = {}) {
      filledString(prompt, "prompt");
      return progressOf(prompt, speak(ask(prompt, call), spoken), voice, files());
    },
  };
}

async function* progressOf(
  message: string,
  stream: ChatStream,
  voice: Voice,
  files: AudioFiles,
): AsyncGenerator<StreamingProgress, void, undefined> {
  let completeText = "";
  // What a retract leaves.
  let kept = 0;
  const progress = () => ({ message, voice: voice.id, completeText, audioFilesGenerated: files.files.length });
  try {
    for await (const event of stream) {
      const file = await files.push(event);
      if (file !== undefined) {
        const { path, text, durationMs } = file;
        yield { status: "audio", ...progress(), path, text, ...(durationMs !== undefined && { durationMs }) };
      }
      if (event.type === "start" || event.type === "step-start") kept = completeText.length;
      if (event.type === "retract") completeText = completeText.slice(0, kept);
      if (event.type === "text-delta") {
        completeText += event.text;
        yield { status: "processing", ...progress(), text: event.text };
      }
      if (event.type === "data" && event.name === "speech/skipped") {
        yield { status: "skipped", ...progress(), details: event.value };
      }
    }
  } finally {
    // Where the run was left or failed, the file of the whole has what was complete.
    await files.end();
  }
  const audioFiles = files.files.map(({ path }) => path);
  const joined = files.joined?.path;
  yield {
    status: "completed",
    ...progress(),
    audioFiles,
    totalAudioFiles: audioFiles.length,
    ...(joined !== undefined && { joinedFile: joined }),
  };
}

function askerOf(provider: StreamingPipelineOptions["llmProvider"]): (prompt: string, call: CallOptions) => ChatStream {
  if (typeof provider === "string") return askerOf(resolve(provider));
  if (typeof provider?.stream !== "function") {
    throw invalid("llmProvider", provider, "a model, the name of one, or what answers a prompt with a stream");
  }
  if (isModel(provider)) {
    return (prompt, call) => provider.stream({ messages: [{ role: "user", content: prompt }] }, call);
  }
  return (prompt, call) => provider.stream(prompt, call);
}

/** A model has an id; a conversation and an agent take a prompt as it is. */
function isModel(provider: ChatModel | TextStreamer): provider is ChatModel {
  return "id" in provider && typeof provider.id === "string" && !("contextId" in provider);
}
