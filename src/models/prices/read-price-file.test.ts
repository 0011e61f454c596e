import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cost, priceRow } from "./cost.js";
import { defaultPrices } from "./default-prices.js";
import { readPriceFile } from "./read-price-file.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-price-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A few rows as the file has them: a price is a token's. */
const LITELLM = {
  sample_spec: { litellm_provider: "one of the providers", input_cost_per_token: 0, output_cost_per_token: 0 },
  "gpt-x": {
    litellm_provider: "openai",
    mode: "chat",
    input_cost_per_token: 1.1e-6,
    output_cost_per_token: 4.4e-6,
    cache_read_input_token_cost: 2.75e-7,
  },
  "gemini/gemini-x": {
    litellm_provider: "gemini",
    mode: "chat",
    input_cost_per_token: 1.25e-6,
    input_cost_per_token_above_200k_tokens: 2.5e-6,
    output_cost_per_token: 1e-5,
    output_cost_per_token_above_200k_tokens: 1.5e-5,
  },
  "together_ai/vendor/model": {
    litellm_provider: "together_ai",
    mode: "chat",
    input_cost_per_token: 1e-6,
    output_cost_per_token: 1e-6,
  },
  "text-embedding-x": { litellm_provider: "openai", mode: "embedding", input_cost_per_token: 2e-8 },
  "1024-x-1024/dall-e": { litellm_provider: "openai", mode: "image_generation", input_cost_per_pixel: 1e-8 },
};

const MODELS_DEV = {
  openai: {
    id: "openai",
    models: {
      "gpt-x": { id: "gpt-x", cost: { input: 1.1, output: 4.4, cache_read: 0.275 } },
      "no-price": { id: "no-price" },
    },
  },
  google: {
    id: "google",
    models: {
      "gemini-x": { cost: { input: 1.25, output: 10, context_over_200k: { input: 2.5, output: 15 } } },
      "two-prices": { cost: { input: 1, output: 2, reasoning: 8 } },
    },
  },
};

describe.each([
  ["LiteLLM's", LITELLM],
  ["models.dev's", MODELS_DEV],
])("%s file", (_, file) => {
  const table = readPriceFile(file, "2026-11-21");

  test("gives prices in USD per million tokens, with the source and the file's date", () => {
    expect(priceRow("openai/gpt-x", table)).toMatchObject({
      input: 1.1,
      output: 4.4,
      cacheRead: 0.275,
      date: "2026-11-21",
    });
    expect(URL.canParse(priceRow("openai/gpt-x", table)?.source ?? "")).toBe(true);
  });

  test("gives what long prompts cost", () => {
    expect(cost({ inputTokens: 100_000, outputTokens: 0 }, "gemini/gemini-x", table)).toBeCloseTo(0.125, 12);
    expect(cost({ inputTokens: 400_000, outputTokens: 0 }, "gemini/gemini-x", table)).toBeCloseTo(1, 12);
  });
});

test("what has no price for tokens, or two for an answer, is unknown and not wrong", () => {
  const usage = { inputTokens: 10, outputTokens: 10 };
  expect(cost(usage, "google/two-prices", readPriceFile(MODELS_DEV, "2026-11-21"))).toBeUndefined();
  expect(cost(usage, "gemini/two-prices", readPriceFile(MODELS_DEV, "2026-11-21"))).toBeUndefined();
  expect(cost(usage, "openai/1024-x-1024/dall-e", readPriceFile(LITELLM, "2026-11-21"))).toBeUndefined();
});

test("LiteLLM's providers and embeddings are found under our names", () => {
  const table = readPriceFile(LITELLM, "2026-11-21");
  expect(cost({ inputTokens: 1e6, outputTokens: 0 }, "together/vendor/model", table)).toBe(1);
  expect(cost({ inputTokens: 1e6, outputTokens: 0 }, "openai/text-embedding-x", table)).toBe(0.02);
});

test("SLUICE_PRICES takes them, dated by the file", () => {
  const file = join(folder, "prices.json");
  writeFileSync(file, JSON.stringify(LITELLM));
  utimesSync(file, new Date("2026-10-01T12:00:00Z"), new Date("2026-10-01T12:00:00Z"));
  const table = defaultPrices({ SLUICE_PRICES: file });
  expect(priceRow("openai/gpt-x", table)?.date).toBe("2026-10-01");
  expect(priceRow("openai/gpt-5", table)?.input).toBe(1.25);
});

test("a file of no such form, and one without a price, are refused", () => {
  expect(() => readPriceFile({ a: 1 }, "2026-11-21")).toThrow("models: found nothing");
  expect(() => readPriceFile({ a: { models: {} } }, "2026-11-21")).toThrow("at least one model");
});
