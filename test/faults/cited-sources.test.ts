import { expect, test } from "vitest";
import { aiSdkUi } from "../../src/dialects/ai-sdk-ui/ai-sdk-ui.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { WholeAnswer } from "../../src/dialects/whole-answer.js";
import type { ChatEvent, Source } from "../../src/stream/chat-event.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";

const CONTEXT = { model: "m", request: { messages: [{ role: "user" as const, content: "Hi" }] } };

/** An answer of two blocks that cites a source in the second. */
function cited(source: Source): ChatEvent[] {
  return [
    { type: "start", id: "x", model: "m" },
    { type: "text-delta", text: "Water 🌊. ", block: 0 },
    { type: "text-delta", text: "It flows.", block: 1 },
    { type: "source", source, block: 1 },
    { type: "finish", reason: "stop", usage: { inputTokens: 1, outputTokens: 2 } },
  ];
}

/** What comes back of it, from a stream and from a whole body alike. */
function carried(dialect: Dialect, source: Source): Source[] {
  const events = cited(source);
  const streamed = readWire(dialect, [writeWire(dialect, events, CONTEXT)]).events;
  const whole = new WholeAnswer();
  for (const event of events) whole.push(event);
  if (whole.answer === undefined) throw new Error("the answer is not whole");
  const body = dialect.readBody(JSON.parse(JSON.stringify(dialect.writeBody(whole.answer, CONTEXT))));
  const [some, all] = [streamed, body].map((list) =>
    list.flatMap((event) => (event.type === "source" ? [event.source] : [])),
  );
  expect(all).toEqual(some);
  return some ?? [];
}

const PAGE: Source = {
  kind: "url",
  url: "https://example.com/a",
  title: "A",
  quote: "flows",
  span: { start: 3, end: 8 },
};

test("a chat completion has one text: what is cited in a later block is placed in it", () => {
  const [source] = carried(openAiChat, PAGE);
  expect("Water 🌊. It flows.".slice(source?.span?.start, source?.span?.end)).toBe("flows");
});

test("a chat completion's page without a title has none", () => {
  const url = "https://example.com/a";
  expect(carried(openAiChat, { kind: "url", url })).toEqual([{ kind: "url", url }]);
});

test("the AI SDK's clients are given quotes and spans beside the address", () => {
  expect(carried(aiSdkUi, PAGE)).toEqual([PAGE]);
  const paper: Source = {
    kind: "document",
    url: "gs://b/a.pdf",
    title: "A",
    mediaType: "application/pdf",
    quote: "flows",
  };
  expect(carried(aiSdkUi, paper)).toEqual([paper]);
});

test("Responses carry the quote and the place of pages and documents", () => {
  expect(carried(openAiResponses, PAGE)).toEqual([PAGE]);
  const paper: Source = {
    kind: "document",
    id: "file-1",
    title: "On water",
    filename: "water.pdf",
    quote: "flows",
    span: { start: 3, end: 8 },
  };
  expect(carried(openAiResponses, paper)).toMatchObject([paper]);
});

test("Gemini carries which document it is, and its quote", () => {
  const paper: Source = { kind: "document", id: "documents/1", url: "gs://b/a.pdf", title: "A", quote: "flows" };
  expect(carried(gemini, paper)).toMatchObject([paper]);
});

test("Anthropic's search results from an address keep it, and nothing is made up", () => {
  const paper: Source = { kind: "document", url: "gs://b/a.pdf", title: "A" };
  expect(carried(anthropic, paper)).toMatchObject([paper]);
  const [source] = carried(anthropic, { kind: "document", title: "A" });
  expect(source).not.toHaveProperty("id");
  expect(source).not.toHaveProperty("quote");
});
