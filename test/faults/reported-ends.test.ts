import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";
import { chat, readFrames, STOPPED, say } from "./read-frames.js";

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("text, thoughts and ends of a chat completion", () => {
  test("words in the chunk of the finish reason (vllm-project/vllm#35705)", () => {
    const { parts, reason } = readFrames(openAiChat, [say("Hel"), say("lo", { finish_reason: "length" }), "[DONE]"]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hello" }], "length"]);
  });

  test("a finish reason in the midst, and words after it (open-webui/open-webui#16377)", () => {
    const early = chat({ delta: { reasoning_content: "Hm." }, finish_reason: "stop" });
    const { parts, error } = readFrames(openAiChat, [early, early, say("Hello"), STOPPED, "[DONE]"]);
    expect(error).toBeUndefined();
    expect(parts).toContainEqual({ type: "text", text: "Hello" });
  });

  test("the last thought and the first word in one chunk (vllm-project/vllm#43933)", () => {
    const both = chat({ delta: { reasoning_content: " thought.", content: "Answer" } });
    const { parts } = readFrames(openAiChat, [chat({ delta: { reasoning_content: "A" } }), both, STOPPED, "[DONE]"]);
    expect(parts).toEqual([
      { type: "reasoning", text: "A thought." },
      { type: "text", text: "Answer" },
    ]);
  });

  test("thoughts under their newer name (BerriAI/litellm#24020)", () => {
    const { parts } = readFrames(openAiChat, [chat({ delta: { reasoning: "Hm." } }), say("So."), STOPPED, "[DONE]"]);
    expect(parts).toMatchObject([{ type: "reasoning", text: "Hm." }, { text: "So." }]);
  });

  test.each([
    ["network_error", "promptfoo/promptfoo#9905, anomalyco/opencode#44624"],
    ["error", "damianvtran/local-operator#223"],
  ])("%s is no end but a failure that may be tried again (%s)", (finish_reason) => {
    const { error } = readFrames(openAiChat, [say("Hel"), chat({ delta: {}, finish_reason }), "[DONE]"]);
    expect(error).toMatchObject({ code: "provider-error", retryable: true });
  });

  test("an error in a chunk without choices (diegosouzapw/OmniRoute#8210)", () => {
    const message = "Worker local total request limit reached (33/32)";
    const { error } = readFrames(openAiChat, [{ id: "c", choices: [], error: { code: 502, message } }, "[DONE]"]);
    expect(error).toMatchObject({ providerMessage: message, retryable: true });
  });

  test("sensitive is the filter's word (promptfoo/promptfoo#9905)", () => {
    expect(readFrames(openAiChat, [say("Hel"), chat({ delta: {}, finish_reason: "sensitive" }), "[DONE]"]).reason).toBe(
      "content-filter",
    );
  });

  test("a filtered answer ends without the end marker (experientiallabs/experiential#962)", () => {
    const { error, reason } = readFrames(openAiChat, [
      say("Hel"),
      chat({ delta: {}, finish_reason: "content_filter" }),
    ]);
    expect([error, reason]).toEqual([undefined, "content-filter"]);
  });

  test("empty finish reasons are none (ollama/ollama#4357, of 2024)", () => {
    const { parts, reason } = readFrames(openAiChat, [
      say("Hel", { finish_reason: "" }),
      say("lo", { finish_reason: "" }),
      STOPPED,
      "[DONE]",
    ]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hello" }], "stop"]);
  });

  test("usage without choices, and the model in each chunk (ROCm/ATOM#1711, langchain-ai/langchain#38366)", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: null };
    const { start, usage: counted } = readFrames(openAiChat, [
      say("Hello"),
      STOPPED,
      { id: "c", model: "m", usage },
      "[DONE]",
    ]);
    expect(start?.model).toBe("m");
    expect(counted).toEqual({ inputTokens: 3, outputTokens: 2 });
  });

  test("no usage is sent to a client that did not ask for it (nguyenphutrong/quotio#460)", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "x", model: "m" },
      { type: "text-delta", text: "Hi" },
      { type: "finish", reason: "stop", usage: { inputTokens: 1, outputTokens: 2 } },
    ];
    const wire = writeWire(openAiChat, events, {
      model: "m",
      request: { messages: [{ role: "user", content: "Hi" }] },
    });
    expect(new TextDecoder().decode(wire)).not.toContain("prompt_tokens");
  });
});

