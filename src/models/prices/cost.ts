import { isJsonObject } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import { defaultPrices } from "./default-prices.js";
import type { Price, PriceRow, PriceTable } from "./price-table.js";
import { priceTable } from "./price-table.js";

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
 * @example
 * ```ts
 * import { generate } from "sluice";
 * import { cost } from "sluice/models";
 *
 * const { usage } = await generate("openai/gpt-5-mini", "Hi");
 * console.log(cost(usage, "openai/gpt-5-mini"), "USD");
 * ```
 */
export function cost(usage: Usage, modelId: string, table: PriceTable = defaultPrices()): number | undefined {
  const row = priceRow(modelId, table);
  const { inputTokens, outputTokens } = usage;
  if (row === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  const price = priceAt(row, inputTokens);
  return price === undefined ? undefined : total(usage, inputTokens, outputTokens, price);
}

/** The row of a model: the first that has its name, else the first that has it without the date of its snapshot. */
export function priceRow(modelId: string, table: PriceTable): PriceRow | undefined {
  priceTable(table, "table");
  const { models } = table;
  let index = indexes.get(models);
  if (index === undefined) {
    index = indexOf(models);
    indexes.set(models, index);
  }
  return index.get(modelId) ?? index.get(modelId.replace(SNAPSHOT, ""));
}

/** Rows by what they are looked up by: files of prices have thousands, and a budget asks at each delta. */
type Index = ReadonlyMap<string, PriceRow | undefined>;

const indexes = new WeakMap<readonly PriceRow[], Index>();

/** By provider and name, and by name alone where no two providers share it. */
function indexOf(rows: readonly PriceRow[]): Index {
  const owned = new Map<string, PriceRow>();
  const alone = new Map<string, PriceRow | undefined>();
  for (const row of rows) {
    for (const name of row.models) {
      const id = `${row.provider}/${name}`;
      if (!owned.has(id)) owned.set(id, row);
      if (!alone.has(name)) alone.set(name, row);
      else if (alone.get(name)?.provider !== row.provider) alone.set(name, undefined);
    }
  }
  return new Map<string, PriceRow | undefined>([...alone, ...owned]);
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
