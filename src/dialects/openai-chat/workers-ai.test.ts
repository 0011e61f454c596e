import { expect, test } from "vitest";
import { readWire } from "../../../test/laws/dialect-laws.js";
import { summarise } from "../../../test/laws/summary.js";
import { openAiChat } from "./openai-chat.js";

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

function read(...frames: object[]) {
  const text = [...frames.map((frame) => JSON.stringify(frame)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  const { events, error } = readWire(openAiChat, [new TextEncoder().encode(text)]);
  if (error !== undefined) throw error;
  return summarise(events);
}

test("a stream of Workers AI in its own form is an answer", () => {
  const pieces = ["Hel", "lo", ",", " ", "you"].map((response) => ({ response, p: "abcd" }));
  expect(read(...pieces, { response: "", usage })).toMatchObject({
    parts: [{ type: "text", text: "Hello, you" }],
    usage: { inputTokens: 5, outputTokens: 2 },
    reason: "stop",
  });
});

test("a reason that it says counts (cloudflare/ai#390)", () => {
  const cut = { response: "lo", finish_reason: "length", p: "a" };
  expect(read({ response: "Hel", p: "ab" }, cut, { response: "", usage })).toMatchObject({
    parts: [{ type: "text", text: "Hello" }],
    reason: "length",
  });
  const whole = { result: { response: "Hello", finish_reason: "length", usage }, success: true };
  expect(summarise(openAiChat.readBody(whole)).reason).toBe("length");
});

test("its calls are calls", () => {
  const tool_calls = [{ name: "look", arguments: { at: "gate" } }];
  expect(read({ response: null, tool_calls, p: "abc" }, { response: "", usage })).toMatchObject({
    parts: [{ type: "tool-call", name: "look", input: { at: "gate" } }],
    reason: "tool-calls",
  });
});

test.each<[string, object, object[]]>([
  ["text", { response: "Hello", usage }, [{ type: "text", text: "Hello" }]],
  ["JSON", { response: { name: "Ann" }, usage }, [{ type: "text", text: '{"name":"Ann"}' }]],
  [
    "a call",
    { response: null, tool_calls: [{ name: "look", arguments: {} }], usage },
    [{ type: "tool-call", name: "look" }],
  ],
  [
    "a chat completion",
    { id: "c", model: "m", choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }], usage },
    [{ type: "text", text: "Hello" }],
  ],
])("a whole result with %s is an answer", (_, result, parts) => {
  const events = openAiChat.readBody(JSON.parse(JSON.stringify({ result, success: true, errors: [], messages: [] })));
  const reason = parts.some((part) => "name" in part) ? "tool-calls" : "stop";
  expect(summarise(events)).toMatchObject({ parts, reason, usage: { inputTokens: 5, outputTokens: 2 } });
});

test("a stream of it without its end marker was cut", () => {
  const { error } = readWire(openAiChat, [new TextEncoder().encode('data: {"response":"Hel","p":"abcd"}\n\n')]);
  expect(error?.code).toBe("truncated");
});

test("an answer of Ollama's is another protocol's, as before", () => {
  const frame = { model: "m", created_at: "2026-01-01T00:00:00Z", response: "Hel", done: false };
  expect(() => read(frame)).toThrow(/Ollama/);
});

test("a failure is the error that it says", () => {
  const failed = { result: null, success: false, errors: [{ code: 7003, message: "No route for that URI" }] };
  expect(() => openAiChat.readBody(failed)).toThrow(/No route/);
});
