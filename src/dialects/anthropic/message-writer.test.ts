import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { MessageWriter } from "./message-writer.js";

const START: ChatEvent = { type: "start", id: "msg_1", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { outputTokens: 3 } };

function write(...events: ChatEvent[]): JsonObject[] {
  const written: JsonObject[] = [];
  const writer = new MessageWriter({ model: "asked-for", request: { messages: [] } });
  for (const event of events) writer.push(event, (wire) => written.push(wire));
  writer.end((wire) => written.push(wire));
  return written;
}

/** What each event is, and of which block. */
function outline(events: readonly JsonObject[]): string[] {
  return events.map(({ type, index }) => `${type}${index === undefined ? "" : ` ${index}`}`);
}

describe("the Anthropic writer", () => {
  test("begins with the usage, where that is known at the start", () => {
    const [first] = write(START, { type: "usage", usage: { inputTokens: 9, cacheReadTokens: 4 } }, FINISH);
    expect(first).toMatchObject({
      type: "message_start",
      message: { id: "msg_1", model: "m", usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 0 } },
    });
  });

  test("its counts never shrink, whatever the end leaves out", () => {
    const usage = { inputTokens: 9, cacheReadTokens: 4, outputTokens: 1 };
    const last = write(START, { type: "usage", usage }, { type: "text-delta", text: "a" }, FINISH).at(-2);
    expect(last).toMatchObject({
      type: "message_delta",
      usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 3 },
    });
  });

  test("an answer without content is whole", () => {
    expect(outline(write(START, FINISH))).toEqual(["message_start", "message_delta", "message_stop"]);
  });

  test("blocks follow each other; another block index or kind begins a new one", () => {
    const written = write(
      START,
      { type: "text-delta", text: "a", block: 0 },
      { type: "text-delta", text: "b", block: 0 },
      { type: "text-delta", text: "c", block: 4 },
      { type: "reasoning-delta", text: "d" },
      FINISH,
    );
    expect(outline(written).slice(1, -2)).toEqual([
      "content_block_start 0",
      "content_block_delta 0",
      "content_block_delta 0",
      "content_block_stop 0",
      "content_block_start 1",
      "content_block_delta 1",
      "content_block_stop 1",
      "content_block_start 2",
      "content_block_delta 2",
      "content_block_stop 2",
    ]);
  });

  test("calls whose arguments come at once stay apart", () => {
    const delta = (callId: string, text: string): ChatEvent => ({
      type: "tool-input-delta",
      callId,
      name: "f",
      delta: text,
    });
    const written = write(
      START,
      delta("a", '{"x":'),
      delta("b", '{"y":'),
      delta("a", "1}"),
      { type: "tool-call", callId: "a", name: "f", input: { x: 1 } },
      delta("b", "2}"),
      { type: "tool-call", callId: "b", name: "f", input: { y: 2 } },
      FINISH,
    );
    const joined = [0, 1].map((index) =>
      written
        .filter((event) => event.type === "content_block_delta" && event.index === index)
        .map((event) => (event.delta as JsonObject).partial_json)
        .join(""),
    );
    expect(joined).toEqual(['{"x":1}', '{"y":2}']);
    expect(outline(written).filter((line) => line.startsWith("content_block_stop"))).toHaveLength(2);
  });

  test("what was written cannot be taken back: the answer ends with an error", () => {
    const written = write(
      START,
      { type: "text-delta", text: "a" },
      { type: "retract", reason: "again" },
      START,
      FINISH,
    );
    expect(outline(written).at(-1)).toBe("error");
    expect(written.at(-1)).toMatchObject({ error: { type: "api_error", message: expect.stringContaining("again") } });
  });

  test("before any output, a retraction is no matter", () => {
    const retract: ChatEvent = { type: "retract", reason: "again" };
    expect(outline(write(START, retract, START, FINISH))).toEqual(["message_start", "message_delta", "message_stop"]);
  });

  test.each<[Extract<ChatEvent, { type: "finish" }>["reason"], string | undefined, string]>([
    ["stop", "stop_sequence", "stop_sequence"],
    ["stop", "STOP", "end_turn"],
    ["length", "model_context_window_exceeded", "model_context_window_exceeded"],
    ["budget", undefined, "max_tokens"],
    ["content-filter", undefined, "refusal"],
    ["pause", undefined, "pause_turn"],
    ["other", "weird", "end_turn"],
  ])("%s (%s) is said as %s", (reason, rawReason, word) => {
    const written = write(START, { ...FINISH, reason, ...(rawReason !== undefined && { rawReason }) });
    expect(written.at(-2)).toMatchObject({ delta: { stop_reason: word } });
  });
});
