import { describe, expect, test } from "vitest";
import type { PriceTable } from "../models/prices/price-table.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import { Conversation } from "./conversation.js";

const prices: PriceTable = {
  models: [
    {
      provider: "p",
      models: ["m"],
      input: 1,
      output: 10,
      cacheRead: 0.1,
      source: "https://example.org",
      date: "2026-01-01",
    },
  ],
};
const answer = (text: string, usage: object, model = "m"): ScriptLine[] => [
  { type: "start", id: "1", model },
  text,
  { type: "finish", reason: "stop", usage },
];

describe("statistics", () => {
  test("count messages, tokens, costs and branches", async () => {
    const model = scripted(
      [
        answer("one", { inputTokens: 1_000_000, outputTokens: 100_000, cacheReadTokens: 500_000, raw: { a: 1 } }),
        answer("two", { inputTokens: 1_000_000, outputTokens: 0, reasoningTokens: 0 }),
      ],
      { id: "p/m" },
    );
    const conversation = new Conversation({ model, prices, contextId: "c" });
    await conversation.addSystemMessage("Be brief.");
    const reply = await conversation.send("First");
    expect(reply.cost).toBeCloseTo(0.5 + 0.05 + 1, 12);
    await conversation.regenerate().fullText;
    const statistics = await conversation.statistics();
    expect(statistics).toMatchObject({
      contextId: "c",
      title: "First",
      messages: 4,
      byRole: { system: 1, user: 1, assistant: 2, tool: 0 },
      onCurrentBranch: 3,
      branches: 2,
      turns: 2,
      interrupted: 0,
      turnsWithoutCost: 0,
      usage: { inputTokens: 2_000_000, outputTokens: 100_000, cacheReadTokens: 500_000, reasoningTokens: 0 },
    });
    expect(statistics.usage).not.toHaveProperty("raw");
    expect(statistics.cost).toBeCloseTo(2.55, 12);
    expect(await conversation.cost()).toBe(statistics.cost);
    expect(statistics.models.m).toMatchObject({ turns: 2, knownCost: statistics.cost });
    expect(statistics.timing?.longestTtftMs).toBeLessThanOrEqual(statistics.timing?.totalMs ?? 0);
    expect(statistics.firstAt && statistics.lastAt && statistics.firstAt <= statistics.lastAt).toBe(true);
  });

  test("do not know the cost as soon as one turn's is not known, and say of how many", async () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 0 };
    const scripts = [answer("one", usage), answer("two", usage, "other"), ["half", { waitMs: 1e9 }]];
    const conversation = new Conversation({ model: scripted(scripts, { id: "agent" }), prices });
    await conversation.send("First");
    await conversation.send("Second");
    for await (const _ of conversation.stream("Third").text) break;
    const statistics = await conversation.statistics();
    expect(statistics).toMatchObject({ knownCost: 1, turnsWithoutCost: 2, turns: 3, interrupted: 1 });
    expect(statistics).not.toHaveProperty("cost");
    expect(await conversation.cost()).toBeUndefined();
    expect(Object.keys(statistics.models)).toEqual(["m", "other", "agent"]);
  });

  test("of nothing are nothing", async () => {
    const conversation = new Conversation({ model: scripted([]), contextId: "c" });
    expect(await conversation.statistics()).toEqual({
      contextId: "c",
      messages: 0,
      byRole: { system: 0, user: 0, assistant: 0, tool: 0 },
      onCurrentBranch: 0,
      branches: 0,
      turns: 0,
      interrupted: 0,
      toolCalls: 0,
      usage: {},
      cost: 0,
      knownCost: 0,
      turnsWithoutCost: 0,
      models: {},
    });
  });

  test("an answer without a word is a turn, and was paid for", async () => {
    const filtered: ScriptLine = {
      type: "finish",
      reason: "content-filter",
      usage: { inputTokens: 5, outputTokens: 0 },
    };
    const conversation = new Conversation({ model: scripted([[filtered], ["Fine."]]) });
    await conversation.send("Bad");
    expect(await conversation.statistics()).toMatchObject({
      turns: 1,
      usage: { inputTokens: 5 },
      byRole: { assistant: 1 },
    });
    expect((await conversation.send("Good")).text).toBe("Fine.");
  });
});
