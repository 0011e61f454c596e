import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { call, chat, readFrames } from "./read-frames.js";

const calls = (...tool_calls: object[]) => ({ delta: { tool_calls } });

/** Streams as users of other libraries found them. Each names where. */
describe("a chat completion as servers really send it", () => {
  test("several whole calls and the finish reason in one chunk (google/adk-python#7004)", () => {
    const one = (index: number) => ({
      index,
      id: `c${index}`,
      function: { name: `f${index}`, arguments: `{"a":${index}}` },
    });
    const { parts, reason } = readFrames(openAiChat, [
      chat({ ...calls(one(0), one(1), one(2)), finish_reason: "tool_calls" }),
      "[DONE]",
    ]);
    expect(parts).toEqual([call("c0", "f0", { a: 0 }), call("c1", "f1", { a: 1 }), call("c2", "f2", { a: 2 })]);
    expect(reason).toBe("tool-calls");
  });

  test("no id at all, and the name in each piece (vllm-project/vllm#18412)", () => {
    const piece = (text: string) => chat(calls({ index: 0, function: { name: "weather", arguments: text } }));
    const { parts } = readFrames(openAiChat, [
      piece('{"'),
      piece("city"),
      piece('":'),
      piece('"Oslo"}'),
      chat({ delta: {}, finish_reason: "tool_calls" }),
      "[DONE]",
    ]);
    expect(parts).toEqual([call(expect.any(String), "weather", { city: "Oslo" })]);
  });

  test("ids and names that are null in later pieces, and arguments that are null in the first (sgl-project/sglang#35542, ogx-ai/ogx#5462)", () => {
    const { parts } = readFrames(openAiChat, [
      chat(calls({ id: "a", index: 0, type: "function", function: { name: "weather", arguments: null } })),
      chat(calls({ id: null, index: 0, type: null, function: { name: null, arguments: '{"city":' } })),
      chat(calls({ id: null, index: 0, function: { name: null, arguments: '"Oslo"}' } })),
      chat({ delta: { content: null }, finish_reason: "tool_calls" }),
      "[DONE]",
    ]);
    expect(parts).toEqual([call("a", "weather", { city: "Oslo" })]);
  });

  test("an only choice that is not number 0 (BerriAI/litellm#376)", () => {
    const { parts, reason } = readFrames(openAiChat, [
      chat({ index: 1, delta: { role: "assistant", content: "He" } }),
      chat({ index: 1, delta: { content: "llo" } }),
      chat({ index: 1, delta: {}, finish_reason: "stop" }),
      "[DONE]",
    ]);
    expect(parts).toEqual([{ type: "text", text: "Hello" }]);
    expect(reason).toBe("stop");
  });

  test("another id in each chunk, and a last one that names the role (BerriAI/litellm#12481)", () => {
    const { parts, events } = readFrames(openAiChat, [
      { ...chat({ delta: { content: "29" } }), id: "1" },
      { ...chat({ delta: { content: "1" } }), id: "2" },
      { ...chat({ delta: {}, finish_reason: "stop" }), id: "3" },
      {
        ...chat({ delta: { role: "assistant", content: "" } }),
        id: "4",
        usage: { prompt_tokens: 3, completion_tokens: 2 },
      },
      "[DONE]",
    ]);
    expect(parts).toEqual([{ type: "text", text: "291" }]);
    expect(events.some(({ type }) => type === "step-start")).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop", usage: { inputTokens: 3, outputTokens: 2 } });
  });

  test("log probabilities in the form of the protocol before chat (OpenRouterTeam/ai-sdk-provider#41)", () => {
    const logprobs = { text_offset: [567], token_logprobs: [-0.0001], tokens: [""], top_logprobs: [{ "": -0.0001 }] };
    const { parts, reason } = readFrames(openAiChat, [
      chat({ delta: { role: "assistant", content: "Hi" } }),
      chat({
        delta: { role: "assistant", content: "", reasoning: null },
        finish_reason: "stop",
        native_finish_reason: "stop",
        logprobs,
      }),
      "[DONE]",
    ]);
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
    expect(reason).toBe("stop");
  });

  test("empty deltas with a field of the server's own until the call is whole (jjang-ai/vmlx#219)", () => {
    const { parts, error } = readFrames(openAiChat, [
      ...Array.from({ length: 5 }, () => chat({ delta: {} }, { tool_call_generating: true })),
      chat({
        ...calls({ index: 0, id: "a", function: { name: "glob", arguments: '{"p":"*"}' } }),
        finish_reason: "tool_calls",
      }),
      "[DONE]",
    ]);
    expect(error).toBeUndefined();
    expect(parts).toEqual([call("a", "glob", { p: "*" })]);
  });
});

