import { describe, expect, test } from "vitest";
import { agUi } from "../../src/dialects/ag-ui/ag-ui.js";
import { aiSdkUi } from "../../src/dialects/ai-sdk-ui/ai-sdk-ui.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect, WriterContext } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { native } from "../../src/dialects/native/native.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { WholeAnswer } from "../../src/dialects/whole-answer.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { Frame } from "../../src/stream/framing/frame.js";
import { Transcript } from "../../src/stream/transcript.js";

const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, anthropic, gemini, ollama, agUi, aiSdkUi, native];
/** Their whole answers have one text, and say the thoughts and sources beside it. */
const ONE_TEXT: readonly Dialect[] = [openAiChat, openAiResponses, gemini, ollama];

const usage = { inputTokens: 3, outputTokens: 2 };
const say = (text: string): ChatEvent => ({ type: "text-delta", text });
const think = (text: string): ChatEvent => ({ type: "reasoning-delta", text });
const called = (callId: string): ChatEvent[] => [
  { type: "tool-input-delta", callId, name: "look", delta: '{"a":1}' },
  { type: "tool-call", callId, name: "look", input: { a: 1 } },
];
const finish = (reason: "stop" | "tool-calls" | "length" | "content-filter" = "stop"): ChatEvent => ({
  type: "finish",
  reason,
  usage,
});
const looped = (first: ChatEvent[], output: string | null, second: ChatEvent[]): ChatEvent[] => [
  { type: "step-start", step: 1, model: "m" },
  ...first,
  ...called("1"),
  { type: "tool-result", callId: "1", name: "look", output: 1, preliminary: true },
  { type: "tool-result", callId: "1", name: "look", output },
  { type: "step-finish", step: 1, reason: "tool-calls", usage },
  { type: "step-start", step: 2, model: "m" },
  ...second,
  { type: "step-finish", step: 2, reason: "stop", usage },
  finish(),
];
const nested = (event: ChatEvent): ChatEvent => ({ type: "nested", from: "inner", event });
const inner = [nested({ type: "start", id: "b", model: "n" }), nested(say("within")), nested(finish())];

const ANSWERS: readonly (readonly [name: string, events: readonly ChatEvent[]])[] = [
  ["nothing", [finish()]],
  ["text", [say("Hi"), finish()]],
  ["thoughts alone", [think("Hm"), finish()]],
  ["thoughts, then text", [think("Hm"), say("Hi"), finish()]],
  ["a call", [...called("1"), finish("tool-calls")]],
  ["a call that has no deltas", [{ type: "tool-call", callId: "1", name: "look", input: {} }, finish("tool-calls")]],
  ["two calls", [...called("1"), ...called("2"), finish("tool-calls")]],
  ["what happens inside", [...inner, say("out"), finish()]],
  ["what happens inside alone", [...inner, finish()]],
  [
    "a source",
    [{ type: "source", source: { kind: "url", url: "https://a.example/", title: "T" } }, say("x"), finish()],
  ],
  ["a picture", [{ type: "file", mediaType: "image/png", data: new Uint8Array([137, 80, 78, 71]) }, finish()]],
  ["data of an application", [{ type: "data", name: "app/x", value: 1 }, say("x"), finish()]],
  ["a refusal", [{ type: "text-delta", text: "No.", refusal: true }, finish("content-filter")]],
  ["a limit", [say("x"), finish("length")]],
  ["a loop", looped([say("A ")], "seen", [say("B")])],
  ["a loop that begins with a call", looped([], "seen", [think("Hm"), say("B")])],
  ["a loop that ends with a result", looped([say("A")], null, [])],
  [
    "a search that the provider ran",
    [
      { type: "tool-call", callId: "s", name: "web_search", input: { query: "q" }, providerExecuted: true },
      {
        type: "tool-result",
        callId: "s",
        name: "web_search",
        output: [{ url: "https://a.example/" }],
        providerExecuted: true,
      },
      say("Found."),
      finish(),
    ],
  ],
];

const CONTEXT: WriterContext = { model: "m", created: 1, request: { messages: [{ role: "user", content: "Hi" }] } };

describe.each(DIALECTS)("whole and streamed answers in $name say the same", (dialect) => {
  test.each(ANSWERS)("%s", (_, said) => {
    const events: ChatEvent[] = [{ type: "start", id: "a", model: "m" }, ...said];
    expect(summary(dialect, whole(dialect, events))).toEqual(summary(dialect, streamed(dialect, events)));
  });
});

function streamed(dialect: Dialect, events: readonly ChatEvent[]): ChatEvent[] {
  const frames: Frame[] = [];
  const writer = dialect.writer(CONTEXT);
  for (const event of events) writer.push(event, (frame) => frames.push(frame));
  writer.end((frame) => frames.push(frame));
  const read: ChatEvent[] = [];
  const reader = dialect.reader();
  for (const frame of frames) reader.push(frame, (event) => read.push(event));
  reader.end((event) => read.push(event));
  return read;
}

function whole(dialect: Dialect, events: readonly ChatEvent[]): ChatEvent[] {
  const collected = new WholeAnswer();
  for (const event of events) collected.push(event);
  const { answer } = collected;
  if (answer === undefined) throw new Error("the answer is not finished");
  return dialect.readBody(JSON.parse(JSON.stringify(dialect.writeBody(answer, CONTEXT))));
}

function summary(dialect: Dialect, events: readonly ChatEvent[]): unknown {
  const transcript = new Transcript(true);
  for (const event of events) transcript.push(event);
  const { messages, finishReason } = transcript;
  if (!ONE_TEXT.includes(dialect)) return { messages, finishReason };
  const parts = messages.flatMap(({ content }): unknown[] => (typeof content === "string" ? [content] : [...content]));
  return { parts: parts.map((part) => JSON.stringify(part)).sort(), finishReason };
}
