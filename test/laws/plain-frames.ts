import fc from "fast-check";
import type { JsonObject } from "../../src/base/json.js";
import { anthropicCalling } from "../../src/dialects/anthropic/anthropic-calling.js";
import { PlainMessageReader } from "../../src/dialects/anthropic/plain-reader.js";
import { wholeCodec as anthropicCodec } from "../../src/dialects/anthropic/whole-codec.js";
import { writePlainRequest as writePlainMessages } from "../../src/dialects/anthropic/write-settings.js";
import type { CallingDialect } from "../../src/dialects/dialect.js";
import { inParts } from "../../src/dialects/in-parts.js";
import { ollamaCalling } from "../../src/dialects/ollama/ollama-calling.js";
import { PlainOllamaReader } from "../../src/dialects/ollama/plain-reader.js";
import { wholeCodec as ollamaCodec } from "../../src/dialects/ollama/whole-codec.js";
import { writePlainRequest as writePlainChat } from "../../src/dialects/ollama/write-settings.js";
import { openAiChatCalling as openAiChatInParts } from "../../src/dialects/openai-chat/openai-chat-calling.browser.js";
import { openAiChatCalling } from "../../src/dialects/openai-chat/openai-chat-calling.js";
import type { Envelope } from "../recordings/load-recording.js";

/** A protocol that comes to pages in parts, and what its services say. */
export interface InParts {
  whole: CallingDialect;
  /** A new one, of which no more was loaded than text needs. */
  parts: () => CallingDialect;
  /** What a service answers with that says a text and nothing else, in order. */
  plain: fc.Arbitrary<JsonObject[]>;
  /** What it may say beside. */
  odd: fc.Arbitrary<JsonObject>;
  /** Which recordings are read, and how their objects are framed. */
  recorded: RegExp;
  envelope: Envelope;
}

const words = fc.array(fc.constantFrom("", "Hi", " there", "\u00e9", "12345678901234567890"), { maxLength: 6 });

function chunk(delta: JsonObject, choice: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return { id: "c1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, ...choice }], ...more };
}

const usage = { prompt_tokens: 3, completion_tokens: 2 };
const call = { index: 0, id: "a", function: { name: "now", arguments: "{}" } };
const oddChunk = fc.constantFrom<JsonObject>(
  chunk({ reasoning_content: "Hm." }),
  chunk({ tool_calls: [call] }),
  chunk({ refusal: "No." }),
  chunk({ content: [{ type: "text", text: "part" }] }),
  chunk({}, { finish_reason: "tool_calls" }),
  chunk({}, { finish_reason: "STOP" }),
  chunk({}, { finish_reason: "error" }),
  chunk({ content: "2" }, { index: 1 }),
  chunk({ content: "Hi" }, { logprobs: { content: [] } }),
  chunk({ content: "Hi" }, {}, { id: "c2" }),
  chunk({ role: "assistant", content: "Hi" }, {}, { id: "c2" }),
  chunk({ content: "Hi" }, {}, { id: "" }),
  chunk({ content: "Hi" }, {}, { citations: ["https://example.com/"] }),
  chunk({ content: "Hi" }, {}, { object: "error" }),
  chunk({ content: "Hi" }, {}, { provider: "X", x_groq: { id: "r", usage } }),
  chunk({}, { message: { role: "assistant", content: "Hi there" } }),
  chunk({ content: "Hi" }, {}, { choices: [] }),
  { choices: [{ text: "Hi" }] },
  { error: { message: "The server is overloaded", code: "overloaded" } },
  { type: "ping" },
  {},
);

const openAiChat: InParts = {
  whole: openAiChatCalling({}),
  parts: () => openAiChatInParts({}),
  plain: fc
    .record({
      said: words,
      end: fc.constantFrom<JsonObject[]>(
        [
          chunk({}, { finish_reason: "stop" }, { obfuscation: "abc", usage: null }),
          chunk({}, {}, { choices: [], usage }),
        ],
        [chunk({ content: "." }, { finish_reason: "length" }, { usage })],
        [],
      ),
    })
    .map(({ said, end }) => [
      chunk({ role: "assistant", content: "", refusal: null, tool_calls: null }, { logprobs: null }),
      ...said.map((content) => chunk({ content }, { finish_reason: null }, { system_fingerprint: "f" })),
      ...end,
    ]),
  odd: oddChunk,
  recorded: /chat|groq|mistral|deepseek|openrouter|xai/,
  envelope: "data-done",
};

function line(message: JsonObject | null, more: JsonObject = {}): JsonObject {
  return { model: "m", created_at: "2026-01-01T00:00:00Z", message, done: false, ...more };
}

const counts = { total_duration: 9, load_duration: 1, prompt_eval_count: 3, eval_count: 2, eval_duration: 5 };

const ollama: InParts = {
  whole: ollamaCalling,
  parts: () =>
    inParts(
      { name: "ollama", optionNames: ["ollama"], framing: "ndjson" },
      { writeRequest: writePlainChat, reader: () => new PlainOllamaReader() },
      async () => ollamaCodec,
    ),
  plain: fc
    .record({
      said: words,
      reason: fc.constantFrom<JsonObject>({ done_reason: "stop" }, { done_reason: "length" }, {}),
    })
    .map(({ said, reason }) => [
      ...said.map((content) => line({ role: "assistant", content })),
      line({ role: "assistant", content: "" }, { done: true, ...reason, ...counts }),
    ]),
  odd: fc.constantFrom<JsonObject>(
    line({ role: "assistant", content: "", thinking: "Hm." }),
    line({ role: "assistant", content: "", tool_calls: [{ function: { name: "now", arguments: {} } }] }),
    line({ role: "assistant", content: "Hi", images: ["iVBORw0KGgo="] }),
    line({ role: "assistant", content: "Hi" }, { logprobs: [{ token: "Hi" }] }),
    line({ role: "assistant", content: "" }, { completed: 1, total: 2 }),
    line({ role: "assistant", content: "Hi" }, { done_reason: "stop", eval_count: 3 }),
    line({ role: "assistant", content: "Hi" }, { done: true, done_reason: "load" }),
    line({ role: "assistant", content: "Hi" }, { done: true, done_reason: "error" }),
    line({ role: "assistant", content: "Hi" }, { done: true, context: [1, 2], other_count: 7 }),
    line(null, { done: true }),
    line(null),
    { error: "the model is gone" },
    { done: true },
    { choices: [] },
    {},
  ),
  recorded: /ollama/,
  envelope: "line",
};

function start(more: JsonObject = {}): JsonObject {
  const message = { id: "m1", type: "message", role: "assistant", content: [], model: "m", stop_reason: null };
  return { type: "message_start", message: { ...message, usage: { input_tokens: 3, output_tokens: 1 }, ...more } };
}

function delta(text: string, index = 0): JsonObject {
  return { type: "content_block_delta", index, delta: { type: "text_delta", text } };
}

function block(content: JsonObject, index = 0): JsonObject {
  return { type: "content_block_start", index, content_block: content };
}

function stop(fields: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: "message_delta", delta: { stop_sequence: null, ...fields }, usage: { output_tokens: 5 }, ...more };
}

