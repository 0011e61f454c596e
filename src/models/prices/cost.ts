import { isJsonObject } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { defaultPrices } from "./default-prices.js";
import type { Price, PriceRow, PriceTable } from "./price-table.js";

const MILLION = 1_000_000;
/** The date or the word that providers add to a model's name for a snapshot or its newest one. */
const SNAPSHOT = /-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

/**
 * What one call cost, in USD; `undefined` where the price or a count is not known.
 *
 * @param usage of one call: tiers depend on the length of its prompt, so the usage of several calls must be priced call
 *   by call (`CostMeter` does).
 * @param modelId as `ChatModel.id` has it, for example `openai/gpt-5`; or as the provider names it, where no two
 *   providers of the table share the name.
 * @param table default: the built-in one, with the rows of the file `SLUICE_PRICES` before it.
 */
export function cost(usage: Usage, modelId: string, table: PriceTable = defaultPrices()): number | undefined {
  const row = priceRow(modelId, table);
  const { inputTokens, outputTokens } = usage;
  if (row === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  const price = priceAt(row, inputTokens);
  return price === undefined ? undefined : total(usage, inputTokens, outputTokens, price);
}

/** The row of a model: the first that has its name, else the first that has it without the date of its snapshot. */
export function priceRow(modelId: string, { models }: PriceTable): PriceRow | undefined {
  return rowNamed(modelId, models) ?? rowNamed(modelId.replace(SNAPSHOT, ""), models);
}

function rowNamed(id: string, rows: readonly PriceRow[]): PriceRow | undefined {
  const owned = rows.find(({ provider, models }) => models.some((name) => `${provider}/${name}` === id));
  if (owned !== undefined) return owned;
  const found = rows.filter(({ models }) => models.includes(id));
  return new Set(found.map(({ provider }) => provider)).size === 1 ? found[0] : undefined;
}

function priceAt(row: PriceRow, inputTokens: number): Price | undefined {
  if (row.maxInputTokens !== undefined && inputTokens > row.maxInputTokens) return undefined;
  let price: Price = row;
  let above = 0;
  for (const tier of row.tiers ?? []) {
    if (inputTokens <= tier.aboveInputTokens || tier.aboveInputTokens < above) continue;
    price = tier;
    above = tier.aboveInputTokens;
  }
  return price;
}

function total(usage: Usage, inputTokens: number, outputTokens: number, price: Price): number | undefined {
  const { cacheReadTokens: read = 0, cacheWriteTokens: written = 0 } = usage;
  const long = Math.min(written, hourWrites(usage));
  let sum = 0;
  for (const [tokens, each] of [
    [inputTokens - read - written, price.input],
    [outputTokens, price.output],
    [read, price.cacheRead],
    [written - long, price.cacheWrite],
    [long, price.cacheWrite1h ?? price.cacheWrite],
  ] as const) {
    if (tokens <= 0) continue;
    if (each === undefined) return undefined;
    sum += tokens * each;
  }
  return sum / MILLION;
}

/** Tokens that were written to be kept for an hour: only Anthropic's own object tells them from the others. */
function hourWrites({ raw }: Usage): number {
  const created = isJsonObject(raw) ? raw.cache_creation : undefined;
  const tokens = isJsonObject(created) ? created.ephemeral_1h_input_tokens : undefined;
  return typeof tokens === "number" ? tokens : 0;
}
