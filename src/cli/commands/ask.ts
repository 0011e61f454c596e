import { text as readAll } from "node:stream/consumers";
import { object } from "../../chat/object.js";
import { stream as ask } from "../../chat/stream.js";
import { guard } from "../../guards/guard.js";
import { pii } from "../../guards/pii/pii.js";
import { CostMeter } from "../../models/prices/cost-meter.js";
import { defaultPrices } from "../../models/prices/default-prices.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { stringifyEvent } from "../../stream/event-json.js";
import { transform } from "../../stream/sources/transform.js";
import { wrapModel } from "../../stream/wrap-model.js";
import { chooseModel } from "../choose-model.js";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import { footer } from "../footer.js";
import { type Io, write } from "../io.js";
import { PendingFiles } from "../pending-files.js";
import { readSchema } from "../read-schema.js";
import { reportError } from "../report-error.js";
import { showAnswer } from "../show-answer.js";
import { showObject } from "../show-object.js";

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
  /** Files that go with the prompt. */
  file?: readonly string[];
  /** File with the JSON Schema that the answer is to fit. */
  schema?: string;
}

/** Asks once: the prompt from the arguments, from piped stdin, or both, one after the other. */
export async function askCommand(words: readonly string[], options: AskOptions, io: Io): Promise<number> {
  let stopped: number = EXIT.interrupted;
  try {
    const { file: paths = [] } = options;
    const schema = options.schema === undefined ? undefined : await readSchema(options.schema);
    const text = await promptOf(words, io, paths.length > 0);
    const { model, because } = await chooseModel(options.model, io.env);
    if (!options.quiet) io.stderr.write(`${model.id}: ${because}\n`);
    const files = new PendingFiles();
    for (const path of paths) await files.add(path, model);
    const said = files.with(text);
    const prompt = typeof said === "string" ? said : [{ role: "user" as const, content: said }];
    const { system, temperature, maxTokens, timeout } = options;
    const meter = new CostMeter(model.id, defaultPrices(io.env));
    const chat = metered(options.scrub ? guard(model, pii()) : model, meter);
    const how = {
      ...(system !== undefined && { system }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(timeout !== undefined && { timeouts: { totalMs: timeout * 1_000 } }),
    };
    const answer = schema === undefined ? undefined : object(chat, schema, prompt, how);
    if (answer !== undefined && !options.quiet) io.stderr.write(`mode: ${answer.mode}\n`);
    const stream = answer?.stream ?? ask(chat, prompt, how);
    const stop = io.onInterrupt((signal) => {
      stopped = exitCodeOfSignal(signal);
      stream.cancel(signal);
    });
    try {
      if (options.json) await printEvents(stream, io);
      else await (answer === undefined ? showAnswer(stream, io) : showObject(answer, io));
      await answer?.object;
    } finally {
      stop();
    }
    if (!options.quiet && !options.json) {
      io.stderr.write(`${footer(stream.timing, await stream.usage, meter.total)}\n`);
    }
    return EXIT.ok;
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    if (error.code === "cancelled") return stopped;
    return exitCodeOf(reportError(error, io));
  }
}

/** Writes events as JSON, one a line. */
export async function printEvents(stream: ChatStream, io: Io): Promise<void> {
  for await (const event of stream) await write(io.stdout, `${stringifyEvent(event)}\n`);
}

/** The same model; what its answers cost is counted. */
function metered(model: ChatModel, meter: CostMeter): ChatModel {
  return wrapModel(model, {
    answer: (source) =>
      transform(source, {
        push(batch) {
          for (const event of batch) meter.push(event);
          return batch;
        },
      }),
  });
}

/** @param mayBeEmpty since there is something beside it to ask about. */
async function promptOf(words: readonly string[], io: Io, mayBeEmpty: boolean): Promise<string> {
  const asked = words.join(" ").trim();
  // Without a prompt in the arguments it must come from stdin; with one, stdin adds to it only where something is piped.
  const piped = io.stdin.isTTY ? "" : (await readAll(io.stdin)).trim();
  const prompt = [asked, piped].filter((part) => part !== "").join("\n\n");
  if (prompt !== "" || mayBeEmpty) return prompt;
  throw new SluiceError("invalid-argument", "prompt: found nothing; allowed: a text as argument or on stdin", {
    field: "prompt",
  });
}
