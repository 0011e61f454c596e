import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { anything, list } from "../../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { asText, compileTemplate } from "../format/template.js";
import type { PromptLibrary, RenderedPrompt } from "./prompt-library.js";

/** One version of a prompt. */
interface Prompt {
  id: string;
  version: string;
  status: string;
  /** The messages: a text, or `{ template, variables, required_variables }`. */
  content: readonly { role: "system" | "user" | "assistant"; content: JsonValue }[];
}

const DOCUMENTS = list("an array of prompts", anything);

/**
 * A prompt library of documents: `{ id, version, status, content: [{ role, content }] }`, where the content of a message is a text
 * or `{ template, variables, required_variables }`. Where no version is asked for, it is the newest `active` one, else the newest
 * that is not `deprecated` or `archived`. Versions are ordered as Semantic Versioning says: 1.10.0 comes after 1.9.0.
 *
 * @throws {SluiceError} `invalid-argument` for a document that is no prompt, or two of one id and version.
 * @example
 * ```ts
 * import { loadWorkflow, prompts } from "sluice/workflows";
 *
 * const library = prompts([{ id: "greet", content: [{ role: "user", content: { template: "Greet {{name}}." } }] }]);
 * const workflow = await loadWorkflow('{ "steps": [] }', { prompts: library });
 * ```
 */
export function prompts(documents: readonly JsonObject[]): PromptLibrary {
  DOCUMENTS(documents, "documents");
  const known = new Map<string, Prompt[]>();
  for (const [index, document] of documents.entries()) {
    const prompt = promptOf(document, `prompts[${index}]`);
    const versions = known.get(prompt.id) ?? [];
    if (versions.some(({ version }) => version === prompt.version))
      throw invalid(`prompts[${index}]`, `${prompt.id} ${prompt.version}`, "each version of a prompt once");
    known.set(prompt.id, [...versions, prompt]);
  }
  return { render: async (id, variables, version) => render(chosen(known, id, version), variables) };
}

/**
 * A prompt library of the JSON files of a folder, one for each version of a prompt.
 *
 * @throws {SluiceError} `invalid-argument` for a folder or file that cannot be read, or is no prompt.
 */
export async function readPrompts(folder: string): Promise<PromptLibrary> {
  try {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
    return prompts(await Promise.all(files.map((file) => readPrompt(join(folder, file)))));
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    throw new SluiceError("invalid-argument", `prompts of ${folder}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function readPrompt(file: string): Promise<JsonObject> {
  const text = await readFile(file, "utf8");
  try {
    const document = parseJson(text);
    if (isJsonObject(document)) return document;
  } catch (thrown) {
    throw new SluiceError("invalid-argument", `${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
  throw new SluiceError("invalid-argument", `${file} is no JSON object`, { field: file });
}

const ROLES = ["system", "user", "assistant"] as const;

function promptOf({ id, version = "1.0.0", status = "active", content }: JsonObject, path: string): Prompt {
  if (typeof id !== "string" || id === "") throw invalid(`${path}.id`, id, "the prompt's id");
  const number = isJsonObject(version) ? version.version : version;
  if (typeof number !== "string" || !/^\d+(\.\d+){0,2}([-+][\w.+-]+)?$/.test(number))
    throw invalid(`${path}.version`, version, "a version such as 1.2.0");
  const messages = typeof content === "string" ? [{ role: "user", content }] : content;
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalid(`${path}.content`, content, "a list of messages");
  return {
    id,
    version: number,
    status: asText(status),
    content: messages.map((message, index) => messageIn(message, `${path}.content[${index}]`)),
  };
}

function messageIn(message: JsonValue, path: string): Prompt["content"][number] {
  const fields = isJsonObject(message) ? message : {};
  const role = ROLES.find((one) => one === fields.role);
  if (role === undefined) throw invalid(`${path}.role`, fields.role, ROLES.join(", "));
  const { content } = fields;
  const isText = typeof content === "string" || (isJsonObject(content) && typeof content.template === "string");
  if (!isText || content === undefined)
    throw invalid(`${path}.content`, content, "a text, or an object with a template");
  return { role, content };
}

function chosen(known: ReadonlyMap<string, readonly Prompt[]>, id: string, version: string | undefined): Prompt {
  const versions = known.get(id);
  if (versions === undefined) {
    const near = nearest(id, [...known.keys()]);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${[...known.keys()].join(", ")}`;
    throw new SluiceError("not-found", `there is no prompt ${JSON.stringify(id)}; ${hint}`, { field: "prompt_ref" });
  }
  const newest = (some: readonly Prompt[]) => [...some].sort((a, b) => compared(a.version, b.version)).at(-1);
  const found =
    version === undefined
      ? (newest(versions.filter(({ status }) => status === "active")) ??
        newest(versions.filter(({ status }) => status !== "deprecated" && status !== "archived")))
      : versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  const there = versions.map((one) => `${one.version} (${one.status})`).join(", ");
  const message = `the prompt ${id} has no version ${version ?? "that is in use"}; it has ${there}`;
  throw new SluiceError("not-found", message, { field: "prompt_ref.version" });
}

/** Order of versions (https://semver.org/#spec-item-11): a pre-release comes before its release. */
function compared(a: string, b: string): number {
  const parts = (version: string) => version.split(/[-+]/, 1)[0]?.split(".").map(Number) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.includes("-") !== b.includes("-")) return a.includes("-") ? -1 : 1;
  return a.localeCompare(b, "en", { numeric: true });
}

async function render({ id, version, content }: Prompt, variables: JsonObject): Promise<RenderedPrompt> {
  const messages: ChatMessage[] = [];
  for (const { role, content: text } of content) {
    const template = isJsonObject(text) ? text : { template: text };
    const defaults = isJsonObject(template.variables) ? template.variables : {};
    const values = new Map(Object.entries({ ...defaults, ...variables }));
    const needed = Array.isArray(template.required_variables) ? template.required_variables.map(asText) : [];
    const missing = needed.filter((name) => values.get(name) === undefined || values.get(name) === null);
    if (missing.length > 0) {
      const message = `the prompt ${id} ${version} needs ${missing.join(", ")}`;
      throw new SluiceError("invalid-argument", message, { field: `prompt_ref.context_variables.${missing[0]}` });
    }
    const compiled = await compileTemplate(asText(template.template));
    messages.push({ role, content: compiled.render((name) => values.get(name)) });
  }
  return { id, version, messages };
}
