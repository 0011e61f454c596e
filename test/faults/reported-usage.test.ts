import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";
import { readFrames, STOPPED, say } from "./read-frames.js";

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("usage", () => {
  const start = { input_tokens: 3, cache_creation_input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 };
  const messages = (usage: object) => [
    { type: "message_start", message: { id: "m", model: "claude", usage: start } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
    { type: "message_stop" },
  ];

  test.each<[string, object]>([
    ["says them again", { ...start, output_tokens: 9 }],
    ["says the output alone", { output_tokens: 9 }],
    ["has nulls", { input_tokens: null, cache_read_input_tokens: null, output_tokens: 9 }],
  ])(
    "of Anthropic's counts once where the end %s (langchain-ai/langchainjs#10249, envoyproxy/ai-gateway#2239, Arize-ai/openinference#3734)",
    (_, end) => {
      expect(readFrames(anthropic, messages(end)).usage).toMatchObject({
        inputTokens: 15,
        cacheReadTokens: 7,
        cacheWriteTokens: 5,
        outputTokens: 9,
      });
    },
  );

  test("of a cache reaches Anthropic's client from a chat completion (BerriAI/litellm#41067, BerriAI/litellm#31069)", () => {
    const usage = { prompt_tokens: 20, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 15 } };
    const { events } = readFrames(openAiChat, [
      say("Hi"),
      STOPPED,
      { id: "c", model: "m", choices: [], usage },
      "[DONE]",
    ]);
    const wire = new TextDecoder().decode(
      writeWire(anthropic, events, { model: "m", request: { messages: [{ role: "user", content: "Hi" }] } }),
    );
    expect(wire).toContain('"usage":{"input_tokens":5,"output_tokens":2,"cache_read_input_tokens":15}');
  });
});

describe("usage of thoughts, tools and caches", () => {
  const gemini3 = (usageMetadata: object) =>
    readFrames(gemini, [
      { candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }], responseId: "r", usageMetadata },
    ]);
  const counts = {
    promptTokenCount: 500,
    candidatesTokenCount: 120,
    toolUsePromptTokenCount: 300,
    thoughtsTokenCount: 10,
    totalTokenCount: 930,
  };

  test.each<[string, object | undefined, object, object]>([
    [
      "that stands at the end alone (api7/aisix#712, zai-org/GLM-5#139)",
      undefined,
      { input_tokens: 14, cache_read_input_tokens: 3, output_tokens: 2 },
      { inputTokens: 17, outputTokens: 2, cacheReadTokens: 3 },
    ],
    [
      "whose cache is told at the end, of a prompt that was counted whole (jeremychone/rust-genai#258)",
      { input_tokens: 3610, output_tokens: 0 },
      { cache_creation_input_tokens: 0, cache_read_input_tokens: 3604, output_tokens: 878 },
      { inputTokens: 3610, outputTokens: 878, cacheReadTokens: 3604, cacheWriteTokens: 0 },
    ],
    [
      "of which the end tells the output alone (karthink/gptel#1331, agentgateway/agentgateway#1108)",
      { input_tokens: 9325, cache_read_input_tokens: 5, output_tokens: 2 },
      { output_tokens: 76 },
      { inputTokens: 9330, outputTokens: 76, cacheReadTokens: 5 },
    ],
  ])("of Anthropic's protocol %s", (_, begin, end, counted) => {
    const { usage } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m", model: "q", ...(begin && { usage: begin }) } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "Hi" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: end },
      { type: "message_stop" },
    ]);
    expect(usage).toEqual(counted);
  });

  test("of a chat completion in two chunks: the last counts (kittors/CliRelay#522)", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
    const more = { ...usage, prompt_tokens_details: { cached_tokens: 8 } };
    const chunks = [usage, more].map((counts) => ({ id: "c", choices: [], usage: counts }));
    const { usage: counted } = readFrames(openAiChat, [say("Hi"), STOPPED, ...chunks, "[DONE]"]);
    expect(counted).toEqual({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 8 });
  });

  test("of Gemini: what its tools read is input, what it thought output (agentscope-ai/agentscope#2406, agentscope-ai/agentscope-java#3033, langchain-ai/langchainjs#11423, computesdk/benchmarks#372)", () => {
    expect(gemini3(counts).usage).toMatchObject({ inputTokens: 800, outputTokens: 130, reasoningTokens: 10 });
  });

  test("of Gemini in a chat completion adds up (router-for-me/CLIProxyAPI#5744, router-for-me/CLIProxyAPI#1643)", () => {
    const { events } = gemini3({ ...counts, cachedContentTokenCount: 400 });
    const request = {
      messages: [{ role: "user" as const, content: "Hi" }],
      providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
    };
    const wire = new TextDecoder().decode(writeWire(openAiChat, events, { model: "m", request }));
    expect(wire).toContain('"prompt_tokens":800,"completion_tokens":130,"total_tokens":930');
    expect(wire).toContain('"cached_tokens":400');
  });

  test("of xAI: thoughts beside the completion (Wei-Shaw/sub2api#5771)", () => {
    const usage = {
      prompt_tokens: 10_120,
      completion_tokens: 1_499,
      total_tokens: 14_428,
      prompt_tokens_details: { cached_tokens: 128 },
      completion_tokens_details: { reasoning_tokens: 2_809 },
    };
    const { usage: counted } = readFrames(openAiChat, [say("Hi"), STOPPED, { id: "c", choices: [], usage }, "[DONE]"]);
    expect(counted).toMatchObject({
      inputTokens: 10_120,
      outputTokens: 4_308,
      reasoningTokens: 2_809,
      cacheReadTokens: 128,
    });
  });

  test("of Anthropic's cache writes over Responses and chat (api7/aisix#627, UKGovernmentBEIS/inspect_ai#4997)", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "x", model: "m" },
      { type: "text-delta", text: "Hi" },
      {
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 9, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
      },
    ];
    const request = {
      messages: [{ role: "user" as const, content: "Hi" }],
      providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
    };
    for (const dialect of [openAiResponses, openAiChat]) {
      const { events: back } = readWire(dialect, [writeWire(dialect, events, { model: "m", request })]);
      expect(summarise(back).usage).toMatchObject({ inputTokens: 9, cacheReadTokens: 3, cacheWriteTokens: 4 });
    }
  });
});
