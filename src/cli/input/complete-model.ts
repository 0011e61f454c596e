import { defaultPrices } from "../../models/prices/default-prices.js";
import { configuredProviders } from "../../models/registry.js";
import type { Io } from "../io.js";

/** Names of models that begin like one that is being written, as far as they are known without asking anybody. */
export function completeModel(written: string, env: Io["env"]): string[] {
  const ready = configuredProviders(env).filter((provider) => provider.local || provider.configuredBy !== undefined);
  const ids = new Set(ready.map(({ id }) => id));
  const priced = defaultPrices(env).models.flatMap(({ provider, models }) =>
    models.map((name) => `${provider}/${name}`),
  );
  const known = priced.filter((name) => ids.has(name.slice(0, name.indexOf("/"))));
  const names = ["echo", ...Array.from(ids, (id) => `${id}/`), ...known].filter((name) => name.startsWith(written));
  return [...new Set(names)].toSorted();
}
