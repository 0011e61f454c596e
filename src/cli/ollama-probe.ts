import { isJsonObject } from "../stream/json.js";
import type { Io } from "./io.js";

/** Where Ollama listens unless told otherwise. */
const DEFAULT_URL = "http://127.0.0.1:11434";
/** How long a server on this machine may take to answer, in ms. */
const PROBE_MS = 400;

/** Ollama's address: `OLLAMA_URL`, `OLLAMA_HOST` (which may lack its scheme or port), or its default. */
export function ollamaUrl(env: Io["env"]): string {
  const given = env.OLLAMA_URL || env.OLLAMA_HOST;
  if (!given) return DEFAULT_URL;
  const url = new URL(given.includes("://") ? given : `http://${given}`);
  // Ollama itself listens on all addresses for 0.0.0.0; it is reached at loopback.
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.port === "" && !given.includes("://")) url.port = "11434";
  return url.href.replace(/\/+$/, "");
}

/** The models of a running Ollama, or `undefined` when none answers. */
export async function ollamaModels(env: Io["env"]): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${ollamaUrl(env)}/api/tags`, { signal: AbortSignal.timeout(PROBE_MS) });
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
