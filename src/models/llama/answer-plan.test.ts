import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../stream/chat-request.js";
import { planAnswer } from "./answer-plan.js";
import { defaultThreads } from "./runtime.js";

const MESSAGES: ChatRequest["messages"] = [{ role: "user", content: "Hi" }];
const plan = (options: Omit<ChatRequest, "messages"> = {}) => planAnswer({ messages: MESSAGES, ...options });
const weather = {
  name: "weather",
  description: "The weather.",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};

describe("a plan", () => {
  test("has every option of a request that llama.cpp has", () => {
    const made = plan({
      temperature: 0.2,
      topP: 0.5,
      topK: 7,
      seed: 42,
      maxTokens: 9,
      stop: ["END"],
      parallelToolCalls: false,
      reasoning: { budgetTokens: 100 },
      tools: [weather],
      toolChoice: "auto",
      providerOptions: { llama: { minP: 0.05 }, openai: { store: true } },
    });
    expect(made).toMatchObject({
      sampling: { temperature: 0.2, topP: 0.5, topK: 7, seed: 42, minP: 0.05, repeatPenalty: false },
      maxTokens: 9,
      stop: ["END"],
      parallelCalls: false,
      thoughtTokens: 100,
      functions: { weather: { description: "The weather.", params: { type: "object" } } },
      warnings: [],
    });
    expect(plan({ reasoning: { effort: "none" } }).thoughtTokens).toBe(0);
    expect(plan({ responseFormat: { type: "json" } }).schema).toEqual({ type: "object", additionalProperties: true });
    expect(plan({ responseFormat: { type: "text" } }).schema).toBeUndefined();
    expect(plan({ tools: [weather], toolChoice: "none" }).functions).toBeUndefined();
    expect(plan({ seed: -1 }).sampling.seed).toBe(2 ** 32 - 1);
  });

  test("says what it does not do as it was asked", () => {
    const { warnings, sampling } = plan({
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      user: "ada",
      metadata: { run: "1" },
      reasoning: { effort: "high", summary: "auto" },
    });
    expect(warnings.map(({ field }) => field).sort()).toEqual([
      "frequencyPenalty",
      "metadata",
      "presencePenalty",
      "reasoning.effort",
      "reasoning.summary",
      "user",
    ]);
    expect(sampling.repeatPenalty).toMatchObject({ penalty: 1, presencePenalty: 0.5, frequencyPenalty: -0.5 });
  });

  test.each<[string, Omit<ChatRequest, "messages">]>([
    ["toolChoice", { tools: [weather], toolChoice: "required" }],
    ["toolChoice", { tools: [weather], toolChoice: { name: "weather" } }],
    ["tools[0]", { tools: [{ dialect: "anthropic", type: "web_search_20250305" }] }],
    ["responseFormat", { tools: [weather], responseFormat: { type: "json" } }],
    ["providerOptions.llama.signal", { providerOptions: { llama: { signal: true } } }],
    ["responseFormat.schema.not", { responseFormat: { type: "json-schema", name: "n", schema: { not: {} } } }],
  ])("refuses %s", (field, options) => {
    expect(() => plan(options)).toThrow(expect.objectContaining({ field }));
  });
});

test.each([
  [2, 8, 1],
  [8, 2, 1],
  [1, 1, 1],
  [8, 16, 7],
])("with %i cores for arithmetic of %i there are %i threads", (cpuMathCores, cores, threads) => {
  expect(defaultThreads({ cpuMathCores }, cores)).toBe(threads);
});
