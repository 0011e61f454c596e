import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import type { FinishReason } from "../../src/stream/chat-event.js";
import type { Usage } from "../../src/stream/usage.js";
import { readWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise } from "../laws/summary.js";
import { haveRecordings, loadBody, loadStream } from "./load-recording.js";

interface Expected {
  reason: FinishReason;
  /** Of the answer's text. */
  characters: number;
  /** "none": the recording has no usage, and none is made up. */
  usage: Usage | "none";
  /** None where absent. */
  toolCalls?: number;
  /** None where absent. */
  reasoning?: true;
  /** None where absent. */
  sources?: number;
}

const STREAMS: Readonly<Record<string, Expected>> = {
  "openai/chat/openai-text.chunks.txt": {
    reason: "stop",
    characters: 1724,
    usage: { inputTokens: 16, outputTokens: 300, cacheReadTokens: 0, reasoningTokens: 0 },
  },
  "openai/chat/azure-model-router.1.chunks.txt": {
    reason: "stop",
    characters: 19,
    usage: { inputTokens: 15, outputTokens: 78, cacheReadTokens: 0, reasoningTokens: 64 },
  },
  "groq/groq-text.chunks.txt": { reason: "stop", characters: 3189, usage: { inputTokens: 45, outputTokens: 662 } },
  "deepseek/chat/deepseek-reasoning.chunks.txt": {
    reason: "stop",
    characters: 42,
    usage: { inputTokens: 18, outputTokens: 219, cacheReadTokens: 0, reasoningTokens: 205 },
    reasoning: true,
  },
  "deepseek/chat/deepseek-text.chunks.txt": {
    reason: "length",
    characters: 1855,
    usage: { inputTokens: 13, outputTokens: 400, cacheReadTokens: 0 },
  },
  "openai-compatible/chat/xai-text.chunks.txt": {
    reason: "stop",
    characters: 4,
    usage: { inputTokens: 12, outputTokens: 342, cacheReadTokens: 11, reasoningTokens: 340 },
    reasoning: true,
  },
  "openai-compatible/chat/anthropic-fallback-tool-call.sse": {
    reason: "tool-calls",
    characters: 11,
    usage: "none",
    toolCalls: 1,
  },
  "mistral/mistral-incremental-tool-call.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: { inputTokens: 171, outputTokens: 14, cacheReadTokens: 128 },
    toolCalls: 1,
  },
  "mistral/mistral-reasoning.chunks.txt": {
    reason: "stop",
    characters: 9,
    usage: { inputTokens: 10, outputTokens: 46 },
    reasoning: true,
  },
  "mistral/mistral-text.chunks.txt": { reason: "stop", characters: 38, usage: { inputTokens: 13, outputTokens: 8 } },
  "alibaba/alibaba-tool-call.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: { inputTokens: 295, outputTokens: 22, cacheReadTokens: 0 },
    toolCalls: 1,
  },
  "alibaba/alibaba-text.chunks.txt": {
    reason: "stop",
    characters: 3771,
    usage: { inputTokens: 18, outputTokens: 779, cacheReadTokens: 0 },
  },
  "moonshotai/moonshotai-stream.chunks.txt": {
    reason: "stop",
    characters: 6,
    usage: { inputTokens: 9, outputTokens: 12, reasoningTokens: 7 },
    reasoning: true,
  },
  "perplexity/perplexity-citations.chunks.txt": {
    reason: "stop",
    characters: 34,
    usage: { inputTokens: 10, outputTokens: 336 },
    sources: 7,
  },
  "perplexity/perplexity-text.chunks.txt": {
    reason: "stop",
    characters: 22,
    usage: { inputTokens: 11, outputTokens: 434 },
    sources: 5,
  },
  "xai/xai-text.chunks.txt": {
    reason: "stop",
    characters: 5,
    usage: { inputTokens: 12, outputTokens: 291, cacheReadTokens: 11, reasoningTokens: 290 },
    reasoning: true,
  },
  "xai/xai-tool-call.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    usage: { inputTokens: 291, outputTokens: 222, cacheReadTokens: 290, reasoningTokens: 196 },
    toolCalls: 1,
    reasoning: true,
  },
  "prism-php/deepseek/stream-basic-text-1.sse": {
    reason: "stop",
    characters: 644,
    usage: { inputTokens: 7, outputTokens: 163, cacheReadTokens: 0 },
  },
  "prism-php/deepseek/stream-with-reasoning-1.sse": {
    reason: "stop",
    characters: 635,
    usage: { inputTokens: 19, outputTokens: 739, cacheReadTokens: 0, reasoningTokens: 533 },
    reasoning: true,
  },
  "prism-php/deepseek/stream-with-tools-1.sse": {
    reason: "tool-calls",
    characters: 0,
    usage: { inputTokens: 223, outputTokens: 43, cacheReadTokens: 192 },
    toolCalls: 2,
  },
  "prism-php/deepseek/stream-with-tools-2.sse": {
    reason: "stop",
    characters: 279,
    usage: { inputTokens: 292, outputTokens: 64, cacheReadTokens: 256 },
  },
  "prism-php/groq/stream-basic-text-1.sse": {
    reason: "stop",
    characters: 152,
    usage: { inputTokens: 7, outputTokens: 50 },
  },
  "prism-php/groq/stream-with-tools-2.sse": { reason: "tool-calls", characters: 37, usage: "none", toolCalls: 1 },
  "prism-php/mistral/stream-basic-text-1-1.sse": {
    reason: "stop",
    characters: 49,
    usage: { inputTokens: 7, outputTokens: 13 },
  },
  "prism-php/mistral/stream-basic-text-1.sse": {
    reason: "stop",
    characters: 260,
    usage: { inputTokens: 7, outputTokens: 62 },
  },
  "prism-php/mistral/stream-reasoning-model-1-1.sse": {
    reason: "stop",
    characters: 16,
    usage: { inputTokens: 10, outputTokens: 142, cacheReadTokens: 10 },
    reasoning: true,
  },
  "prism-php/mistral/stream-with-tools-1-1.sse": {
    reason: "tool-calls",
    characters: 0,
    usage: { inputTokens: 164, outputTokens: 25 },
    toolCalls: 2,
  },
  "prism-php/mistral/stream-with-tools-1-2.sse": {
    reason: "stop",
    characters: 190,
    usage: { inputTokens: 217, outputTokens: 55 },
  },
  "prism-php/openai/stream-falsy-argument-conversation-1.json": {
    reason: "tool-calls",
    characters: 0,
    usage: "none",
    toolCalls: 1,
  },
  "prism-php/openrouter/stream-text-with-a-prompt-1.sse": {
    reason: "stop",
    characters: 75,
    usage: { inputTokens: 7, outputTokens: 35 },
  },
  "prism-php/openrouter/stream-text-with-empty-parameters-tools-when-using-gpt-5-1.sse": {
    reason: "tool-calls",
    characters: 0,
    usage: { inputTokens: 50, outputTokens: 143, cacheReadTokens: 0, reasoningTokens: 128 },
    toolCalls: 1,
    reasoning: true,
  },
  "prism-php/openrouter/stream-text-with-empty-parameters-tools-when-using-gpt-5-2.sse": {
    reason: "stop",
    characters: 29,
    usage: { inputTokens: 75, outputTokens: 15, cacheReadTokens: 0, reasoningTokens: 0 },
  },
  "prism-php/openrouter/stream-text-with-reasoning-1.sse": {
    reason: "stop",
    characters: 25,
    usage: { inputTokens: 10, outputTokens: 15, reasoningTokens: 12 },
    reasoning: true,
  },
  "prism-php/openrouter/stream-text-with-tools-1.sse": {
    reason: "tool-calls",
    characters: 38,
    usage: { inputTokens: 50, outputTokens: 25 },
    toolCalls: 1,
  },
  "prism-php/openrouter/stream-text-with-tools-2.sse": {
    reason: "stop",
    characters: 81,
    usage: { inputTokens: 75, outputTokens: 25 },
  },
  "prism-php/perplexity/stream-basic-text-1.sse": {
    reason: "stop",
    characters: 450,
    usage: { inputTokens: 4, outputTokens: 97 },
    sources: 17,
  },
  "prism-php/xai/stream-basic-text-responses-1.json": {
    reason: "stop",
    characters: 1019,
    usage: "none",
    reasoning: true,
  },
  "prism-php/xai/stream-basic-text-responses-with-zeros-1.json": {
    reason: "stop",
    characters: 6,
    usage: "none",
    reasoning: true,
  },
  "prism-php/xai/stream-with-reasoning-responses-1.json": {
    reason: "stop",
    characters: 93,
    usage: "none",
    reasoning: true,
  },
  "prism-php/xai/stream-with-tools-responses-1.json": {
    reason: "tool-calls",
    characters: 0,
    usage: "none",
    toolCalls: 1,
    reasoning: true,
  },
  "prism-php/xai/stream-with-tools-responses-3.json": { reason: "stop", characters: 93, usage: "none" },
};