describe("ends without their end marker", () => {
  const text = (message: object, more: object) => ({
    model: "m",
    created_at: "2026-01-26T00:00:00Z",
    message,
    ...more,
  });

  test("a line of Ollama's with a reason, that does not say done (ollama/ollama-vscode#61)", () => {
    const { parts, reason, usage } = readFrames(ollama, [
      text({ role: "assistant", content: "Hello" }, { done: false }),
      text({ role: "assistant", content: "" }, { done_reason: "length", eval_count: 2 }),
    ]);
    expect([parts, reason, usage]).toEqual([[{ type: "text", text: "Hello" }], "length", { outputTokens: 2 }]);
  });

  test("a stop reason of Anthropic's (esengine/DeepSeek-Reasonix#8756)", () => {
    const { parts, reason, error } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m", model: "q", usage: {} } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "Hi" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    ]);
    expect([parts, reason, error]).toEqual([[{ type: "text", text: "Hi" }], "stop", undefined]);
  });

  test("a refusal whose block ends without having begun (mirrorange/clove#36)", () => {
    const { parts, reason } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m", model: "q", usage: {} } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "refusal" }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ]);
    expect([parts, reason]).toEqual([[], "refusal"]);
  });

  test("a call that broke off after text is no answer (NousResearch/hermes-agent#81057)", () => {
    const { error } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m", model: "q", usage: {} } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "Let me" } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "a", name: "f", input: {} } },
    ]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
  });

  test("a text without a finish reason is no answer; with the end marker it is one of an unknown reason (anomalyco/opencode#43379)", () => {
    expect(readFrames(openAiChat, [say("Hello")]).error).toMatchObject({ code: "truncated" });
    expect(readFrames(openAiChat, [say("Hello"), { choices: [], cost: "0" }, "[DONE]"]).reason).toBe("other");
  });

  test("an error without its label, and one before anything else (lemonade-sdk/lemonade#2975, farzaa/clicky#132)", () => {
    const message = "request (6009 tokens) exceeds the available context size (4096 tokens), try increasing it";
    const bare = `${JSON.stringify({ error: { code: 400, message, type: "exceed_context_size_error" } })}\n`;
    expect(readWire(openAiChat, [new TextEncoder().encode(bare)]).error).toMatchObject({ code: "context-length" });
    const overloaded = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    expect(readFrames(anthropic, [overloaded]).error).toMatchObject({ code: "overloaded" });
  });

  test("a limit that is reported in mid-stream is one of a rate, with its wait (found here)", () => {
    const error = { type: "usage_limit_reached", message: "The usage limit has been reached", resets_in_seconds: 60 };
    expect(readFrames(openAiChat, [say("Hel"), { error }]).error).toMatchObject({
      code: "rate-limited",
      retryAfterMs: 60_000,
    });
  });
});

describe("ends and errors in mid-stream", () => {
  test("a chunk with usage before all others (vllm-project/semantic-router#2215, openclaw/openclaw#107333)", () => {
    const usage = (count: number) => ({ prompt_tokens: 9, completion_tokens: count });
    const { parts, usage: counted } = readFrames(openAiChat, [
      { id: "c", model: "m", choices: [], usage: usage(4) },
      say("Hello"),
      chat({ delta: {}, finish_reason: "stop" }, { usage: null }),
      { id: "c", model: "m", choices: [], usage: usage(252) },
      "[DONE]",
    ]);
    expect(parts).toEqual([{ type: "text", text: "Hello" }]);
    expect(counted).toEqual({ inputTokens: 9, outputTokens: 252 });
  });

  test("the last frames without their label (gpustack/gpustack#6155)", () => {
    const frames = [say("Hel"), say("lo")].map((frame) => `data: ${JSON.stringify(frame)}\n\n`);
    const bare = [STOPPED, { id: "c", choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }];
    const wire = [...frames, ...bare.map((frame) => `${JSON.stringify(frame)}\n\n`), "[DONE]\n\n"].join("");
    const { events, error } = readWire(openAiChat, [new TextEncoder().encode(wire)]);
    expect(error).toBeUndefined();
    expect(summarise(events)).toMatchObject({ parts: [{ text: "Hello" }], reason: "stop", usage: { outputTokens: 2 } });
  });

  test("a reason to finish before Gemini's first word (Chevey339/kelivo#1002)", () => {
    const { parts, error } = readFrames(gemini, [
      { candidates: [{ content: { parts: [] }, finishReason: "STOP" }], responseId: "r" },
      { candidates: [{ content: { parts: [{ text: "Hello" }] }, finishReason: "STOP" }] },
    ]);
    expect(error).toBeUndefined();
    expect(parts).toEqual([{ type: "text", text: "Hello" }]);
  });

  test("an overload of Anthropic's after its first word (use-agent-os/agent-os#2271, karthink/gptel#1512, byte5ai/omadia#122, anthropics/anthropic-sdk-python#1918)", () => {
    const { events, error } = readFrames(anthropic, [
      { type: "message_start", message: { id: "m", model: "claude", usage: {} } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" },
    ]);
    expect(events.some(({ type }) => type === "finish")).toBe(false);
    expect(error).toMatchObject({ code: "overloaded", retryable: true, requestId: "req_1" });
  });

  test("a failure that is served says its kind in each protocol (envoyproxy/ai-gateway#2698, jgravelle/jmunch-mcp#5)", () => {
    const failure = new SluiceError("overloaded", "Overloaded", { retryable: true });
    for (const dialect of [openAiChat, openAiResponses, anthropic, gemini]) {
      const frames: string[] = [];
      const writer = dialect.writer({ model: "m", request: { messages: [{ role: "user", content: "Hi" }] } });
      const write = (frame: { data: string }) => void frames.push(frame.data);
      writer.push({ type: "start", id: "x", model: "m" }, write);
      writer.push({ type: "text-delta", text: "Hel" }, write);
      writer.fail(failure, write);
      const { error } = readFrames(dialect, frames);
      expect(error).toMatchObject({ providerMessage: "Overloaded" });
    }
  });
});
