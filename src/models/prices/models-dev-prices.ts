import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Price, PriceRow } from "./price-table.js";

const SOURCE = "https://models.dev/api.json";

/** The names of providers there that have another one here. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["google", "gemini"],
  ["togetherai", "together"],
  ["fireworks-ai", "fireworks"],
  ["moonshotai", "moonshot"],
  ["amazon-bedrock", "bedrock"],
]);

/** The prices of models.dev's `api.json`, which are in USD per million tokens. */
export function modelsDevRows(file: JsonObject, date: string): PriceRow[] {
  return Object.entries(file).flatMap(([id, provider]) => {
    const models = isJsonObject(provider) ? provider.models : undefined;
    if (!isJsonObject(models)) return [];
    return Object.entries(models).flatMap(([name, model]) => rowOf(PROVIDERS.get(id) ?? id, name, model, date) ?? []);
  });
}

function rowOf(provider: string, name: string, model: JsonValue, date: string): PriceRow | undefined {
  const cost = isJsonObject(model) ? model.cost : undefined;
  if (!isJsonObject(cost)) return undefined;
  const price = priceOf(cost);
  if (price === undefined) return undefined;
  const { context_over_200k: long } = cost;
  const over = isJsonObject(long) ? priceOf({ ...cost, ...long }) : undefined;
  const tiers = over === undefined ? {} : { tiers: [{ ...over, aboveInputTokens: 200_000 }] };
  return { provider, models: [name], ...price, ...tiers, source: SOURCE, date };
}

function priceOf(cost: JsonObject): Price | undefined {
  const { input, output, reasoning, cache_read: cacheRead, cache_write: cacheWrite } = cost;
  if (!isPrice(input) || !isPrice(output)) return undefined;
  // One price stands for the whole answer here, so an answer whose reasoning costs something else has none.
  if (isPrice(reasoning) && reasoning !== output) return undefined;
  return { input, output, ...(isPrice(cacheRead) && { cacheRead }), ...(isPrice(cacheWrite) && { cacheWrite }) };
}

function isPrice(value: JsonValue | undefined): value is number {
  return typeof value === "number" && value >= 0;
}