/** Bodies that were not streamed: reason, characters of text, output tokens, tool calls. */
const BODIES: readonly [
  path: string,
  reason: FinishReason,
  characters: number,
  outputTokens: number,
  toolCalls: number,
][] = [
  ["openai/chat/openai-text.json", "stop", 1842, 363, 0],
  ["groq/groq-text.json", "stop", 2953, 607, 0],
  ["deepseek/chat/deepseek-json.json", "stop", 78, 144, 0],
  ["deepseek/chat/deepseek-reasoning.json", "stop", 107, 345, 0],
  ["deepseek/chat/deepseek-text.json", "length", 1375, 300, 0],
  ["openai-compatible/chat/xai-text.json", "stop", 4, 322, 0],
  ["mistral/mistral-reasoning.json", "stop", 9, 46, 0],
  ["mistral/mistral-text.json", "stop", 1926, 434, 0],
  ["alibaba/alibaba-text.json", "stop", 4892, 1064, 0],
  ["alibaba/alibaba-tool-call.json", "tool-calls", 0, 22, 1],
  ["moonshotai/moonshotai-reasoning.json", "stop", 16, 30, 0],
  ["moonshotai/moonshotai-text.json", "stop", 13, 5, 0],
  ["perplexity/perplexity-citations.json", "stop", 952, 251, 0],
  ["perplexity/perplexity-text.json", "stop", 1970, 392, 0],
  ["xai/xai-text.json", "stop", 5, 229, 0],
  ["xai/xai-tool-call.json", "tool-calls", 0, 215, 1],
  ["cerebras/cerebras-structured-output-tools.1.json", "tool-calls", 0, 65, 1],
  ["cerebras/cerebras-structured-output-tools.2.json", "tool-calls", 17, 63, 1],
];

