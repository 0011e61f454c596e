import { ollamaAddress } from "../models/ollama-address.js";
import { isJsonObject } from "../stream/json.js";
import type { Io } from "./io.js";

/** How long a server on this machine may take to answer, in ms. */
const PROBE_MS = 400;

/** The models of a running Ollama, or `undefined` when none answers. */
export async function ollamaModels(env: Io["env"]): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${ollamaAddress(env)}/api/tags`, { signal: AbortSignal.timeout(PROBE_MS) });
    const body: unknown = await response.json();
    if (!response.ok || !isJsonObject(body) || !Array.isArray(body.models)) return undefined;
    return body.models.flatMap((entry) => (isJsonObject(entry) && typeof entry.name === "string" ? [entry.name] : []));
  } catch {
    return undefined;
  }
}

/** The model that a running Ollama would be asked: `OLLAMA_DEFAULT_MODEL`, or the first it has. */
export async function firstOllamaModel(env: Io["env"]): Promise<string | undefined> {
  const models = await ollamaModels(env);
  if (models === undefined) return undefined;
  return env.OLLAMA_DEFAULT_MODEL || models[0];
}
