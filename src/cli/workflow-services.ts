import { readFile } from "node:fs/promises";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import { SluiceError } from "../stream/error.js";
import { DbosEngine } from "../workflows/engines/dbos/dbos-engine.js";
import { EmbeddedEngine } from "../workflows/engines/embedded-engine.js";
import type { WorkflowEngine } from "../workflows/engines/engine.js";
import { readPrompts } from "../workflows/prompts/prompts.js";
import type { WorkflowServices } from "../workflows/services.js";
import type { Workflow } from "../workflows/workflow.js";
import { chooseModel } from "./choose-model.js";
import { runStore } from "./data-folder.js";
import { fileError } from "./file-problem.js";
import { readInputPair } from "./input-pair.js";
import type { Io } from "./io.js";

/** Options of commands that run workflows. */
export interface WorkflowServiceOptions {
  model?: string;
  folder?: string;
  allowFolder?: readonly string[];
  allowPython?: boolean;
  allowHost?: readonly string[];
  prompts?: string;
}

/** What a workflow may use, as the options of the command say. */
export async function workflowServices(options: WorkflowServiceOptions, io: Io): Promise<WorkflowServices> {
  const { model } = await chooseModel(options.model, io.env);
  return {
    // A model that is asked for answers every step; else the steps name theirs.
    ...(options.model === undefined ? { model } : { models: { "*": model } }),
    folder: options.folder ?? process.cwd(),
    ...(options.allowFolder && { folders: options.allowFolder }),
    ...(options.allowPython && { python: true }),
    ...(options.prompts !== undefined && { prompts: await readPrompts(options.prompts) }),
    ...(options.allowHost && { http: { allowPrivate: options.allowHost } }),
  };
}

/** Which engine a command uses. */
export interface EngineOptions {
  engine: string;
  engineFile?: string;
  engineUrl?: string;
}

/**
 * The engine of a name: `embedded` keeps runs in the command's own folder, or in a file; `dbos` in PostgreSQL; `none` keeps
 * nothing.
 */
export async function openEngine(options: EngineOptions, io: Io): Promise<WorkflowEngine | undefined> {
  const { engine, engineFile, engineUrl = io.env.DBOS_SYSTEM_DATABASE_URL } = options;
  if (engine === "none") return undefined;
  if (engine === "embedded") return EmbeddedEngine.open(engineFile ?? runStore(io.env));
  if (engineUrl !== undefined) return DbosEngine.open(engineUrl);
  const message = "the engine dbos needs --engine-url postgres://…, or DBOS_SYSTEM_DATABASE_URL in the environment";
  throw new SluiceError("invalid-argument", message, { field: "--engine-url" });
}

/** The document of a file, and where it is. */
export async function readWorkflow(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    throw fileError(file, "read", thrown);
  }
}

/**
 * Inputs as they are given on the command line: `name=value`, `name=@file` for a file's text, `name=[1,2]` for JSON.
 *
 * @param file with a JSON object of inputs; those of the command line win.
 */
export async function readInputs(
  given: readonly string[],
  file: string | undefined,
  workflow: Workflow,
): Promise<JsonObject> {
  const inputs: JsonObject = file === undefined ? {} : await readObject(file);
  for (const pair of given) {
    const { name, text } = await readInputPair(pair);
    const schema = workflow.inputs.find((input) => input.name === name)?.schema;
    inputs[name] = pair.startsWith(`${name}=@`) ? text : inputValue(text, schema?.type);
  }
  return inputs;
}

async function readObject(file: string): Promise<JsonObject> {
  const value = jsonOr(await readWorkflow(file));
  if (isJsonObject(value)) return value;
  throw new SluiceError("invalid-argument", `${file} is no JSON object`, { field: "--inputs" });
}

/** Text is text, unless the input has another type or it is a JSON list or object. */
function inputValue(text: string, type: JsonValue | undefined): JsonValue {
  const other = type !== undefined && type !== "string";
  return other || /^\s*[[{]/.test(text) ? (jsonOr(text) ?? text) : text;
}

function jsonOr(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