describe.skipIf(!haveRecordings())("recorded chat completions", () => {
  test.each(Object.entries(STREAMS))("%s is a whole answer, wherever it is cut", (path, expected) => {
    const bytes = loadStream(path, "data-done");
    fc.assert(
      fc.property(cuts, (at) => {
        const { events, error } = readWire(openAiChat, recut(bytes, at));
        expect(error).toBeUndefined();
        const { parts, reason, usage, start } = summarise(events);
        const count = (type: string) => parts.filter((part) => part.type === type).length;
        const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
        expect(start?.model).not.toBe("");
        expect({ reason, characters: text.length, toolCalls: count("tool-call"), sources: count("source") }).toEqual({
          reason: expected.reason,
          characters: expected.characters,
          toolCalls: expected.toolCalls ?? 0,
          sources: expected.sources ?? 0,
        });
        expect(count("reasoning") > 0).toBe(expected.reasoning ?? false);
        expect(usage).toEqual(expected.usage === "none" ? {} : expected.usage);
      }),
      { numRuns: Math.max(3, Math.min(25, Math.floor(1_000_000 / bytes.length))) },
    );
  });

  test.each(Object.keys(STREAMS))("%s, cut off in the middle, is truncated with what had arrived", (path) => {
    const bytes = loadStream(path, "data-done");
    const whole = summarise(readWire(openAiChat, [bytes]).events);
    const { events, error } = readWire(openAiChat, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
    const said = (parts: typeof whole.parts) =>
      parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
    expect(said(whole.parts).startsWith(said(summariseUnfinished(events)))).toBe(true);
  });

  test.each(BODIES)("%s is read as a whole body", (path, reason, characters, outputTokens, toolCalls) => {
    const { parts, ...body } = summarise(openAiChat.readBody(JSON.parse(loadBody(path))));
    const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
    expect([
      body.reason,
      text.length,
      body.usage.outputTokens,
      parts.filter((part) => part.type === "tool-call").length,
    ]).toEqual([reason, characters, outputTokens, toolCalls]);
  });

  test("a recorded error body says what it says", () => {
    const body = loadBody("openai/chat/reasoning-model-legacy-parameter-error.json");
    expect(openAiChat.readError({ status: 400, headers: { "x-request-id": "req_1" }, body })).toMatchObject({
      code: "rejected",
      retryable: false,
      status: 400,
      requestId: "req_1",
      providerMessage: expect.stringContaining("Use 'max_completion_tokens' instead"),
    });
  });
});

/** Arguments of calls may be cut in the middle: only the parts count. */
function summariseUnfinished(events: Parameters<typeof summarise>[0]): ReturnType<typeof summarise>["parts"] {
  return summarise(events.filter((event) => event.type !== "tool-input-delta")).parts;
}
