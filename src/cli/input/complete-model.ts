import { model } from "../../models/named-model.js";
import { defaultPrices } from "../../models/prices/default-prices.js";
import { configuredProviders } from "../../models/registry.js";
import type { Io } from "../io.js";

/** How long a service may take to say what it offers, in ms: somebody waits at the prompt. */
const ASK_MS = 1_000;

/** What services offer, by the service, as long as the process lives. */
const OFFERED = new Map<string, readonly string[]>();

/**
 * Names of models that begin like one that is being written: services that are configured, then what a service offers, as far as it is known
 * or the service says it in time.
 */
export async function completeModel(written: string, env: Io["env"]): Promise<string[]> {
  const ready = configuredProviders(env).filter(({ local, configuredBy }) => local || configuredBy !== undefined);
  const provider = written.slice(0, Math.max(0, written.indexOf("/")));
  const priced = defaultPrices(env)
    .models.filter((row) => row.provider === provider)
    .flatMap(({ models }) => models.map((name) => `${provider}/${name}`));
  const offered = ready.some(({ id }) => id === provider) ? [...priced, ...(await offeredBy(provider, env))] : [];
  const names = ["echo", ...ready.map(({ id }) => `${id}/`), ...offered];
  return [...new Set(names)].filter((name) => name.startsWith(written)).toSorted();
}

async function offeredBy(provider: string, env: Io["env"]): Promise<readonly string[]> {
  const offered = OFFERED.get(provider);
  if (offered !== undefined) return offered;
  try {
    const found = await model(`${provider}/any`, { env }).list?.({
      timeouts: { totalMs: ASK_MS },
      retry: { retries: 0 },
    });
    const names = (found ?? []).map(({ id }) => id);
    OFFERED.set(provider, names);
    return names;
  } catch {
    // Who does not say it in time is asked again with the next Tab.
    return [];
  }
}