const anthropic: InParts = {
  whole: anthropicCalling,
  parts: () =>
    inParts(
      { name: "anthropic", framing: "sse" },
      { writeRequest: writePlainMessages, reader: () => new PlainMessageReader() },
      async () => anthropicCodec,
    ),
  plain: fc
    .record({
      blocks: fc.array(words, { maxLength: 2 }),
      end: fc.constantFrom<JsonObject[]>(
        [stop({ stop_reason: "end_turn" }), { type: "message_stop" }],
        [stop({ stop_reason: "max_tokens" }), { type: "message_stop" }],
        [],
      ),
    })
    .map(({ blocks, end }) => [
      start(),
      ...blocks.flatMap((said, index) => [
        block({ type: "text", text: "" }, index),
        { type: "ping" },
        ...said.map((text) => delta(text, index)),
        { type: "content_block_stop", index },
      ]),
      ...end,
    ]),
  odd: fc.constantFrom<JsonObject>(
    block({ type: "thinking", thinking: "", signature: "" }, 1),
    block({ type: "tool_use", id: "a", name: "now", input: {} }, 1),
    block({ type: "text", text: "Hi", citations: [{ type: "page_location", cited_text: "Hi" }] }),
    { type: "content_block_delta", index: 0, delta: { type: "citations_delta", citation: { cited_text: "Hi" } } },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
    delta("Hi", 7),
    { type: "content_block_stop", index: 7 },
    start(),
    start({ id: "m2" }),
    start({ id: "m2", content: "Hi" }),
    start({ id: "m2", container: { id: "c" } }),
    stop({ stop_reason: "stop_sequence", stop_sequence: "." }),
    stop({ stop_reason: "refusal" }),
    stop({}, { context_management: { applied_edits: [] } }),
    { type: "message_stop", more: 1 },
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    { type: "message", id: "m3", content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn" },
    { type: "ping", padding: "x" },
    { type: "new_event", value: 1 },
    {},
  ),
  recorded: /anthropic/,
  envelope: "event-data",
};

/** All of them, by name. */
export const IN_PARTS: Readonly<Record<string, InParts>> = { "openai-chat": openAiChat, ollama, anthropic };
