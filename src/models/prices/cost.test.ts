import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { ChatEvent } from "../../stream/chat-event.js";
import { cost, priceRow } from "./cost.js";
import { CostMeter } from "./cost-meter.js";
import { defaultPrices } from "./default-prices.js";
import { checkPriceTable, type PriceTable } from "./price-table.js";
import { PRICES } from "./prices.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-prices-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const found = { source: "https://example.org", date: "2026-01-01" };
const TABLE: PriceTable = {
  models: [
    { provider: "p", models: ["m"], input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2, ...found },
    {
      provider: "p",
      models: ["tiered"],
      input: 1,
      output: 2,
      tiers: [
        { aboveInputTokens: 1_000_000, input: 5, output: 6 },
        { aboveInputTokens: 200_000, input: 3, output: 4 },
      ],
      ...found,
    },
    { provider: "p", models: ["capped"], input: 1, output: 2, maxInputTokens: 1_000, ...found },
    { provider: "q", models: ["capped"], input: 9, output: 9, ...found },
  ],
};

describe("cost", () => {
  test.each([
    ["input and output", { inputTokens: 1_000_000, outputTokens: 500_000 }, 2],
    [
      "what was read from the cache, as a part of the input",
      { inputTokens: 1e6, outputTokens: 0, cacheReadTokens: 1e6 },
      0.1,
    ],
    ["what was written to the cache", { inputTokens: 1e6, outputTokens: 0, cacheWriteTokens: 1e6 }, 1.25],
    [
      "what was written for an hour",
      {
        inputTokens: 1e6,
        outputTokens: 0,
        cacheWriteTokens: 1e6,
        raw: { cache_creation: { ephemeral_1h_input_tokens: 1e6 } },
      },
      2,
    ],
    ["nothing", { inputTokens: 0, outputTokens: 0 }, 0],
  ])("counts %s", (_what, usage, usd) => {
    expect(cost(usage, "p/m", TABLE)).toBeCloseTo(usd, 12);
  });

  test("is unknown where the model, a count or a price is", () => {
    const usage = { inputTokens: 10, outputTokens: 10 };
    expect(cost(usage, "p/other", TABLE)).toBeUndefined();
    expect(cost({ inputTokens: 10 }, "p/m", TABLE)).toBeUndefined();
    expect(cost({ ...usage, cacheReadTokens: 1 }, "p/tiered", TABLE)).toBeUndefined();
    expect(cost({ inputTokens: 1_001, outputTokens: 0 }, "p/capped", TABLE)).toBeUndefined();
    expect(cost(usage, "capped", TABLE)).toBeUndefined();
    expect(cost(usage, "r/m", TABLE)).toBeUndefined();
  });

  test.each([
    [200_000, 0.2],
    [200_001, 0.600003],
    [1_000_000, 3],
    [1_000_001, 5.000005],
  ])("of a prompt of %i tokens is that of its tier", (inputTokens, usd) => {
    expect(cost({ inputTokens, outputTokens: 0 }, "p/tiered", TABLE)).toBeCloseTo(usd, 9);
  });

  test("never is less for more tokens", () => {
    const count = fc.nat(2_000_000);
    fc.assert(
      fc.property(count, count, count, (inputTokens, outputTokens, more) => {
        const less = cost({ inputTokens, outputTokens }, "p/tiered", TABLE) ?? 0;
        expect(cost({ inputTokens: inputTokens + more, outputTokens }, "p/tiered", TABLE)).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  test("finds snapshots, and only the provider's own models", () => {
    expect(priceRow("openai/gpt-5-2025-08-07", PRICES)?.input).toBe(1.25);
    expect(priceRow("anthropic/claude-sonnet-4-5-20250929", PRICES)?.input).toBe(3);
    expect(priceRow("claude-haiku-4-5-20251001", PRICES)?.input).toBe(1);
    expect(priceRow("openai/gpt-4o-2024-05-13", PRICES)?.input).toBe(5);
    expect(priceRow("openai/gpt-5-unheard-of", PRICES)).toBeUndefined();
    expect(priceRow("azure/gpt-5", PRICES)).toBeUndefined();
  });
});

describe("the built-in prices", () => {
  test("are a table, and name each model once", () => {
    expect(() => checkPriceTable(PRICES)).not.toThrow();
    const names = PRICES.models.flatMap(({ provider, models }) => models.map((model) => `${provider}/${model}`));
    expect(new Set(names).size).toBe(names.length);
    for (const { source } of PRICES.models) expect(URL.canParse(source)).toBe(true);
  });

  test("come after those of SLUICE_PRICES", () => {
    const file = join(folder, "prices.json");
    const row = { provider: "openai", models: ["gpt-5", "mine"], input: 7, output: 7, ...found };
    writeFileSync(file, JSON.stringify({ models: [row] }));
    const table = defaultPrices({ SLUICE_PRICES: file });
    expect(cost({ inputTokens: 1e6, outputTokens: 0 }, "openai/gpt-5", table)).toBe(7);
    expect(cost({ inputTokens: 1e6, outputTokens: 0 }, "openai/gpt-4.1", table)).toBe(2);
  });

  test.each([
    ["no JSON", "{", "JSON"],
    ["no rows", '{"models":{}}', "models: found an object with no keys; allowed: an array of rows"],
    ["a negative price", '{"models":[{"input":-1}]}', "models[0].input: found -1; allowed: USD per million tokens"],
    [
      "a row without a source",
      `{"models":[${JSON.stringify({ provider: "p", models: ["m"], input: 1, output: 1 })}]}`,
      "models[0].source",
    ],
  ])("refuse a file with %s", (_what, text, why) => {
    const file = join(folder, `${Math.random()}.json`);
    writeFileSync(file, text);
    expect(() => defaultPrices({ SLUICE_PRICES: file })).toThrow(why);
  });

  test("refuse a file that is not there", () => {
    expect(() => defaultPrices({ SLUICE_PRICES: join(folder, "nothing") })).toThrow("SLUICE_PRICES");
  });
});

describe("a cost meter", () => {
  const meter = (events: ChatEvent[], model = "p/m") => {
    const counted = new CostMeter(model, TABLE);
    for (const event of events) counted.push(event);
    return counted.total;
  };
  const start: ChatEvent = { type: "start", id: "1", model: "m-2026-01-01" };
  const usage = { inputTokens: 1_000_000, outputTokens: 0 };
  const finish: ChatEvent = { type: "finish", reason: "stop", usage };

  test("counts one call once", () => {
    expect(meter([start, { type: "usage", usage }, finish])).toBe(1);
    expect(meter([start, { type: "usage", usage }])).toBe(1);
    expect(meter([start])).toBeUndefined();
  });

  test("prices each step by itself and its own model, so that tiers are those of each prompt", () => {
    const half = { inputTokens: 150_000, outputTokens: 0 };
    const step = (number: number, model: string): ChatEvent[] => [
      { type: "step-start", step: number, model },
      { type: "usage", usage: half },
      { type: "step-finish", step: number, reason: "tool-calls", usage: half },
    ];
    const events = [start, ...step(0, "tiered"), ...step(1, "tiered"), finish];
    expect(meter(events, "agent")).toBeCloseTo(0.3, 12);
  });

  test("prices what was retracted, and what came after, by their own models", () => {
    const change: ChatEvent = { type: "data", name: "fallback/model", value: {} };
    const twice = { inputTokens: 2_000_000, outputTokens: 0 };
    const events: ChatEvent[] = [
      start,
      { type: "usage", usage },
      { type: "retract", reason: "" },
      { ...start, model: "tiered" },
      change,
      { type: "usage", usage },
      { type: "finish", reason: "stop", usage: twice },
    ];
    expect(meter(events)).toBe(1 + 3);
  });

  test("prices inner streams by their own models, also those that are not over", () => {
    const inner = (event: ChatEvent): ChatEvent => ({ type: "nested", from: "poet", callId: "a", event });
    const step: ChatEvent[] = [
      { type: "step-start", step: 0, model: "m" },
      inner({ ...start, model: "tiered" }),
      inner({ type: "usage", usage }),
    ];
    expect(meter([start, ...step, { type: "usage", usage }])).toBe(1 + 3);
    const done: ChatEvent[] = [
      inner(finish),
      { type: "step-finish", step: 0, reason: "stop", usage },
      { type: "finish", reason: "stop", usage: { inputTokens: 2_000_000, outputTokens: 0 } },
    ];
    expect(meter([start, ...step, ...done], "agent")).toBe(1 + 3);
    // A stream that makes no call itself.
    const outer: ChatEvent = { type: "start", id: "w", model: "workflow" };
    expect(meter([outer, inner({ ...start, model: "tiered" }), inner(finish), finish], "workflow")).toBe(3);
  });

  test("does not know what a model used that failed before it said anything", () => {
    expect(meter([start, { type: "data", name: "fallback/model", value: {} }, finish])).toBeUndefined();
  });
});
