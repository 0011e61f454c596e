import { invalid } from "../../stream/error.js";
import type { ModelOptions } from "../provider-service.js";
import { type LlamaModel, llama } from "./llama.js";

/** What stands before the file in a model's name: `llama/model.gguf`, `llama//models/model.gguf`. */
const PREFIX = "llama/";

/** Settings of `model` that mean something to a model in this process. */
const MEANT: readonly string[] = ["timeouts", "env"] satisfies (keyof ModelOptions)[];

/**
 * The model of a name that begins with `llama/`; `undefined` for any other name.
 *
 * @throws {SluiceError} `invalid-argument` for settings of calls over HTTP.
 */
export function llamaOfName(name: string, options: ModelOptions): LlamaModel | undefined {
  const file = name.slice(PREFIX.length);
  if (!name.startsWith(PREFIX) || file === "") return undefined;
  for (const [setting, value] of Object.entries(options)) {
    if (value === undefined || MEANT.includes(setting)) continue;
    throw invalid(setting, value, `no such setting for a model in this process; it has ${MEANT.join(", ")}`);
  }
  const { timeouts, env } = options;
  return llama(file, { id: name, ...(timeouts && { timeouts }), ...(env && { env }) });
}
