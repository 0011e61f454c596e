import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { readFrontMatter } from "../agents/front-matter.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import { exactly, filledString, jsonObject, string } from "../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../stream/error.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import { REQUEST_OPTIONS } from "../stream/validate-request.js";
import { compileTemplate, type Template } from "../workflows/format/template.js";
import { prompts } from "../workflows/prompts/prompts.js";
import { fileError } from "./file-problem.js";

/** What stands before a template's text. */
interface Fields {
  description?: string;
  /** The model where nobody asks for another. */
  model?: string;
  system?: string;
  temperature?: number;
  maxTokens?: number;
  /** Values of places that nobody gives. */
  inputs?: JsonObject;
}

const checkFields = exactly(
  "a template",
  {
    description: string,
    model: filledString,
    system: string,
    temperature: REQUEST_OPTIONS.temperature,
    maxTokens: REQUEST_OPTIONS.maxTokens,
    inputs: jsonObject,
  },
  "the template",
);

/** A template of a prompt. */
export interface PromptTemplate extends Fields {
  name: string;
  /**
   * The prompt, filled in.
   *
   * @param asked what is asked with it: it stands at the place `input`, else at the end.
   * @throws {SluiceError} `invalid-argument` for places without a value, and values without a place.
   */
  fill(inputs: JsonObject, question: string): Promise<FilledTemplate>;
}

/** A template that was filled in. */
interface FilledTemplate {
  system?: string;
  /** The messages before the question. */
  before: ChatMessage[];
  text: string;
}

/** The place of what is asked with the template. */
const SAID = "input";

/** Reads a template. @throws {SluiceError} `invalid-argument` for a file that cannot be read, or is no template. */
export async function readTemplate(file: string, name: string): Promise<PromptTemplate> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => Promise.reject(fileError(file, "read", cause)));
  return extname(file) === ".json" ? promptDocument(text, name, file) : markdownTemplate(text, name, file);
}

async function markdownTemplate(text: string, name: string, file: string): Promise<PromptTemplate> {
  const { fields, body } = /^\uFEFF?---[ \t]*\r?\n/.test(text)
    ? readFrontMatter(text, file)
    : { fields: {}, body: text.trim() };
  checkFields(fields, file);
  const settings = fields as Fields;
  const compiled = await compiledText(body);
  const system = settings.system === undefined ? undefined : await compiledText(settings.system);
  return {
    ...settings,
    name,
    async fill(inputs, question) {
      const texts = system === undefined ? [compiled] : [compiled, system];
      const values = valuesFor(name, texts, { ...settings.inputs, ...inputs }, inputs, question);
      const written = compiled.render((place) => values.get(place));
      const isPlaced = texts.some(({ names }) => names.includes(SAID));
      return {
        before: [],
        text: isPlaced || question === "" ? written : [written, question].filter((part) => part !== "").join("\n\n"),
        ...(system && { system: system.render((place) => values.get(place)) }),
      };
    },
  };
}

/** Stands for a brace that is no part of a place; no text has it (a noncharacter of Unicode). */
const BRACE = "\uFDD0";
/** What may have places, tags and texts that are to stay, or else a single brace. */
const BRACES = /(\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\})|\{/g;

/** A template with places in double braces only: prompts have code in them, with single ones. */
async function compiledText(text: string): Promise<Template> {
  const compiled = await compileTemplate(text.replace(BRACES, (_, kept?: string) => kept ?? BRACE));
  return { ...compiled, render: (lookup) => compiled.render(lookup).replaceAll(BRACE, "{") };
}

/** Values by places: each place has one, and each value that was given has a place. */
function valuesFor(
  name: string,
  texts: readonly Template[],
  all: JsonObject,
  given: JsonObject,
  question: string,
): Map<string, JsonValue> {
  const places = [...new Set(texts.flatMap(({ names }) => names))];
  const values = new Map<string, JsonValue>(
    Object.entries(question === "" ? all : { ...all, [SAID]: question }) as [string, JsonValue][],
  );
  const unknown = Object.keys(given).find((one) => !places.includes(one));
  if (unknown !== undefined) {
    const near = nearest(unknown, places);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : places.join(", ") || "it has no places";
    throw new SluiceError("invalid-argument", `the template ${name} has no place ${unknown}; ${hint}`, {
      field: "--input",
    });
  }
  const missing = places.filter((place) => !values.has(place));
  if (missing.length > 0) {
    const options = missing.map((place) => (place === SAID ? "a prompt" : `--input ${place}=…`));
    const message = `the template ${name} needs ${missing.join(", ")}: give ${options.join(", ")}; what is to stay in double braces goes between {% raw %} and {% endraw %}`;
    throw new SluiceError("invalid-argument", message, { field: "--input" });
  }
  return values;
}

/** A document of a prompt library, as workflows have them. */
function promptDocument(text: string, name: string, file: string): PromptTemplate {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (thrown) {
    throw invalid(file, text, `a prompt as JSON: ${messageOf(thrown)}`);
  }
  if (!isJsonObject(document)) throw invalid(file, document, "a prompt: an object with id and content");
  const library = prompts([document]);
  const { id, description } = document;
  return {
    name,
    ...(typeof description === "string" && { description }),
    async fill(inputs, question) {
      const { messages } = await library.render(String(id), question === "" ? inputs : { ...inputs, [SAID]: question });
      const last = messages.at(-1);
      const isAsked = last?.role === "user";
      const asked = isAsked ? textOf(last) : "";
      const isPlaced = /\{\{?-?\s*\$?input\b/.test(JSON.stringify(document));
      const parts = isPlaced ? [asked] : [asked, question];
      return {
        before: isAsked ? messages.slice(0, -1) : messages,
        text: parts.filter((part) => part !== "").join("\n\n"),
      };
    },
  };
}
