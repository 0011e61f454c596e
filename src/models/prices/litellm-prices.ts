import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Price, PriceRow, PriceTier } from "./price-table.js";

const SOURCE = "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json";

/** LiteLLM's names of providers that have another one here. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["text-completion-openai", "openai"],
  ["together_ai", "together"],
  ["fireworks_ai", "fireworks"],
  ["fireworks_ai-embedding-models", "fireworks"],
  ["dashscope", "alibaba"],
  ["lm_studio", "lmstudio"],
  ["hosted_vllm", "vllm"],
]);

/** The prices of LiteLLM's `model_prices_and_context_window.json`, which are in USD a token. */
export function liteLlmRows(file: JsonObject, date: string): PriceRow[] {
  return Object.entries(file).flatMap(([name, row]) => (isJsonObject(row) ? (rowOf(name, row, date) ?? []) : []));
}

function rowOf(name: string, row: JsonObject, date: string): PriceRow | undefined {
  const { litellm_provider: theirs } = row;
  // It has an example row, whose fields say what they mean.
  if (typeof theirs !== "string" || name === "sample_spec") return undefined;
  const price = priceOf(row, "");
  if (price === undefined) return undefined;
  const tiers = tiersOf(row, price);
  const source = typeof row.source === "string" && row.source !== "" ? row.source : SOURCE;
  return {
    provider: PROVIDERS.get(theirs) ?? theirs,
    models: [name.startsWith(`${theirs}/`) ? name.slice(theirs.length + 1) : name],
    ...price,
    ...(tiers.length > 0 && { tiers }),
    source,
    date,
  };
}

/** The fields of long prompts, such as `input_cost_per_token_above_200k_tokens`. What a tier does not say is as below it. */
function tiersOf(row: JsonObject, below: Price): PriceTier[] {
  const limits = new Set(
    Object.keys(row).flatMap((field) => /^(?:in|out)put_cost_per_token_above_(\d+)k_tokens$/.exec(field)?.[1] ?? []),
  );
  return [...limits].map((limit) => {
    const over = pricesOf(row, `_above_${limit}k_tokens`);
    return { ...below, ...over, aboveInputTokens: Number(limit) * 1_000 };
  });
}

function priceOf(row: JsonObject, suffix: string): Price | undefined {
  const { input, output = row.mode === "embedding" ? 0 : undefined, ...caches } = pricesOf(row, suffix);
  return input === undefined || output === undefined ? undefined : { input, output, ...caches };
}

function pricesOf(row: JsonObject, suffix: string): Partial<Price> {
  const found = {
    input: perMillion(row[`input_cost_per_token${suffix}`]),
    output: perMillion(row[`output_cost_per_token${suffix}`]),
    cacheRead: perMillion(row[`cache_read_input_token_cost${suffix}`]),
    cacheWrite: perMillion(row[`cache_creation_input_token_cost${suffix}`]),
    cacheWrite1h: perMillion(row[`cache_creation_input_token_cost_above_1hr${suffix}`]),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** Rounded to what the file means: 1.1e-6 a token is 1.1, and not 1.0999999999999999. */
function perMillion(each: JsonValue | undefined): number | undefined {
  return typeof each === "number" && each >= 0 ? Number((each * 1_000_000).toPrecision(12)) : undefined;
}
