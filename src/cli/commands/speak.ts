import { uuid } from "../../base/uuid.js";
import { AudioFiles } from "../../speech/files/audio-files.js";
import { speak } from "../../speech/pipeline/speak.js";
import { say } from "../../speech/talk/spoken-turn.js";
import { findPlayer, systemPlayer } from "../../speech/talk/system-player.js";
import type { Voice } from "../../speech/voices/voice.js";
import { voiceOf } from "../../speech/voices/voice-of-name.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import type { Io } from "../io.js";
import { reportError } from "../report-error.js";
import { SpeechProgress } from "../speech-progress.js";

/** Options of `sluice speak`. */
export interface SpeakOptions {
  voice: string;
  /** A folder for files; without it, it is played where that can be done. */
  output?: string;
  quiet?: boolean;
}

/** Speaks a text, or what comes from stdin while it comes: plays it, or writes files. */
export async function speakCommand(words: readonly string[], options: SpeakOptions, io: Io): Promise<number> {
  let stopped: number = EXIT.interrupted;
  let voice: Voice | undefined;
  try {
    voice = voiceOf(options.voice, io.env);
    const stream = textStream(words, io);
    const stop = io.onInterrupt((signal) => {
      stopped = exitCodeOfSignal(signal);
      stream.cancel(signal);
    });
    const progress = new SpeechProgress(io, { quiet: options.quiet === true });
    try {
      const folder = options.output ?? (findPlayer(io.env.PATH) === undefined ? "output/speech" : undefined);
      if (folder === undefined) await play(stream, voice, progress, io);
      else await write(stream, voice, folder, progress, io);
    } finally {
      stop();
      progress.end();
    }
    return EXIT.ok;
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    return error.code === "cancelled" ? stopped : exitCodeOf(reportError(error, io));
  } finally {
    await voice?.close?.();
  }
}

async function play(stream: ChatStream, voice: Voice, progress: SpeechProgress, io: Io): Promise<void> {
  const { PATH: path } = io.env;
  const output = systemPlayer(path === undefined ? {} : { path });
  const turn = say(stream, { voice, output, onEvent: (event) => progress.push(event) });
  const { interrupted } = await turn.over;
  if (interrupted) throw new SluiceError("cancelled", "it was interrupted");
}

/** The paths of the files go to stdout. */
async function write(
  stream: ChatStream,
  voice: Voice,
  outputDir: string,
  progress: SpeechProgress,
  io: Io,
): Promise<void> {
  const files = new AudioFiles({ outputDir, joinedFile: true });
  try {
    for await (const event of speak(stream, { voice })) {
      progress.push(event);
      await files.push(event);
    }
  } finally {
    const whole = await files.end();
    progress.end();
    for (const { path } of whole === undefined ? files.files : [...files.files, whole]) io.stdout.write(`${path}\n`);
  }
}

function noText(): SluiceError {
  return new SluiceError("invalid-argument", "there is no text: give it as an argument or on stdin", { field: "text" });
}

/** The text as a stream: the words, or stdin as it comes. */
function textStream(words: readonly string[], io: Io): ChatStream {
  const text = words.join(" ").trim();
  if (text === "" && io.stdin.isTTY) throw noText();
  return ChatStream.from(eventsOf(text === "" ? io.stdin : [text]));
}

async function* eventsOf(pieces: AsyncIterable<unknown> | Iterable<string>): AsyncGenerator<ChatEvent> {
  yield { type: "start", id: uuid(), model: "text" };
  const decoder = new TextDecoder();
  let any = false;
  for await (const piece of pieces) {
    const text = piece instanceof Uint8Array ? decoder.decode(piece, { stream: true }) : String(piece);
    any ||= text.trim() !== "";
    yield { type: "text-delta", text };
  }
  if (!any) throw noText();
  yield { type: "finish", reason: "stop", usage: {} };
}
