import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { summarise } from "../../../test/laws/summary.js";
import { block, END, MESSAGE, readFrames, START, textDelta } from "../../../test/support/anthropic-frames.js";

describe("the Anthropic reader", () => {
  test("says what usage is known as soon as it is", () => {
    const { events } = readFrames([START, ...block(0, { type: "text", text: "" }, textDelta("Hi")), ...END]);
    const raw = { input_tokens: 5 };
    expect(events).toEqual([
      { type: "start", id: "msg_1", model: "m" },
      { type: "usage", usage: { inputTokens: 5, raw } },
      { type: "text-delta", text: "Hi", block: 0 },
      { type: "usage", usage: { inputTokens: 5, outputTokens: 3, raw: { ...raw, output_tokens: 3 } } },
      { type: "finish", reason: "stop", usage: { inputTokens: 5, outputTokens: 3, raw: { ...raw, output_tokens: 3 } } },
    ]);
  });

  test("blocks that are open at once do not mix", () => {
    const { events } = readFrames([
      START,
      { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "a", name: "f", input: {} } },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "b", name: "g", input: {} } },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"x":' } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"y":' } },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "1}" } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: "2}" } },
      ...END,
    ]);
    expect(events.filter((event) => event.type === "tool-call")).toMatchObject([
      { callId: "a", input: { x: 1 } },
      { callId: "b", input: { y: 2 } },
    ]);
  });

  test("a kind of block that it does not know is kept whole, deltas and all", () => {
    const content = block(
      0,
      { type: "hologram", id: "h", scene: "sea" },
      { type: "hologram_delta", scene: " and sky", light: 3 },
    );
    const { events } = readFrames([START, ...content, ...END]);
    const data = { type: "hologram", id: "h", scene: "sea and sky", light: 3 };
    expect(events).toContainEqual({
      type: "data",
      name: "provider/hologram",
      value: data,
      opaque: { dialect: "anthropic", data },
    });
  });

  test("kinds of events and deltas that it does not know are handed on", () => {
    const { events } = readFrames([
      START,
      ...block(0, { type: "text", text: "" }, { type: "mood_delta", mood: "fine" }),
      { type: "weather", sky: "blue" },
      ...END,
    ]);
    expect(events).toContainEqual({
      type: "data",
      name: "provider/mood_delta",
      value: { type: "mood_delta", mood: "fine" },
    });
    expect(events).toContainEqual({ type: "data", name: "provider/weather", value: { type: "weather", sky: "blue" } });
  });

  test("how far thinking is that is not shown is emitted", () => {
    const progress = [50, 120, null].map((estimated_tokens) => ({
      type: "thinking_delta",
      thinking: "",
      estimated_tokens,
    }));
    const { events } = readFrames([
      START,
      ...block(0, { type: "thinking", thinking: "", signature: "s" }, ...progress),
      ...END,
    ]);
    expect(events.filter((event) => event.type === "data")).toEqual([
      { type: "data", name: "provider/estimated_tokens", value: 50 },
      { type: "data", name: "provider/estimated_tokens", value: 120 },
    ]);
    expect(summarise(events).parts).toEqual([
      { type: "reasoning", text: "", opaque: { dialect: "anthropic", data: { type: "thinking", signature: "s" } } },
    ]);
  });

  test("an answer without message_start, or after [DONE], is read", () => {
    const { events, error } = readFrames([...block(0, { type: "text", text: "Hi" }), ...END]);
    expect(error).toBeUndefined();
    expect(summarise(events).parts).toMatchObject([{ type: "text", text: "Hi" }]);
  });

  test("a message that comes twice, whole or in its end, is emitted once", () => {
    const call = block(1, { type: "tool_use", id: "t", name: "x", input: { a: 1 } });
    const answer = [START, ...block(0, { type: "text", text: "Hi" }), ...call, ...END];
    for (const again of [answer, END, END.slice(-1)]) {
      const { events, error } = readFrames([...answer, ...again]);
      expect(error).toBeUndefined();
      expect(summarise(events).parts).toHaveLength(2);
      expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
    }
  });

  test("the model that answers where another refused is named", () => {
    const change = block(0, { type: "fallback", from: { model: "claude-a" }, to: { model: "claude-b" } });
    const { events } = readFrames([START, ...change, ...END]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "data",
        name: "fallback/model",
        value: { type: "fallback", from: "claude-a", to: "claude-b" },
      }),
    );
  });

  test("frames padded with blanks, as Anthropic sends them, say the same", () =>
    fc.assert(
      fc.property(fc.array(trickyText, { maxLength: 20 }), fc.infiniteStream(fc.nat(6)), (pieces, blanks) => {
        const frames = [START, ...block(0, { type: "text", text: "" }, ...pieces.map(textDelta)), ...END];
        const padded = frames.map((frame) => {
          const whole = JSON.stringify(frame);
          const pad = () => " ".repeat(blanks.next().value ?? 0);
          return `${whole.slice(0, -1)}${pad()}}${pad()}`;
        });
        expect(readFrames(padded)).toEqual(readFrames(frames));
      }),
    ));

  test("a repeated message_start is ignored; a new one after the end is another step", () => {
    const second = { ...START, message: { ...MESSAGE, id: "msg_2" } };
    const said = block(0, { type: "text", text: "" }, textDelta("Hi"));
    expect(readFrames([START, START, ...said, ...END])).toEqual(readFrames([START, ...said, ...END]));
    const { events } = readFrames([START, ...said, ...END, second, ...said, ...END]);
    expect(events.filter((event) => event.type.startsWith("step")).map((event) => event.type)).toEqual([
      "step-finish",
      "step-start",
      "step-finish",
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 10, outputTokens: 6 } });
  });
});

test("pieces whose block is left out are those of the first, however many there are", () => {
  const pieces = Array.from({ length: 12 }, (_, index) => ({
    type: "content_block_delta",
    delta: textDelta(`${index}.`),
  }));
  const [open = {}, close = {}] = block(0, { type: "text", text: "" });
  const { parts } = summarise(readFrames([START, open, ...pieces, close, ...END]).events);
  expect(parts).toEqual([{ type: "text", text: "0.1.2.3.4.5.6.7.8.9.10.11." }]);
});

test("events of a kind that is not known come after the start, and what comes with the end is emitted", () => {
  const { events } = readFrames([
    { type: "vertex_event", at: 1 },
    START,
    END[0] ?? {},
    { type: "message_stop", metrics: 2 },
  ]);
  expect(events.map((event) => (event.type === "data" ? event.name : event.type))).toEqual([
    "start",
    "provider/vertex_event",
    "usage",
    "usage",
    "provider/metrics",
    "finish",
  ]);
});
