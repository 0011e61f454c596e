import { createInterface } from "node:readline";
import { ChatSession } from "../chat-session.js";
import { chooseModel } from "../choose-model.js";
import { Closing } from "../closing.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import type { Io } from "../io.js";
import { type Keeping, type KeepOptions, keptConversation } from "../kept-conversation.js";
import { notice } from "../notice.js";
import { openTools, type ToolsOptions } from "../open-tools.js";
import { reportError } from "../report-error.js";
import type { AnswerSpeech } from "../speak-answer.js";
import { talk } from "../talk.js";

/** Options of `sluice chat`. */
export interface ChatOptions extends KeepOptions, ToolsOptions {
  model?: string;
  system?: string;
  temperature?: number;
  /** Upper limit on each answer, in tokens. */
  maxTokens?: number;
  /** Personal data is replaced before the model sees it, and in answers. */
  scrub?: boolean;
  /** Files that go with the first message. */
  file?: readonly string[];
  /** Who speaks the answers; they are only shown without it. */
  voice?: string;
  /** A folder for what the model makes, and for audio files in place of playing. */
  output?: string;
}

/** Talks: on a terminal until it is left, otherwise one answer for each line of stdin. */
export async function chatCommand(options: ChatOptions, io: Io): Promise<number> {
  const closing = new Closing();
  try {
    const session = await openSession(options, closing, io);
    for (const path of options.file ?? []) await session.attach(path);
    return await runSession(session, io);
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  } finally {
    await closing.close();
  }
}

async function openSession(options: ChatOptions, closing: Closing, io: Io): Promise<ChatSession> {
  const { system, temperature, maxTokens } = options;
  const speech = await speechOf(options, io);
  const keeping = await keptConversation(options, isKeptUnasked(io), io);
  const { kept } = keeping;
  closing.add(() => kept?.store.close());
  const { model, because } = await chooseModel(options.model, io.env, kept?.lastModel);
  const tools = await openTools(options, closing, io);
  io.stderr.write(notice(`${model.id}: ${because}\n`, io.stderr));
  const session = new ChatSession(
    {
      model,
      ...(system !== undefined && { system }),
      ...(kept && { kept }),
      settings: { ...(temperature !== undefined && { temperature }), ...(maxTokens !== undefined && { maxTokens }) },
      tools,
      ...(options.scrub && (await import("../scrubbing.js")).scrubbing()),
      ...speech,
      ...(options.output !== undefined && { output: options.output }),
    },
    io,
  );
  closing.add(() => session.close());
  announce(session, keeping);
  return session;
}

/**
 * Who speaks the answers of a session.
 *
 * @throws {SluiceError} `invalid-argument` for a voice that does not exist.
 */
export async function speechOf(
  { voice, output }: Pick<ChatOptions, "voice" | "output">,
  io: Io,
): Promise<{ speech?: AnswerSpeech }> {
  if (voice === undefined) return {};
  const { voiceOf } = await import("../../speech/voices/voice-of-name.js");
  return { speech: { voice: voiceOf(voice, io.env), ...(output !== undefined && { output }) } };
}

/** Talks at a terminal until it is left; without one, answers each line of stdin. Returns the exit code. */
export function runSession(session: ChatSession, io: Io, command = "sluice chat"): Promise<number> {
  return io.stdin.isTTY ? talk(session, io, command) : answerLines(session, io);
}

/** Conversations at a terminal are kept, and all of them where `SLUICE_DATA` says where. */
function isKeptUnasked({ stdin, env }: Io): boolean {
  return stdin.isTTY === true || Boolean(env.SLUICE_DATA);
}

/** Says which conversation it is, and whether it is kept. */
export function announce(session: ChatSession, { kept, note }: Keeping): void {
  if (kept !== undefined) {
    const where = kept.messages === 0 ? "begins" : `goes on after ${kept.messages} messages`;
    session.notify(`conversation ${kept.contextId}: ${where}`);
  }
  if (note !== undefined) session.notify(note);
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
