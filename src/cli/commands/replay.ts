import type { ReadingDialect } from "../../dialects/dialect.js";
import { READING_DIALECTS } from "../../dialects/recognise-wire.js";
import { replay } from "../../models/replay.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import { footer } from "../footer.js";
import type { Io } from "../io.js";
import { reportError } from "../report-error.js";
import { showAnswer } from "../show-answer.js";
import { printEvents } from "./ask.js";

/** Options of `sluice replay`. */
export interface ReplayCommandOptions {
  dialect?: string;
  speed?: number;
  json?: boolean;
}

/** Plays a recorded stream: one of ours with its own pace, or a provider's raw one. */
export async function replayCommand(file: string, options: ReplayCommandOptions, io: Io): Promise<number> {
  let stopped: number = EXIT.interrupted;
  try {
    const dialect = options.dialect === undefined ? undefined : dialectNamed(options.dialect);
    const model = replay(file, { speed: options.speed ?? 1, ...(dialect && { dialect }) });
    const stream = model.stream({ messages: [{ role: "user", content: "replay" }] });
    const stop = io.onInterrupt((signal) => {
      stopped = exitCodeOfSignal(signal);
      stream.cancel(signal);
    });
    try {
      await (options.json ? printEvents(stream, io) : showAnswer(stream, io));
    } finally {
      stop();
    }
    if (!options.json) {
      io.stderr.write(`finished: ${await stream.finishReason} · ${footer(stream.timing, await stream.usage)}\n`);
    }
    return EXIT.ok;
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    return error.code === "cancelled" ? stopped : exitCodeOf(reportError(error, io));
  }
}

function dialectNamed(name: string): ReadingDialect {
  const found = READING_DIALECTS.find((dialect) => dialect.name === name);
  if (found === undefined) throw invalid("--dialect", name, READING_DIALECTS.map((dialect) => dialect.name).join(", "));
  return found;
}