describe("a response as servers really send it", () => {
  const created = { type: "response.created", response: { id: "r", model: "m" } };

  test("arguments that come only at their end, without the place of the item (BerriAI/litellm#27144)", () => {
    const item = { type: "function_call", call_id: "a", name: "add" };
    const { parts } = readFrames(openAiResponses, [
      created,
      { type: "response.output_item.added", item: { ...item, arguments: "" } },
      { type: "response.function_call_arguments.done", arguments: '{"a":5,"b":7}', output_index: 1 },
      { type: "response.output_item.done", item: { ...item, arguments: '{"a":5,"b":7}' } },
      { type: "response.completed", response: { id: "r", status: "completed", output: [] } },
    ]);
    expect(parts).toEqual([call("a", "add", { a: 5, b: 7 })]);
  });

  test.each([
    [
      "vercel/ai#21360",
      { error: { type: "server_error", code: null, message: "Sorry, something went wrong.", param: null } },
      "Sorry",
    ],
    [
      "vercel/ai#14932",
      { code: null, message: "Invalid arguments passed to the model.", param: null },
      "Invalid arguments",
    ],
  ])("an error whose code is null is an error in its words (%s)", (_, fields, words) => {
    const { error } = readFrames(openAiResponses, [{ type: "error", ...fields, sequence_number: 2 }]);
    expect(error?.message).toContain(words);
    expect(error?.code).not.toBe("truncated");
  });

  test("a heartbeat of a kind that nobody knows (vercel/ai#20574)", () => {
    const { parts, error } = readFrames(openAiResponses, [
      created,
      { type: "keepalive", sequence_number: 5 },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" },
      { type: "keepalive", sequence_number: 7 },
      { type: "response.completed", response: { id: "r", status: "completed", output: [] } },
    ]);
    expect(error).toBeUndefined();
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
  });

  test("an answer that was cut, and one that failed (openai/openai-agents-python#3106, langchain-ai/langchain#39039)", () => {
    const text = { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" };
    const cut = { id: "r", status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, output: [] };
    expect(readFrames(openAiResponses, [created, text, { type: "response.incomplete", response: cut }]).reason).toBe(
      "length",
    );
    const failed = { id: "r", status: "failed", error: { code: "server_error", message: "it broke" }, output: [] };
    expect(
      readFrames(openAiResponses, [created, text, { type: "response.failed", response: failed }]).error?.message,
    ).toContain("it broke");
  });
});

describe("other protocols as servers really send them", () => {
  test("Gemini: a call that Google itself found malformed is no success (BerriAI/litellm#21744, Wei-Shaw/sub2api#7081)", () => {
    const parts = [{ thoughtSignature: "c2ln" }];
    const said = readFrames(gemini, [
      { candidates: [{ content: { role: "model", parts }, index: 0 }], modelVersion: "m", responseId: "r" },
      { candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL", index: 0 }], modelVersion: "m", responseId: "r" },
    ]);
    expect(said.reason === undefined ? said.error?.message : said.reason).not.toBe("stop");
    expect(said.events.at(-1)).toMatchObject({ type: "finish", rawReason: "MALFORMED_FUNCTION_CALL" });
  });

  test("Gemini: a finish reason on each chunk of calls (BerriAI/litellm#31634)", () => {
    const chunk = (name: string) => ({
      candidates: [
        { content: { role: "model", parts: [{ functionCall: { name, args: {} } }] }, finishReason: "STOP", index: 0 },
      ],
      responseId: "r",
    });
    const { parts, reason } = readFrames(gemini, [chunk("one"), chunk("two")]);
    expect(parts).toEqual([call(expect.any(String), "one", {}), call(expect.any(String), "two", {})]);
    expect(reason).toBe("tool-calls");
  });

  test("Anthropic: arguments that lack their beginning are reported as such (vllm-project/vllm#34887)", () => {
    const piece = (partial_json: string) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "input_json_delta", partial_json },
    });
    const { parts, reason } = readFrames(anthropic, [
      {
        type: "message_start",
        message: { id: "a", model: "m", content: [], usage: { input_tokens: 9, output_tokens: 0 } },
      },
      { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "t", name: "run", input: {} } },
      ...["code", '": "', 'uptime"}'].map(piece),
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ]);
    expect(parts).toEqual([expect.objectContaining({ callId: "t", input: 'code": "uptime"}', invalid: true })]);
    expect(reason).toBe("tool-calls");
  });

  test("Ollama: arguments as text, and a model that writes the call as its answer (mike-nott/mcp-assist#42)", () => {
    const line = (message: object, more: object = {}) => ({
      model: "m",
      message: { role: "assistant", content: "", ...message },
      done: false,
      ...more,
    });
    const { parts } = readFrames(ollama, [
      line({ tool_calls: [{ function: { name: "multiply", arguments: '{"x":1337,"y":"42"}' } }] }),
      line({}, { done: true, done_reason: "stop" }),
    ]);
    expect(parts).toEqual([call(expect.any(String), "multiply", { x: 1337, y: "42" })]);
  });
});
