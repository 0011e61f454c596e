import { expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { defineModel } from "../../models/define-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { Agent } from "../agent.js";
import { type ChatConfig, chatConfig } from "./chat-config.js";
import { ChatSignature, StreamChatAgent } from "./stream-chat-agent.js";
import { StreamingStrategy } from "./streaming-strategy.js";

// The ancestor's conformance cases, but for those that tested its made-up answer and delay.
const TEXT = "A sluice lets\n\nwater through at the pace that the 下流 can take, naïvely 👩‍👩‍👧 put.  ";
const requests: ChatRequest[] = [];
const UNWATCHED = { enableTracing: false, enableMetrics: false, enableLogging: false, enableAudit: false };
const parrot = defineModel({
  id: "parrot",
  *stream(request) {
    requests.push(request);
    const message = String(request.messages.at(-1)?.content);
    for (const piece of `${message}: ${TEXT}`.match(/.{1,7}/gsu) ?? []) yield piece;
  },
});
const agentOf = (config: ChatConfig = {}) => new StreamChatAgent(config, { model: parrot });
const asked = (chunkSize: number) => collect(agentOf({ chunkSize }).streamChat("Hi"));

test("chunks are texts that are not empty, and joined they are the answer, whatever their size", async () => {
  for (const size of [1, 2, 5, 10, 10_000]) {
    const chunks = await asked(size);
    expect(chunks.every((chunk) => typeof chunk === "string" && chunk !== "")).toBe(true);
    expect(chunks.join("")).toBe(`Hi: ${TEXT}`);
  }
});

test("the provider echo needs no model's name", async () => {
  expect(await new StreamChatAgent({ llmProvider: "echo", ...UNWATCHED }).chat("Hi there.")).toContain("Hi there.");
});

test("size 1 gives more chunks than size 5, and a size beyond the text one", async () => {
  const [one, five, all] = await Promise.all([asked(1), asked(5), asked(10_000)]);
  expect(one.length).toBeGreaterThanOrEqual(10);
  expect(one.length).toBeGreaterThan(five.length);
  expect(five.length).toBeGreaterThanOrEqual(2);
  expect(all).toHaveLength(1);
});

test("the strategy streams and executes the same, twice, and says what it used", async () => {
  const strategy = new StreamingStrategy(2);
  const agent = new Agent({ model: parrot, signature: ChatSignature });
  const chunks = await collect(strategy.stream(agent, { message: "Hi" }));
  const first = await strategy.execute(agent, { message: "Hi" });
  expect(first).toMatchObject({ response: chunks.join(""), chunks: chunks.length, streamed: true });
  expect(first.usage).toBeDefined();
  expect(first.timing.durationMs).toBeGreaterThanOrEqual(0);
  expect(await collect(strategy.stream(agent, { message: "Hi" }))).toEqual(chunks);
});

test.each([0, -1, 1.5, Number.NaN])("a chunk size of %d is refused when it is given", (size) => {
  expect(() => new StreamingStrategy(size)).toThrow("chunkSize");
  expect(() => agentOf({ chunkSize: size })).toThrow("chunkSize");
});

test("the strategy is that of the configuration", () => {
  const streaming = agentOf({ streaming: true, chunkSize: 3, temperature: 0 });
  expect(streaming.strategy).toBeInstanceOf(StreamingStrategy);
  expect(streaming).toBeInstanceOf(Agent);
  expect(streaming.signature).toBe(ChatSignature);
  expect(streaming.chatConfig).toEqual({
    llmProvider: "openai",
    model: "gpt-4o-mini",
    temperature: 0,
    maxTokens: 500,
    streaming: true,
    chunkSize: 3,
    ...UNWATCHED,
  });
  expect(agentOf({ streaming: false }).strategy).toBeUndefined();
});

test("without streaming, streamChat throws at the call, and chat answers", async () => {
  const agent = agentOf({ streaming: false });
  expect(() => agent.streamChat("Hi")).toThrow("Streaming requires StreamingStrategy");
  expect(await agent.chat("Hi")).toBe(`Hi: ${TEXT}`);
  expect(await agentOf({ streaming: true }).chat("Hi")).toBe(`Hi: ${TEXT}`);
});

test("empty and blank messages are answered, and the answer depends on the message", async () => {
  expect((await agentOf().run("")).outputs.response).toBe(`: ${TEXT}`);
  expect((await agentOf().run({ message: "   " })).outputs.response).toBe(`   : ${TEXT}`);
});

test("temperature and limit reach the model, zero included", async () => {
  requests.length = 0;
  await agentOf({ temperature: 0, maxTokens: 7 }).chat("Hi");
  expect(requests[0]).toMatchObject({ temperature: 0, maxTokens: 7 });
});

test("what is given comes before the environment, and that before the defaults", () => {
  const env = {
    SLUICE_LLM_PROVIDER: "ollama",
    SLUICE_MODEL: "llama3.2",
    SLUICE_TEMPERATURE: "0",
    SLUICE_MAX_TOKENS: "100",
    SLUICE_STREAMING: "false",
    SLUICE_CHUNK_SIZE: "4",
    SLUICE_ENABLE_AUDIT: "yes",
  };
  expect(chatConfig({ maxTokens: 9 }, env)).toEqual({
    llmProvider: "ollama",
    model: "llama3.2",
    temperature: 0,
    maxTokens: 9,
    streaming: false,
    chunkSize: 4,
    ...UNWATCHED,
    enableAudit: true,
  });
});

test.each<[object, Record<string, string>, string]>([
  [{ temperature: 2.1 }, {}, "from 0 to 2"],
  [{ temperature: Number.NaN }, {}, "from 0 to 2"],
  [{ maxTokens: 0 }, {}, "maxTokens"],
  [{ chunksize: 2 }, {}, "did you mean chunkSize?"],
  [{ streaming: "no" }, {}, "streaming"],
  [{}, { SLUICE_TEMPERATURE: "warm" }, "SLUICE_TEMPERATURE"],
  [{}, { SLUICE_STREAMING: "maybe" }, "SLUICE_STREAMING"],
  [{}, { SLUICE_MAX_TOKENS: "-3" }, "maxTokens"],
])("the configuration %j with %j is refused", (config, env, message) => {
  expect(() => chatConfig(config, env)).toThrow(message);
});
