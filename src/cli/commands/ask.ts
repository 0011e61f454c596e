import { object } from "../../chat/object.js";
import { stream as ask } from "../../chat/stream.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { errorToJson } from "../../stream/error-json.js";
import { stringifyEvent } from "../../stream/event-json.js";
import { Closing } from "../closing.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import { footer } from "../footer.js";
import { type Io, write } from "../io.js";
import { type OneQuestion, type QuestionOptions, readQuestion } from "../one-question.js";
import { reportError } from "../report-error.js";
import { showAnswer, WireTap } from "../show-answer.js";
import { showObject } from "../show-object.js";

/** Options of `sluice ask`. */
export interface AskOptions extends QuestionOptions {
  json?: boolean;
  /** A folder for images and sounds that the model makes. */
  output?: string;
}

/** Asks once: the prompt from the arguments, from piped stdin, or both, one after the other. */
export async function askCommand(words: readonly string[], options: AskOptions, io: Io): Promise<number> {
  const closing = new Closing();
  let stopped: number = EXIT.interrupted;
  try {
    const question = await readQuestion(words, options, closing, io);
    await answer(question, options, io, (code) => {
      stopped = code;
    });
    return EXIT.ok;
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    if (options.json) await write(io.stdout, `${JSON.stringify({ type: "error", error: errorToJson(error) })}\n`);
    if (error.code === "cancelled") return stopped;
    return exitCodeOf(reportError(error, io));
  } finally {
    await closing.close();
  }
}

async function answer(
  { model, schema, prompt, how, meter }: OneQuestion,
  options: AskOptions,
  io: Io,
  stopped: (code: number) => void,
): Promise<void> {
  const answer = schema === undefined ? undefined : object(model, schema, prompt, how);
  if (answer !== undefined && !options.quiet) io.stderr.write(`mode: ${answer.mode}\n`);
  const { output, quiet = false } = options;
  const tap = new WireTap();
  const stream = answer?.stream ?? ask(model, prompt, { ...how, onWire: tap.onWire });
  const stop = io.onInterrupt((signal) => {
    stopped(exitCodeOfSignal(signal));
    stream.cancel(signal);
  });
  try {
    if (options.json) await printEvents(stream, io);
    else
      await (answer === undefined
        ? showAnswer(stream, io, { tap, quiet, ...(output !== undefined && { output }) })
        : showObject(answer, io));
    await answer?.object;
  } finally {
    stop();
  }
  if (!options.quiet && !options.json) {
    io.stderr.write(`${footer(stream.timing, await stream.usage, meter.total)}\n`);
  }
}

/** Writes events as JSON, one a line. */
export async function printEvents(stream: ChatStream, io: Io): Promise<void> {
  for await (const event of stream) await write(io.stdout, `${stringifyEvent(event)}\n`);
}
