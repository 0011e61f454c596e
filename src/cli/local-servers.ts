import { model as resolve } from "../models/named-model.js";
import { configuredProviders } from "../models/registry.js";
import type { Io } from "./io.js";

/** How long a server on this machine may take, in ms: one that is not there refuses at once, a busy one answers late. */
const PROBE = { connectMs: 1_000, totalMs: 5_000 };

/** A server of one's own that may run here. */
export interface LocalServer {
  id: string;
  label: string;
  baseUrl: string;
  /** The models that it offers, as `model()` takes them; `undefined` when it does not answer. */
  models: string[] | undefined;
}

/** Asks every server that needs no key, where it is configured or would usually be, what it offers. */
export function localServers(env: Io["env"]): Promise<LocalServer[]> {
  const local = configuredProviders(env).filter((provider) => provider.local);
  return Promise.all(local.map(({ id, label, baseUrl = "" }) => probe(id, label, baseUrl, env)));
}

/** The model that a running Ollama would be asked: `OLLAMA_DEFAULT_MODEL`, or the first it has. */
export async function firstOllamaModel(env: Io["env"]): Promise<string | undefined> {
  const [found] = await modelsOf("ollama", env).catch(() => []);
  if (found === undefined) return undefined;
  return env.OLLAMA_DEFAULT_MODEL ? `ollama/${env.OLLAMA_DEFAULT_MODEL}` : found;
}

async function probe(id: string, label: string, baseUrl: string, env: Io["env"]): Promise<LocalServer> {
  const models = await modelsOf(id, env).catch(() => undefined);
  return { id, label, baseUrl, models };
}

async function modelsOf(id: string, env: Io["env"]): Promise<string[]> {
  const found = await resolve(`${id}/any`, { env }).list?.({ timeouts: PROBE, retry: { retries: 0 } });
  return (found ?? []).map((info) => info.id);
}
