import type { JsonObject, JsonValue } from "../../base/json.js";
import { choice, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";

/** The run's answer. */
export const output: StepType = {
  type: "output",
  aliases: ["return", "end", "answer", "chat_output", "text_output"],
  about: "Gives the run's answer: its inputs, as an object or as text.",
  config: {
    format: choice("json: the inputs as an object; text: as text. Default: a single text as it is, else as json.", [
      "json",
      "structured",
      "dict",
      "text",
      "plain",
      "markdown",
      "auto",
    ]),
    template: text("The answer's text, with places for the inputs and what other steps made."),
  },
  results: { output: "The answer.", text: "The answer as text." },
  openResults: true,
  main: "output",
  answers: true,
  toleratesGaps: true,
  patient: true,
  // A single input, or text, can be heard while it is written.
  live: ({ config, inputs }) => {
    const names = Object.keys(inputs);
    if (config.template !== undefined) return [];
    return names.length === 1 || isText(config.format) ? names : [];
  },
  async run(context) {
    const { config } = context;
    if (typeof config.template === "string") return sayTemplate(context, config.template);
    const names = context.inputNames;
    const alone = names.length === 1;
    const spoken = alone && !isObject(config.format) ? await sayAlone(context, names[0] ?? "") : undefined;
    if (spoken !== undefined)
      return { ...spoken.fields, output: isText(config.format) ? spoken.text : spoken.output, text: spoken.text };
    if (isText(config.format)) return sayLines(context, names);
    const heard = alone ? await whole(context, names[0] ?? "") : undefined;
    const all: JsonObject = {};
    for (const name of names) all[name] = heard ?? (await context.input(name));
    return { ...all, output: all, text: asText(all) };
  },
};

function isText(format: JsonValue | undefined): boolean {
  return format === "text" || format === "plain" || format === "markdown";
}

function isObject(format: JsonValue | undefined): boolean {
  return format === "json" || format === "structured" || format === "dict";
}

async function sayTemplate(context: StepContext, filled: string): Promise<JsonObject> {
  await context.answer(filled);
  return { ...context.inputs, output: filled, text: filled };
}

async function sayAlone(
  context: StepContext,
  name: string,
): Promise<{ output: JsonValue; text: string; fields: JsonObject } | undefined> {
  const heard = await whole(context, name, true);
  const value = heard ?? (await context.input(name));
  if (heard === undefined && typeof value === "object" && value !== null) return undefined;
  const text = asText(value);
  if (heard === undefined) await context.answer(text);
  return { output: { [name]: value }, text, fields: { [name]: value } };
}

/** Each input in a line of its own, each as soon as it is there. */
async function sayLines(context: StepContext, names: readonly string[]): Promise<{ output: string; text: string }> {
  let written = "";
  const say = async (text: string) => {
    written += text;
    await context.answer(text);
  };
  for (const [index, name] of names.entries()) {
    await say(`${index === 0 ? "" : "\n"}${name}: `);
    const heard = await whole(context, name, true);
    if (heard === undefined) await say(asText(await context.input(name)));
    else written += heard;
  }
  return { output: written, text: written };
}

/** The whole of an input that is still being written; emitted on the way where `aloud` is set. */
async function whole(context: StepContext, name: string, aloud = false): Promise<string | undefined> {
  const live = context.live(name);
  if (live === undefined) return undefined;
  let all = "";
  for await (const piece of live) {
    all += piece;
    if (aloud) await context.answer(piece);
  }
  return all;
}
