import { expect, test } from "vitest";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatMessage } from "../../stream/message.js";
import { chatHistory } from "./chat-history.js";

const write = (...messages: ChatMessage[]) => {
  const warnings: Warning[] = [];
  return { history: chatHistory(messages, warnings), warnings };
};

test("what a model said between two messages of the user is one turn, with the results of its calls", () => {
  const call = (callId: string, name: string) => ({ type: "tool-call" as const, callId, name, input: { of: callId } });
  const { history, warnings } = write(
    {
      role: "system",
      content: [
        { type: "text", text: "Be " },
        { type: "text", text: "brief." },
      ],
    },
    { role: "user", content: "Weather?" },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm" },
        { type: "text", text: "Let me look." },
        call("a", "look"),
        call("b", "look"),
      ],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "b", name: "look", output: "no window", isError: true },
        { type: "tool-result", callId: "a", name: "look", output: { sun: true } },
      ],
    },
    {
      role: "assistant",
      content: [
        call("c", "measure"),
        { type: "tool-result", callId: "c", name: "measure", output: 21 },
        { type: "text", text: "Sun." },
      ],
    },
    { role: "user", content: "Thanks" },
  );
  const written = (of: string, name: string, result: unknown, startsNewChunk: boolean) => ({
    type: "functionCall",
    name,
    params: { of },
    result,
    startsNewChunk,
  });
  expect(history).toEqual([
    { type: "system", text: "Be brief." },
    { type: "user", text: "Weather?" },
    {
      type: "model",
      response: [
        { type: "segment", segmentType: "thought", text: "Hm", ended: true },
        "Let me look.",
        written("a", "look", { sun: true }, true),
        written("b", "look", { error: "no window" }, false),
        written("c", "measure", 21, true),
        "Sun.",
      ],
    },
    { type: "user", text: "Thanks" },
  ]);
  expect(warnings).toEqual([]);
});

test("says what it leaves out", () => {
  const opaque = { dialect: "anthropic", data: "signed" };
  const { history, warnings } = write(
    { role: "user", name: "Ada", content: "Hi" },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm", opaque },
        { type: "opaque", name: "provider/compaction", opaque },
        { type: "tool-call", callId: "s", name: "search", input: {}, providerExecuted: true },
        { type: "tool-result", callId: "s", name: "search", output: [], providerExecuted: true },
        { type: "file", mediaType: "image/png", data: Uint8Array.of(1) },
        { type: "source", source: { kind: "url", url: "https://example.org" } },
        { type: "text", text: "Hello" },
      ],
    },
  );
  expect(history.at(-1)).toEqual({ type: "model", response: ["Hello"] });
  expect(warnings.map(({ field }) => field)).toEqual([
    "messages[0].name",
    ...[0, 1, 2, 3, 4].map((part) => `messages[1].content[${part}]`),
  ]);
});

test.each<[string, string, ChatMessage]>([
  [
    "unsupported",
    "messages[0].content[1]",
    {
      role: "user",
      content: [
        { type: "text", text: "?" },
        { type: "file", mediaType: "image/png", data: Uint8Array.of(1) },
      ],
    },
  ],
])("refuses with %s, naming %s", (code, field, message) => {
  expect(() => write(message)).toThrow(expect.objectContaining({ code, field }));
});
