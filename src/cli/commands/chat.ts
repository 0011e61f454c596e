import { createInterface } from "node:readline";
import { defaultStoreLocation } from "../../chat/open-store.js";
import { pii } from "../../guards/pii/pii.js";
import { voiceOf } from "../../speech/voices/voice-of-name.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { styled } from "../ansi.js";
import { ChatSession } from "../chat-session.js";
import { chooseModel } from "../choose-model.js";
import { conversationStore } from "../data-folder.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import type { EndSignal, Io } from "../io.js";
import { hasColour } from "../io.js";
import { type Entry, LineQueue } from "../line-queue.js";
import { LEAVE_PASTES, MARK_PASTES, PasteInput } from "../paste-input.js";
import { reportError } from "../report-error.js";
import type { AnswerSpeech } from "../speak-answer.js";

/** Options of `sluice chat`. */
export interface ChatOptions {
  model?: string;
  system?: string;
  /** The id of a conversation that is kept: it is resumed, or begins. */
  conversation?: string;
  /** Personal data is replaced before the model sees it, and in answers. */
  scrub?: boolean;
  /** Files that go with the first message. */
  file?: readonly string[];
  /** Who speaks the answers; they are only shown without it. */
  voice?: string;
  /** A folder for audio files, in place of playing. */
  output?: string;
}

/** Talks: on a terminal until it is left, otherwise one answer for each line of stdin. */
export async function chatCommand(options: ChatOptions, io: Io): Promise<number> {
  try {
    const { model, because } = await chooseModel(options.model, io.env);
    io.stderr.write(`${model.id}: ${because}\n`);
    const { system, conversation: contextId } = options;
    const store = contextId === undefined ? defaultStoreLocation(io.env) : conversationStore(io.env);
    const session = new ChatSession(
      {
        model,
        ...(system !== undefined && { system }),
        ...(contextId !== undefined && { contextId }),
        ...(store !== undefined && { store }),
        ...(options.scrub && { guards: [pii()] }),
        ...speechOf(options, io),
      },
      io,
    );
    try {
      if (store !== undefined) await announce(session);
      for (const path of options.file ?? []) await session.attach(path);
      return await runSession(session, io);
    } finally {
      await session.close();
    }
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

/**
 * Who speaks the answers of a session.
 *
 * @throws {SluiceError} `invalid-argument` for a voice that does not exist, or a folder without a voice.
 */
export function speechOf({ voice, output }: Pick<ChatOptions, "voice" | "output">, io: Io): { speech?: AnswerSpeech } {
  if (voice !== undefined)
    return { speech: { voice: voiceOf(voice, io.env), ...(output !== undefined && { output }) } };
  if (output !== undefined) throw invalid("output", output, "with --voice only: it is the folder of audio files");
  return {};
}

/** Talks at a terminal until it is left; without one, answers each line of stdin. Returns the exit code. */
export function runSession(session: ChatSession, io: Io): Promise<number> {
  return io.stdin.isTTY ? talk(session, io) : answerLines(session, io);
}

/** Says which conversation it is, where it is kept: so it can be resumed. */
async function announce(session: ChatSession): Promise<void> {
  const { conversation } = session;
  const { length } = await conversation.messages();
  const where = length === 0 ? "begins" : `goes on after ${length} messages`;
  session.print(`conversation ${conversation.contextId}: ${where}`);
}

/** stdin is a file or a pipe: each line is a prompt. The first failure ends it. */
async function answerLines(session: ChatSession, io: Io): Promise<number> {
  const lines = createInterface({ input: io.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  let code: number = EXIT.ok;
  const stop = io.onInterrupt((signal) => {
    code = exitCodeOfSignal(signal);
    session.interrupt();
    lines.close();
  });
  try {
    for await (const line of lines) {
      if (line.trim() === "") continue;
      const error = await session.say(line);
      if (code !== EXIT.ok) break;
      if (error !== undefined) return exitCodeOf(error);
    }
    return code;
  } finally {
    stop();
  }
}

/**
 * A line that ends in a backslash goes on in the next; a paste is one message. Ctrl-C stops the answer and forgets what waits
 * behind it, clears a line that is half typed, and leaves when there is neither. Ctrl-D leaves.
 */
async function talk(session: ChatSession, io: Io): Promise<number> {
  const prompt = styled("› ", "cyan", hasColour(io.stdout, io.env));
  const input = new PasteInput(io.stdin);
  const terminal = createInterface({ input, output: io.stdout, terminal: true, prompt, historySize: 500 });
  const lines = new LineQueue(terminal);
  session.nextLine = async () => {
    // What was typed before the question was asked is no answer to it.
    lines.clear();
    terminal.prompt();
    return (await lines.next())?.text;
  };
  let code: number = EXIT.ok;
  const onInterrupt = (signal: EndSignal) => {
    lines.clear();
    if (session.interrupt() && signal === "SIGINT") return;
    if (terminal.line !== "" && signal === "SIGINT") {
      terminal.write(null, { ctrl: true, name: "e" });
      terminal.write(null, { ctrl: true, name: "u" });
      return;
    }
    code = exitCodeOfSignal(signal);
    terminal.close();
  };
  terminal.on("SIGINT", () => onInterrupt("SIGINT"));
  const stop = io.onInterrupt(onInterrupt);
  io.stderr.write("/help lists commands; Ctrl-C stops an answer, and leaves when there is none.\n");
  io.stdout.write(MARK_PASTES);
  try {
    while (code === EXIT.ok) {
      terminal.prompt();
      const entry = await lines.next();
      if (entry === undefined) break;
      if (entry.text.trim() === "") continue;
      if ((await runEntry(entry, session, io)) === "leave") break;
    }
  } finally {
    stop();
    terminal.close();
    input.leave();
    io.stdout.write(LEAVE_PASTES);
  }
  io.stdout.write("\n");
  return code;
}

async function runEntry({ text, pasted }: Entry, session: ChatSession, io: Io): Promise<"leave" | "stay"> {
  if (pasted || !text.startsWith("/") || text.startsWith("/call ")) {
    await session.say(text);
    return "stay";
  }
  try {
    return await session.command(text);
  } catch (thrown) {
    reportError(SluiceError.from(thrown, "protocol"), io);
    return "stay";
  }
}
