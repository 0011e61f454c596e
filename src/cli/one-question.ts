import { buffer as readAll } from "node:stream/consumers";
import { defined } from "../base/defined.js";
import type { JsonObject } from "../base/json.js";
import { Conversation } from "../chat/conversation.js";
import type { StreamOptions } from "../chat/stream.js";
import { guard } from "../guards/guard.js";
import { CostMeter } from "../models/prices/cost-meter.js";
import { defaultPrices } from "../models/prices/default-prices.js";
import type { ChatModel } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { transform } from "../stream/sources/transform.js";
import { wrapModel } from "../stream/wrap-model.js";
import { withTools } from "../tools/with-tools.js";
import { askAtTerminal } from "./ask-at-terminal.js";
import { chooseModel } from "./choose-model.js";
import type { Closing } from "./closing.js";
import { readInputPair } from "./input-pair.js";
import type { Io } from "./io.js";
import { type KeepOptions, keptConversation } from "./kept-conversation.js";
import { notice } from "./notice.js";
import { openTools, type ToolsOptions } from "./open-tools.js";
import { PendingFiles } from "./pending-files.js";
import type { PromptTemplate } from "./prompt-template.js";
import { readSchema } from "./read-schema.js";

/** How people say what is asked once. */
export interface QuestionOptions extends KeepOptions, ToolsOptions {
  model?: string;
  system?: string;
  temperature?: number;
  /** Upper limit on the answer, in tokens. */
  maxTokens?: number;
  /** Seconds for the whole answer. */
  timeout?: number;
  quiet?: boolean;
  /** Personal data is replaced before the model sees it, and in the answer. */
  scrub?: boolean;
  /** Files that go with the prompt. */
  file?: readonly string[];
  /** File with the JSON Schema that the answer is to fit. */
  schema?: string;
  /** The name of a template, or its file. */
  template?: string;
  /** `name=value` for the places of the template. */
  input?: readonly string[];
}

/** Something that is asked once, and who is asked. */
export interface OneQuestion {
  /** With its tools and guards, and the messages before. */
  model: ChatModel;
  prompt: string | readonly ChatMessage[];
  how: StreamOptions;
  schema: JsonObject | undefined;
  /** Counts what the answer costs. */
  meter: CostMeter;
}

/**
 * Reads what is asked, and says on stderr who is asked. Nothing is sent.
 *
 * @param closing closes what was opened for it.
 * @throws {SluiceError} whatever is wrong with the options, the files that they name, or the model.
 */
export async function readQuestion(
  words: readonly string[],
  options: QuestionOptions,
  closing: Closing,
  io: Io,
): Promise<OneQuestion> {
  const { file: paths = [], timeout } = options;
  const schema = options.schema === undefined ? undefined : await readSchema(options.schema);
  const { text, before, system, temperature, maxTokens, model: wanted } = await questionOf(words, options, io);
  const { kept, note } = await keptConversation(options, isAtTerminal(io), io);
  closing.add(() => kept?.store.close());
  const { model: chosen, because } = await chooseModel(wanted, io.env, kept?.lastModel);
  const tools = await openTools(options, closing, io);
  if (!options.quiet)
    io.stderr.write(notice(`${chosen.id}: ${because}\n${note === undefined ? "" : `${note}\n`}`, io.stderr));
  const files = new PendingFiles();
  for (const path of paths) await files.add(path, chosen);
  const message = files.with(text);
  const prices = defaultPrices(io.env);
  const meter = new CostMeter(chosen.id, prices);
  const scrubs = options.scrub ? (await import("./scrubbing.js")).scrubbing() : undefined;
  const able = tools.length === 0 ? chosen : withTools(chosen, tools, { onInput: askAtTerminal(io) });
  const model = metered(scrubs === undefined ? able : guard(able, ...scrubs.guards), meter);
  const instructed = system !== undefined && { system };
  const settings = {
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(timeout !== undefined && { timeouts: { totalMs: timeout * 1_000 } }),
  };
  const asked = {
    prompt:
      typeof message === "string" && before.length === 0
        ? message
        : [...before, { role: "user" as const, content: message }],
    schema,
    meter,
  };
  if (kept === undefined) return { ...asked, model, how: { ...instructed, ...settings } };
  const { contextId, store } = kept;
  const keep = scrubs && { keep: scrubs.keep };
  const conversation = new Conversation({ model, contextId, store, prices, ...instructed, ...keep });
  closing.add(() => conversation.close());
  return { ...asked, model: conversation.asModel(), how: settings };
}

/** What is asked, and the settings that go with it. */
interface Question extends Pick<QuestionOptions, "model" | "system" | "temperature" | "maxTokens"> {
  text: string;
  /** The messages before it. */
  before: readonly ChatMessage[];
}

/** What the words and stdin ask, in a template where there is one. Options win over the template's own. */
async function questionOf(words: readonly string[], options: QuestionOptions, io: Io): Promise<Question> {
  const { template: name, input = [], file: paths = [] } = options;
  if (name === undefined && input.length > 0)
    throw new SluiceError("invalid-argument", "--input is for --template: there is none", { field: "--input" });
  const template = name === undefined ? undefined : await templateNamed(name, io);
  const asked = await promptOf(words, io, paths.length > 0 || template !== undefined);
  if (template === undefined) return { ...options, text: asked, before: [] };
  const inputs: JsonObject = {};
  for (const pair of input) {
    const { name, text } = await readInputPair(pair);
    inputs[name] = text;
  }
  const filled = await template.fill(inputs, asked);
  const settings = { ...template, ...filled, ...defined(options) };
  if (settings.text !== "" || paths.length > 0) return settings;
  throw new SluiceError("invalid-argument", `the template ${template.name} asks nothing`, { field: "--template" });
}

async function templateNamed(name: string, io: Io): Promise<PromptTemplate> {
  const { findTemplate } = await import("./template-files.js");
  return findTemplate(name, io.env);
}

/** Whether a person asks and reads the answer: neither a script nor a pipe. */
function isAtTerminal({ stdin, stdout }: Io): boolean {
  return stdin.isTTY === true && stdout.isTTY === true;
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
  const piped = io.stdin.isTTY ? "" : (await readPiped(io, asked !== "" || mayBeEmpty)).trim();
  const prompt = [asked, piped].filter((part) => part !== "").join("\n\n");
  if (prompt !== "" || mayBeEmpty) return prompt;
  throw new SluiceError("invalid-argument", "there is no question: give it as an argument or on stdin", {
    field: "prompt",
  });
}

/** How long nothing may come on stdin until a line says so, in ms. */
const SILENCE_MS = 3_000;

/** @param isAsked already: who forgot to close stdin waits for ever, and reads what for. */
async function readPiped(io: Io, isAsked: boolean): Promise<string> {
  const timer = setTimeout(() => {
    if (isAsked) io.stderr.write("waiting for the end of stdin; where nothing is to come, give it </dev/null\n");
  }, SILENCE_MS);
  try {
    return decoded(await readAll(io.stdin));
  } finally {
    clearTimeout(timer);
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const message = "stdin: found what is no UTF-8 text; a picture, a sound or a document goes with --file";
    throw new SluiceError("invalid-argument", message, { field: "prompt" });
  }
}
