import { expect, test } from "vitest";
import * as agents from "../../src/agents/index.js";
import * as chat from "../../src/chat/index.js";
import * as dapr from "../../src/dapr/index.js";
import { NdjsonReader, openAiChat, openAiChatDialect, SseReader } from "../../src/dialects/index.js";
import { Scrubber, scrubRules } from "../../src/guards/index.js";
import * as models from "../../src/models/index.js";
import * as speech from "../../src/speech/index.js";
import { JsonParser } from "../../src/structured/index.js";
import { ToolOutput } from "../../src/tools/index.js";
import { LocalRuntime } from "../../src/workflows/index.js";
import { loose, make, type TakesOptions } from "./loose.js";

const m = models.echo();
const voice =
  (door: unknown): TakesOptions =>
  (options) =>
    loose(door)({ apiKey: "k", ...options });
const row = { provider: "p", models: ["m"], input: 1, output: 1 };

/** Doors, with options that are wrong within, and the field that the error has to name. */
const WRONG: readonly [door: string, give: TakesOptions, options: object, field: string][] = [
  ["openAiChatDialect", loose(openAiChatDialect), { maxTokenField: "x" }, "maxTokenField"],
  ["openAiChatDialect", loose(openAiChatDialect), { seedField: "sed" }, "seedField"],
  ["openAiChatDialect", loose(openAiChatDialect), { history: "mistrall" }, "history"],
  ["openAiChatDialect", loose(openAiChatDialect), { optionsFrom: [7] }, "optionsFrom[0]"],
  ["Scrubber", make(Scrubber, scrubRules()), { repalce: () => "x" }, "repalce"],
  ["Scrubber", make(Scrubber, scrubRules()), { key: 7 }, "key"],
  ["Scrubber, rules", (rules) => new Scrubber(rules as never), {}, "rules.inText"],
  [
    "cost",
    (table) => models.cost({}, "x", table as never),
    { models: [{ ...row, input: "1" }] },
    "table.models[0].input",
  ],
  ["cost", (table) => models.cost({}, "x", table as never), { models: [], modles: [] }, "table.modles"],
  ["CostMeter", make(models.CostMeter, "x"), { models: [{ ...row, models: [] }] }, "table.models[0].models"],
  ["Conversation", (prices) => new chat.Conversation({ model: m, prices } as never), { models: 7 }, "prices.models"],
  ["Agent", (prices) => new agents.Agent({ model: m, prices } as never), { models: [{}] }, "prices.models[0].input"],
  ...[
    (capabilities: object) => models.defineModel({ id: "x", *stream() {}, capabilities }),
    (capabilities: object) => models.wrapModel(m, {}, { capabilities }),
    (capabilities: object) => models.model("openai/x", { apiKey: "k", capabilities }),
    (capabilities: object) =>
      models.httpModel({ id: "x", dialect: openAiChat, model: "m", baseUrl: "http://x", capabilities }),
  ].flatMap((give, index): [string, TakesOptions, object, string][] => [
    [`capabilities ${index}`, give, { tool: true }, "capabilities.tool"],
    [`capabilities ${index}`, give, { input: ["picture"] }, "capabilities.input[0]"],
    [`capabilities ${index}`, give, { jsonSchemaLimits: { optional: -1 } }, "capabilities.jsonSchemaLimits.optional"],
  ]),
  ["model", (o) => loose((p: never) => models.model("openai/x", p))(o), { transport: {} }, "transport"],
  ["wrapModel", (o) => models.wrapModel(m, o as never), { request: { mesages: [] } }, "request"],
  ...[speech.openAiVoice, speech.elevenLabsVoice, speech.googleVoice, speech.cartesiaVoice].flatMap(
    (door): [string, TakesOptions, object, string][] => [
      [door.name, voice(door), { timeouts: { idelMs: 1 } }, "timeouts.idelMs"],
      [door.name, voice(door), { timeouts: { idleMs: "1s" } }, "timeouts.idleMs"],
      [door.name, voice(door), { retry: { retries: 0.5 } }, "retry.retries"],
      [door.name, voice(door), { transport: {} }, "transport"],
      [door.name, voice(door), { headers: { a: 1 } }, "headers.a"],
    ],
  ),
  ["NdjsonReader", make(NdjsonReader), { maxFrameLenght: 1 }, "maxFrameLenght"],
  ["SseReader", make(SseReader), { maxFrameLength: Number.NaN }, "maxFrameLength"],
  ["JsonParser", make(JsonParser), { watcher: { path: [], beginn() {} } }, "watcher.beginn"],
  ["ToolOutput", make(ToolOutput, 1), { isEror: true }, "isEror"],
  ["ToolOutput", make(ToolOutput, 1), { isError: "yes" }, "isError"],
  ["LocalRuntime", make(LocalRuntime), { context: { runID: "x" } }, "context.runID"],
  ["LocalRuntime", make(LocalRuntime), { engine: {} }, "engine"],
  ["conversationMemory", loose(agents.conversationMemory), { store: 7 }, "store"],
  ["searchMemory", loose(agents.searchMemory), { embedder: {} }, "embedder"],
  ["sharedPool", loose(agents.sharedPool), { embedder: 7 }, "embedder"],
  ["DaprChatClient", make(dapr.DaprChatClient), { timeouts: { idleMs: true } }, "timeouts.idleMs"],
  ["DaprChatClient", make(dapr.DaprChatClient), { retry: { baseDelayMs: "1" } }, "retry.baseDelayMs"],
  ["DaprChatClient", make(dapr.DaprChatClient), { log: "x" }, "log"],
  ["loadResources", (o) => dapr.loadResources({ resourcesPath: "x", appId: "a", ...o }), { reports() {} }, "reports"],
  [
    "loadConversationComponents",
    (o) => dapr.loadConversationComponents({ resourcesPath: "x", appId: "a", ...o }),
    { http: { timeouts: { idleMs: -1 } } },
    "http.timeouts.idleMs",
  ],
  ["subscribeStream", (o) => loose(dapr.subscribeStream)({ pubsub: "p", topic: "t", ...o }), { bound: 1.5 }, "bound"],
  ["subscribeStream", (o) => loose(dapr.subscribeStream)({ pubsub: "p", topic: "t", ...o }), { clock: {} }, "clock"],
];

test.each(WRONG)("%s refuses what is wrong within its options: %#", async (_, give, options, field) => {
  const outcome = (async () => give(options))();
  await expect(outcome).rejects.toMatchObject({ name: "SluiceError", code: "invalid-argument", field });
});
