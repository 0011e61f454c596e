import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { googleInteractions } from "./google-interactions.js";

const CREATED = { event_type: "interaction.created", interaction: { id: "i", model: "m", status: "in_progress" } };
const own = (data: JsonObject) => ({ dialect: "google-interactions", data });

function completed(status = "completed"): JsonObject {
  const usage = { total_input_tokens: 5, total_tool_use_tokens: 2, total_output_tokens: 3, total_thought_tokens: 4 };
  return { event_type: "interaction.completed", interaction: { id: "i", status, usage } };
}

function step(index: number, start: JsonObject, ...deltas: JsonObject[]): JsonObject[] {
  return [
    { event_type: "step.start", index, step: start },
    ...deltas.map((delta) => ({ event_type: "step.delta", index, delta })),
    { event_type: "step.stop", index },
  ];
}

function read(frames: readonly JsonObject[]): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const reader = googleInteractions.reader();
  try {
    for (const frame of frames) reader.push({ data: JSON.stringify(frame) }, emit);
    reader.end(emit);
    return { events };
  } catch (error) {
    return { events, error: error as SluiceError };
  }
}

describe("the reader of interactions", () => {
  test("what comes beside the steps: usage so far, how to go on, what went wrong, the user's words", () => {
    const usage = { total_input_tokens: 5, total_output_tokens: 1 };
    const { events } = read([
      CREATED,
      ...step(0, { type: "user_input", content: [{ type: "text", text: "Hi" }] }),
      ...step(
        1,
        { type: "thought" },
        { type: "thought_summary", content: { type: "image", mime_type: "image/png", data: "AQI=" } },
      ),
      { event_type: "step.start", index: 2, step: { type: "model_output", error: { code: 13, message: "no" } } },
      { event_type: "step.delta", index: 2, delta: { type: "document", mime_type: "application/pdf", data: "AQI=" } },
      { event_type: "step.delta", index: 2, delta: { type: "text", text: "Yo" }, metadata: { total_usage: usage } },
      { event_type: "step.stop", index: 2, usage: { ...usage, total_output_tokens: 2 } },
      { event_type: "interaction.status_update", status: "requires_continuation", continuation_token: "t" },
    ]);
    const step0 = { type: "user_input", content: [{ type: "text", text: "Hi" }] };
    expect(events.slice(1)).toEqual([
      { type: "data", name: "provider/user_input", value: step0, opaque: own(step0) },
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2]) },
      { type: "file", mediaType: "application/pdf", data: new Uint8Array([1, 2]) },
      { type: "text-delta", text: "Yo", block: 2 },
      { type: "usage", usage: { inputTokens: 5, outputTokens: 1, raw: usage } },
      { type: "data", name: "provider/error", value: { code: 13, message: "no" } },
      { type: "usage", usage: { inputTokens: 5, outputTokens: 2, raw: { ...usage, total_output_tokens: 2 } } },
      { type: "data", name: "provider/continuation_token", value: "t" },
    ]);
    expect(read([CREATED, completed("requires_continuation")]).events.at(-1)).toMatchObject({ reason: "pause" });
  });

  test("thoughts, text with its sources, files and calls", () => {
    const { events } = read([
      CREATED,
      ...step(
        0,
        { type: "thought" },
        { type: "thought_summary", content: { type: "text", text: "Hm." } },
        { type: "thought_signature", signature: "c2ln" },
      ),
      ...step(
        1,
        { type: "model_output" },
        { type: "text", text: "é " },
        { type: "text", text: "cited" },
        {
          type: "text_annotation_delta",
          annotations: [{ type: "url_citation", url: "https://a.b/", title: "t", start_index: 3, end_index: 8 }],
        },
        { type: "image", mime_type: "image/png", data: "AQI=" },
      ),
      ...step(
        2,
        { type: "function_call", id: "c", name: "f", arguments: {}, signature: "" },
        { type: "arguments_delta", arguments: '{"a":' },
        { type: "arguments_delta", arguments: "1}" },
      ),
      completed("requires_action"),
    ]);
    expect(events).toEqual([
      { type: "start", id: "i", model: "m" },
      { type: "reasoning-delta", text: "Hm.", block: 0 },
      { type: "reasoning-delta", text: "", block: 0, opaque: own({ type: "thought", signature: "c2ln" }) },
      { type: "text-delta", text: "é ", block: 1 },
      { type: "text-delta", text: "cited", block: 1 },
      {
        type: "source",
        block: 1,
        source: { kind: "url", url: "https://a.b/", title: "t", span: { start: 2, end: 7 }, opaque: expect.anything() },
      },
      { type: "file", mediaType: "image/png", data: new Uint8Array([1, 2]) },
      { type: "tool-input-delta", callId: "c", name: "f", delta: '{"a":' },
      { type: "tool-input-delta", callId: "c", name: "f", delta: "1}" },
      { type: "tool-call", callId: "c", name: "f", input: { a: 1 } },
      {
        type: "finish",
        reason: "tool-calls",
        usage: { inputTokens: 7, outputTokens: 7, reasoningTokens: 4, raw: expect.anything() },
      },
    ]);
  });

  test("tools that Google ran, and steps that it does not know", () => {
    const later = { type: "later_step", a: 1 };
    const { events } = read([
      CREATED,
      ...step(
        0,
        { type: "google_search_call", id: "s" },
        { type: "google_search_call", arguments: { queries: ["q"] } },
      ),
      ...step(
        1,
        { type: "google_search_result", call_id: "s" },
        { type: "google_search_result", result: [1], is_error: true },
      ),
      ...step(2, later),
      completed(),
    ]);
    expect(events.slice(1, -1)).toEqual([
      { type: "tool-call", callId: "s", name: "google_search", input: { queries: ["q"] }, providerExecuted: true },
      { type: "tool-result", callId: "s", name: "google_search", output: [1], isError: true, providerExecuted: true },
      { type: "data", name: "provider/later_step", value: later, opaque: own(later) },
    ]);
  });

  test.each<[string, JsonObject[], object]>([
    ["without its end is truncated", [CREATED], { code: "truncated", retryable: true }],
    ["that failed is an error", [CREATED, completed("failed")], { code: "provider-error", retryable: true }],
    [
      "with an error in mid-stream is that",
      [CREATED, { event_type: "error", error: { code: 503, message: "no", status: "UNAVAILABLE" } }],
      { code: "overloaded" },
    ],
    [
      "with a file that is none is malformed",
      [CREATED, ...step(0, { type: "model_output" }, { type: "image", data: "%" })],
      { code: "malformed-frame" },
    ],
  ])("an interaction %s", (_, frames, error) => {
    expect(read(frames).error).toMatchObject(error);
  });

  test("the first version's names, in a stream and in a body", () => {
    const frames = [
      { ...CREATED, event_type: "interaction.start" },
      { event_type: "content.start", index: 0, content: { type: "text" } },
      { event_type: "content.delta", index: 0, delta: { type: "text", text: "Hi" } },
      { event_type: "content.stop", index: 0 },
      { ...completed("incomplete"), event_type: "interaction.complete" },
    ];
    const { events } = read(frames);
    expect(events[1]).toEqual({ type: "text-delta", text: "Hi", block: 0 });
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
    const body = { id: "i", model: "m", status: "completed", outputs: [{ type: "text", text: "Hi" }] };
    expect(googleInteractions.readBody(body)).toMatchObject([{ type: "start" }, { text: "Hi" }, { reason: "stop" }]);
    expect(() => googleInteractions.readBody({})).toThrow(expect.objectContaining({ code: "malformed-frame" }));
  });
});
