import { text as readAll } from "node:stream/consumers";
import { stream as ask } from "../../chat/stream.js";
import { guard } from "../../guards/guard.js";
import { pii } from "../../guards/pii/pii.js";
import { CostMeter } from "../../models/prices/cost-meter.js";
import { defaultPrices } from "../../models/prices/default-prices.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { stringifyEvent } from "../../stream/event-json.js";
import type { Stage } from "../../stream/stage.js";
import { chooseModel } from "../choose-model.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { footer } from "../footer.js";
import { type Io, write } from "../io.js";
import { reportError } from "../report-error.js";
import { showAnswer } from "../show-answer.js";

/** Options of `sluice ask`. */
export interface AskOptions {
  model?: string;
  system?: string;
  temperature?: number;
  maxTokens?: number;
  /** Seconds for the whole answer. */
  timeout?: number;
  json?: boolean;
  quiet?: boolean;
  /** Personal data is replaced before the model sees it, and in the answer. */
  scrub?: boolean;
}

/** Asks once: the prompt from the arguments, from piped stdin, or both, one after the other. */
export async function askCommand(words: readonly string[], options: AskOptions, io: Io): Promise<number> {
  try {
    const prompt = await promptOf(words, io);
    const { model, because } = await chooseModel(options.model, io.env);
    if (!options.quiet) io.stderr.write(`${model.id}: ${because}\n`);
    const { system, temperature, maxTokens, timeout } = options;
    const meter = new CostMeter(model.id, defaultPrices(io.env));
    const stream = ask(options.scrub ? guard(model, pii()) : model, prompt, {
      ...(system !== undefined && { system }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(timeout !== undefined && { timeouts: { total: timeout * 1_000 } }),
    }).through(metered(meter));
    const stop = io.onInterrupt(() => stream.cancel("Ctrl-C"));
    try {
      await (options.json ? printEvents(stream, io) : showAnswer(stream, io));
    } finally {
      stop();
    }
    if (!options.quiet && !options.json) {
      io.stderr.write(`${footer(stream.timing, await stream.usage, meter.total)}\n`);
    }
    return EXIT.ok;
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    if (error.code === "cancelled") return EXIT.interrupted;
    return exitCodeOf(reportError(error, io));
  }
}

/** Writes events as JSON, one a line. */
export async function printEvents(stream: ChatStream, io: Io): Promise<void> {
  for await (const event of stream) await write(io.stdout, `${stringifyEvent(event)}\n`);
}

/** Lets events pass, and counts what they cost. */
function metered(meter: CostMeter): Stage {
  return {
    push(event, emit) {
      meter.push(event);
      emit(event);
    },
  };
}

async function promptOf(words: readonly string[], io: Io): Promise<string> {
  const asked = words.join(" ").trim();
  // Without a prompt in the arguments it must come from stdin; with one, stdin adds to it only where something is piped.
  const piped = io.stdin.isTTY ? "" : (await readAll(io.stdin)).trim();
  const prompt = [asked, piped].filter((part) => part !== "").join("\n\n");
  if (prompt !== "") return prompt;
  throw new SluiceError("invalid-argument", "prompt: found nothing; allowed: a text as argument or on stdin", {
    field: "prompt",
  });
}
