import { describe, expect, test, vi } from "vitest";
import { summarise } from "../../../test/laws/summary.js";
import { block, END, MESSAGE, readFrames, START } from "../../../test/support/anthropic-frames.js";
import type { JsonObject } from "../../base/json.js";
import { readBody } from "./read-body.js";

describe("calls in a stream of Anthropic", () => {
  test("says a tool call when its block ends, not at the end of the answer", () => {
    const call = block(
      0,
      { type: "tool_use", id: "t1", name: "f", input: {} },
      { type: "input_json_delta", partial_json: '{"a":1}' },
    );
    const { events } = readFrames([START, ...call]);
    expect(events.at(-1)).toEqual({ type: "tool-call", callId: "t1", name: "f", input: { a: 1 } });
  });

  test("arguments that are not JSON stay text", () => {
    const call = block(
      0,
      { type: "tool_use", id: "t1", name: "f", input: {} },
      { type: "input_json_delta", partial_json: '{"a":' },
    );
    const { events } = readFrames([START, ...call, ...END]);
    expect(events).toContainEqual({ type: "tool-call", callId: "t1", name: "f", input: '{"a":', invalid: true });
  });

  test("calls with one id are emitted under two, and one that comes twice once", () => {
    const call = (index: number, input: JsonObject) => block(index, { type: "tool_use", id: "t", name: "x", input });
    const { events } = readFrames([START, ...call(0, { a: 1 }), ...call(1, { a: 2 }), ...call(2, { a: 1 }), ...END]);
    const calls = events.flatMap((event) => (event.type === "tool-call" ? [[event.callId, event.input]] : []));
    expect(calls).toEqual([
      ["t", { a: 1 }],
      ["t_2", { a: 2 }],
    ]);
  });

  test("64 KiB of arguments in pieces of 8 characters are parsed once", () => {
    const input = JSON.stringify({ text: "x".repeat(65_536) });
    const deltas: JsonObject[] = [];
    for (let at = 0; at < input.length; at += 8) {
      deltas.push({ type: "input_json_delta", partial_json: input.slice(at, at + 8) });
    }
    const frames = [START, ...block(0, { type: "tool_use", id: "t", name: "f", input: {} }, ...deltas), ...END];
    const parse = vi.spyOn(JSON, "parse");
    const { events } = readFrames(frames);
    const parsed = parse.mock.calls.reduce((characters, [whole]) => characters + whole.length, 0);
    parse.mockRestore();
    expect(events.filter((event) => event.type === "tool-call")).toHaveLength(1);
    // The arguments themselves, and the few frames that the shape of the rest is learned from.
    expect(parsed).toBeLessThan(input.length + 5_000);
  });
});

describe("a call that is cut by the token limit", () => {
  const tool = { type: "tool_use", id: "toolu_1", name: "pay", input: {} };
  const cut = [{ type: "message_delta", delta: { stop_reason: "max_tokens" } }, { type: "message_stop" }];
  const bare = { type: "tool-call", callId: "toolu_1", name: "pay" };

  test("before its arguments is not one without any, streamed or whole", () => {
    const streamed = readFrames([START, ...block(0, tool), ...cut]).events;
    const whole = readBody({ ...MESSAGE, content: [tool], stop_reason: "max_tokens" });
    for (const events of [streamed, whole]) {
      expect(summarise(events).parts).toEqual([{ ...bare, input: "", invalid: true }]);
    }
  });

  test("after another is the only one that is cut", () => {
    const first = { ...tool, id: "toolu_0" };
    const { parts } = summarise(readFrames([START, ...block(0, first), ...block(1, tool), ...cut]).events);
    expect(parts).toEqual([
      { ...bare, callId: "toolu_0", input: {} },
      { ...bare, input: "", invalid: true },
    ]);
  });

  test("is one without arguments where nothing was cut", () => {
    const end = [{ type: "message_delta", delta: { stop_reason: "tool_use" } }, { type: "message_stop" }];
    expect(summarise(readFrames([START, ...block(0, tool), ...end]).events).parts).toEqual([{ ...bare, input: {} }]);
  });
});

test("calls of several blocks that end together are all emitted", () => {
  const open = (index: number) => ({
    type: "content_block_start",
    index,
    content_block: { type: "tool_use", id: `toolu_${index}`, name: "now", input: {} },
  });
  const close = (index: number) => ({ type: "content_block_stop", index });
  const { parts } = summarise(readFrames([START, open(0), open(1), close(0), close(1), ...END]).events);
  expect(parts).toMatchObject([{ callId: "toolu_0" }, { callId: "toolu_1" }]);
});

test("arguments that a service says as text are read", () => {
  const tool = { type: "tool_use", id: "toolu_1", name: "pay", input: '{"amount":1}' };
  expect(summarise(readFrames([START, ...block(0, tool), ...END]).events).parts).toMatchObject([
    { input: { amount: 1 } },
  ]);
});

test("a call without its tool's name is one of no tool, and words of JavaScript are none of ours", () => {
  const nameless = block(0, { type: "tool_use", id: "toolu_1", name: "", input: {} });
  expect(readFrames([START, ...nameless, ...END]).events).toContainEqual(
    expect.objectContaining({ type: "tool-call", callId: "toolu_1", name: "unnamed" }),
  );
  const odd = { type: "message_delta", delta: { stop_reason: "constructor" } };
  expect(readFrames([START, odd, { type: "message_stop" }]).events.at(-1)).toMatchObject({
    reason: "other",
    rawReason: "constructor",
  });
});
