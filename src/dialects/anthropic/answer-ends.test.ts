import { describe, expect, test } from "vitest";
import { summarise } from "../../../test/laws/summary.js";
import { block, END, readFrames, START, textDelta } from "../../../test/support/anthropic-frames.js";
import type { JsonObject } from "../../base/json.js";

describe("how an answer of Anthropic ends", () => {
  test.each([
    ["stop_sequence", "stop", "stop_sequence"],
    ["model_context_window_exceeded", "length", "model_context_window_exceeded"],
    ["pause_turn", "pause", undefined],
    ["compaction", "pause", "compaction"],
    ["refusal", "refusal", undefined],
    ["brand_new", "other", "brand_new"],
  ])("stop reason %s is %s", (word, reason, rawReason) => {
    const { events } = readFrames([
      START,
      { type: "message_delta", delta: { stop_reason: word } },
      { type: "message_stop" },
    ]);
    const finish = events.at(-1);
    expect(finish).toMatchObject({ type: "finish", reason });
    expect(finish?.type === "finish" && finish.rawReason).toBe(rawReason);
  });

  test("an error in mid-stream is typed and keeps the request id", () => {
    const { events, error } = readFrames([
      START,
      ...block(0, { type: "text", text: "" }, textDelta("Hi")),
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_7" },
    ]);
    expect(error).toMatchObject({
      code: "overloaded",
      retryable: true,
      requestId: "req_7",
      providerCode: "overloaded_error",
    });
    expect(summarise(events).parts).toEqual([{ type: "text", text: "Hi" }]);
  });

  test.each([
    ["nothing at all", []],
    ["neither a reason nor message_stop", [START]],
  ])("%s is truncated", (_, frames) => {
    expect(readFrames(frames).error).toMatchObject({ code: "truncated", retryable: true });
  });

  test("message_stop need not come where the reason did", () => {
    const { events, error } = readFrames([START, ...block(0, { type: "text", text: "Hi" }), ...END.slice(0, 1)]);
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test.each<[string, JsonObject[], object[]]>([
    [
      "without its block's start",
      [{ type: "content_block_delta", index: 3, delta: textDelta("Hi") }],
      [{ type: "text", text: "Hi" }],
    ],
    [
      "on the index of a thinking block",
      [
        { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm" } },
        { type: "content_block_delta", index: 0, delta: textDelta("Hi ") },
        { type: "content_block_delta", index: 0, delta: textDelta("there") },
        { type: "content_block_stop", index: 0 },
      ],
      [
        { type: "reasoning", text: "Hm" },
        { type: "text", text: "Hi there" },
      ],
    ],
    [
      "on the index of a call",
      [
        { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "t", name: "x", input: {} } },
        { type: "content_block_delta", index: 0, delta: textDelta("Hi") },
        { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "{}" } },
        { type: "content_block_stop", index: 0 },
      ],
      [
        { type: "text", text: "Hi" },
        { type: "tool-call", callId: "t", name: "x", input: {} },
      ],
    ],
    [
      "as thinking on the index of a text",
      [
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm" } },
        { type: "content_block_delta", index: 0, delta: textDelta("Hi") },
        { type: "content_block_stop", index: 0 },
      ],
      [
        { type: "reasoning", text: "Hm" },
        { type: "text", text: "Hi" },
      ],
    ],
  ])("a piece of text is never lost: %s", (_, frames, parts) => {
    const { events, error } = readFrames([START, ...frames, ...END]);
    expect(error).toBeUndefined();
    expect(summarise(events).parts).toMatchObject(parts);
  });

  test.each([
    ["tool_use without a call", "tool_use", [], "stop"],
    ["end_turn with one", "end_turn", block(0, { type: "tool_use", id: "t", name: "x", input: {} }), "tool-calls"],
    [
      "end_turn with one that was cut",
      "max_tokens",
      block(0, { type: "tool_use", id: "t", name: "x", input: {} }),
      "length",
    ],
  ])("%s", (_, word, frames, reason) => {
    const end = [{ type: "message_delta", delta: { stop_reason: word } }, { type: "message_stop" }];
    expect(readFrames([START, ...frames, ...end]).events.at(-1)).toMatchObject({ reason });
  });

  test("a frame of another protocol, and an error of any shape, are reported", () => {
    const chunk = { choices: [{ index: 0, delta: { content: "Hi" } }] };
    expect(readFrames([chunk]).error).toMatchObject({ code: "malformed-frame", retryable: false });
    expect(readFrames([chunk]).error?.message).toMatch(
      /OpenAI's chat completions protocol, and anthropic was asked for/,
    );
    expect(readFrames([START, { detail: "boom" }]).error).toMatchObject({ providerMessage: "boom" });
    expect(readFrames([START, { success: false, errors: [{ message: "boom" }] }, ...END]).error).toMatchObject({
      providerMessage: "boom",
    });
  });
});

test.each([{ error: "upstream is gone" }, { message: "upstream is gone" }, { error: { message: "upstream is gone" } }])(
  "%j, without a type, is an error",
  (frame) => {
    expect(readFrames([START, frame]).error).toMatchObject({
      code: "provider-error",
      providerMessage: "upstream is gone",
    });
  },
);
