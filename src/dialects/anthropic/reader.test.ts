import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { summarise } from "../../../test/laws/summary.js";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { readBody } from "./read-body.js";
import { AnthropicReader } from "./reader.js";

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [],
  usage: { input_tokens: 5 },
};
const START = { type: "message_start", message: MESSAGE };
const END = [
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
  { type: "message_stop" },
];

function read(frames: readonly (JsonObject | string)[]): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const reader = new AnthropicReader();
  try {
    for (const frame of frames) reader.push({ data: typeof frame === "string" ? frame : JSON.stringify(frame) }, emit);
    reader.end(emit);
    return { events };
  } catch (error) {
    return { events, error: error as SluiceError };
  }
}

function block(index: number, content: JsonObject, ...deltas: JsonObject[]): JsonObject[] {
  return [
    { type: "content_block_start", index, content_block: content },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

const text = (said: string) => ({ type: "text_delta", text: said });

describe("the Anthropic reader", () => {
  test("says what usage is known as soon as it is", () => {
    const { events } = read([START, ...block(0, { type: "text", text: "" }, text("Hi")), ...END]);
    const raw = { input_tokens: 5 };
    expect(events).toEqual([
      { type: "start", id: "msg_1", model: "m" },
      { type: "usage", usage: { inputTokens: 5, raw } },
      { type: "text-delta", text: "Hi", block: 0 },
      { type: "usage", usage: { inputTokens: 5, outputTokens: 3, raw: { ...raw, output_tokens: 3 } } },
      { type: "finish", reason: "stop", usage: { inputTokens: 5, outputTokens: 3, raw: { ...raw, output_tokens: 3 } } },
    ]);
  });

  test("says a tool call when its block ends, not at the end of the answer", () => {
    const call = block(
      0,
      { type: "tool_use", id: "t1", name: "f", input: {} },
      { type: "input_json_delta", partial_json: '{"a":1}' },
    );
    const { events } = read([START, ...call]);
    expect(events.at(-1)).toEqual({ type: "tool-call", callId: "t1", name: "f", input: { a: 1 } });
  });

  test("arguments that are not JSON stay text", () => {
    const call = block(
      0,
      { type: "tool_use", id: "t1", name: "f", input: {} },
      { type: "input_json_delta", partial_json: '{"a":' },
    );
    const { events } = read([START, ...call, ...END]);
    expect(events).toContainEqual({ type: "tool-call", callId: "t1", name: "f", input: '{"a":', invalid: true });
  });

  test("blocks that are open at once do not mix", () => {
    const { events } = read([
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
    const { events } = read([START, ...content, ...END]);
    const data = { type: "hologram", id: "h", scene: "sea and sky", light: 3 };
    expect(events).toContainEqual({
      type: "data",
      name: "provider/hologram",
      value: data,
      opaque: { dialect: "anthropic", data },
    });
  });

  test("kinds of events and deltas that it does not know are handed on", () => {
    const { events } = read([
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

  test("how far thinking is that is not shown is told", () => {
    const progress = [50, 120, null].map((estimated_tokens) => ({
      type: "thinking_delta",
      thinking: "",
      estimated_tokens,
    }));
    const { events } = read([
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

  test.each([
    ["stop_sequence", "stop", "stop_sequence"],
    ["model_context_window_exceeded", "length", "model_context_window_exceeded"],
    ["pause_turn", "pause", undefined],
    ["compaction", "pause", "compaction"],
    ["refusal", "refusal", undefined],
    ["brand_new", "other", "brand_new"],
  ])("stop reason %s is %s", (word, reason, rawReason) => {
    const { events } = read([START, { type: "message_delta", delta: { stop_reason: word } }, { type: "message_stop" }]);
    const finish = events.at(-1);
    expect(finish).toMatchObject({ type: "finish", reason });
    expect(finish?.type === "finish" && finish.rawReason).toBe(rawReason);
  });

  test("an error in mid-stream is typed and keeps the request id", () => {
    const { events, error } = read([
      START,
      ...block(0, { type: "text", text: "" }, text("Hi")),
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
    expect(read(frames).error).toMatchObject({ code: "truncated", retryable: true });
  });

  test("message_stop need not come where the reason did", () => {
    const { events, error } = read([START, ...block(0, { type: "text", text: "Hi" }), ...END.slice(0, 1)]);
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test.each<[string, JsonObject[], object[]]>([
    [
      "without its block's start",
      [{ type: "content_block_delta", index: 3, delta: text("Hi") }],
      [{ type: "text", text: "Hi" }],
    ],
    [
      "on the index of a thinking block",
      [
        { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm" } },
        { type: "content_block_delta", index: 0, delta: text("Hi ") },
        { type: "content_block_delta", index: 0, delta: text("there") },
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
        { type: "content_block_delta", index: 0, delta: text("Hi") },
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
        { type: "content_block_delta", index: 0, delta: text("Hi") },
        { type: "content_block_stop", index: 0 },
      ],
      [
        { type: "reasoning", text: "Hm" },
        { type: "text", text: "Hi" },
      ],
    ],
  ])("a piece of text is never lost: %s", (_, frames, parts) => {
    const { events, error } = read([START, ...frames, ...END]);
    expect(error).toBeUndefined();
    expect(summarise(events).parts).toMatchObject(parts);
  });

  test("an answer without message_start, or after [DONE], is read", () => {
    const { events, error } = read([...block(0, { type: "text", text: "Hi" }), ...END]);
    expect(error).toBeUndefined();
    expect(summarise(events).parts).toMatchObject([{ type: "text", text: "Hi" }]);
  });

  test("a message that is said twice, whole or in its end, is said once", () => {
    const call = block(1, { type: "tool_use", id: "t", name: "x", input: { a: 1 } });
    const answer = [START, ...block(0, { type: "text", text: "Hi" }), ...call, ...END];
    for (const again of [answer, END, END.slice(-1)]) {
      const { events, error } = read([...answer, ...again]);
      expect(error).toBeUndefined();
      expect(summarise(events).parts).toHaveLength(2);
      expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
    }
  });

  test("calls with one id are told under two, and one that is said twice once", () => {
    const call = (index: number, input: JsonObject) => block(index, { type: "tool_use", id: "t", name: "x", input });
    const { events } = read([START, ...call(0, { a: 1 }), ...call(1, { a: 2 }), ...call(2, { a: 1 }), ...END]);
    const calls = events.flatMap((event) => (event.type === "tool-call" ? [[event.callId, event.input]] : []));
    expect(calls).toEqual([
      ["t", { a: 1 }],
      ["t_2", { a: 2 }],
    ]);
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
    expect(read([START, ...frames, ...end]).events.at(-1)).toMatchObject({ reason });
  });

  test("the model that answers where another refused is named", () => {
    const change = block(0, { type: "fallback", from: { model: "claude-a" }, to: { model: "claude-b" } });
    const { events } = read([START, ...change, ...END]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "data",
        name: "fallback/model",
        value: { type: "fallback", from: "claude-a", to: "claude-b" },
      }),
    );
  });

  test("a frame of another protocol, and an error of any shape, are told", () => {
    const chunk = { choices: [{ index: 0, delta: { content: "Hi" } }] };
    expect(read([chunk]).error).toMatchObject({ code: "malformed-frame", retryable: false });
    expect(read([chunk]).error?.message).toMatch(/OpenAI's chat completions protocol, and anthropic was asked for/);
    expect(read([START, { detail: "boom" }]).error).toMatchObject({ providerMessage: "boom" });
    expect(read([START, { success: false, errors: [{ message: "boom" }] }, ...END]).error).toMatchObject({
      providerMessage: "boom",
    });
  });

  test("frames padded with blanks, as Anthropic sends them, say the same", () =>
    fc.assert(
      fc.property(fc.array(trickyText, { maxLength: 20 }), fc.infiniteStream(fc.nat(6)), (pieces, blanks) => {
        const frames = [START, ...block(0, { type: "text", text: "" }, ...pieces.map(text)), ...END];
        const padded = frames.map((frame) => {
          const whole = JSON.stringify(frame);
          const pad = () => " ".repeat(blanks.next().value ?? 0);
          return `${whole.slice(0, -1)}${pad()}}${pad()}`;
        });
        expect(read(padded)).toEqual(read(frames));
      }),
    ));

  test("a repeated message_start is ignored; a new one after the end is another step", () => {
    const second = { ...START, message: { ...MESSAGE, id: "msg_2" } };
    const said = block(0, { type: "text", text: "" }, text("Hi"));
    expect(read([START, START, ...said, ...END])).toEqual(read([START, ...said, ...END]));
    const { events } = read([START, ...said, ...END, second, ...said, ...END]);
    expect(events.filter((event) => event.type.startsWith("step")).map((event) => event.type)).toEqual([
      "step-finish",
      "step-start",
      "step-finish",
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 10, outputTokens: 6 } });
  });

  test("64 KiB of arguments in pieces of 8 characters are parsed once", () => {
    const input = JSON.stringify({ text: "x".repeat(65_536) });
    const deltas: JsonObject[] = [];
    for (let at = 0; at < input.length; at += 8) {
      deltas.push({ type: "input_json_delta", partial_json: input.slice(at, at + 8) });
    }
    const frames = [START, ...block(0, { type: "tool_use", id: "t", name: "f", input: {} }, ...deltas), ...END];
    const parse = vi.spyOn(JSON, "parse");
    const { events } = read(frames);
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
    const streamed = read([START, ...block(0, tool), ...cut]).events;
    const whole = readBody({ ...MESSAGE, content: [tool], stop_reason: "max_tokens" });
    for (const events of [streamed, whole]) {
      expect(summarise(events).parts).toEqual([{ ...bare, input: "", invalid: true }]);
    }
  });

  test("after another is the only one that is cut", () => {
    const first = { ...tool, id: "toolu_0" };
    const { parts } = summarise(read([START, ...block(0, first), ...block(1, tool), ...cut]).events);
    expect(parts).toEqual([
      { ...bare, callId: "toolu_0", input: {} },
      { ...bare, input: "", invalid: true },
    ]);
  });

  test("is one without arguments where nothing was cut", () => {
    const end = [{ type: "message_delta", delta: { stop_reason: "tool_use" } }, { type: "message_stop" }];
    expect(summarise(read([START, ...block(0, tool), ...end]).events).parts).toEqual([{ ...bare, input: {} }]);
  });
});

test("calls of several blocks that end together are all told", () => {
  const open = (index: number) => ({
    type: "content_block_start",
    index,
    content_block: { type: "tool_use", id: `toolu_${index}`, name: "now", input: {} },
  });
  const close = (index: number) => ({ type: "content_block_stop", index });
  const { parts } = summarise(read([START, open(0), open(1), close(0), close(1), ...END]).events);
  expect(parts).toMatchObject([{ callId: "toolu_0" }, { callId: "toolu_1" }]);
});

test("pieces whose block is left out are those of the first, however many there are", () => {
  const pieces = Array.from({ length: 12 }, (_, index) => ({ type: "content_block_delta", delta: text(`${index}.`) }));
  const [open = {}, close = {}] = block(0, { type: "text", text: "" });
  const { parts } = summarise(read([START, open, ...pieces, close, ...END]).events);
  expect(parts).toEqual([{ type: "text", text: "0.1.2.3.4.5.6.7.8.9.10.11." }]);
});

test("arguments that a service says as text are read", () => {
  const tool = { type: "tool_use", id: "toolu_1", name: "pay", input: '{"amount":1}' };
  expect(summarise(read([START, ...block(0, tool), ...END]).events).parts).toMatchObject([{ input: { amount: 1 } }]);
});

test.each([{ error: "upstream is gone" }, { message: "upstream is gone" }, { error: { message: "upstream is gone" } }])(
  "%j, without a type, is an error",
  (frame) => {
    expect(read([START, frame]).error).toMatchObject({ code: "provider-error", providerMessage: "upstream is gone" });
  },
);

test("a call without its tool's name is one of no tool, and words of JavaScript are none of ours", () => {
  const nameless = block(0, { type: "tool_use", id: "toolu_1", name: "", input: {} });
  expect(read([START, ...nameless, ...END]).events).toContainEqual(
    expect.objectContaining({ type: "tool-call", callId: "toolu_1", name: "unnamed" }),
  );
  const odd = { type: "message_delta", delta: { stop_reason: "constructor" } };
  expect(read([START, odd, { type: "message_stop" }]).events.at(-1)).toMatchObject({
    reason: "other",
    rawReason: "constructor",
  });
});

test("events of a kind that is not known come after the start, and what is said with the end is told", () => {
  const { events } = read([{ type: "vertex_event", at: 1 }, START, END[0] ?? {}, { type: "message_stop", metrics: 2 }]);
  expect(events.map((event) => (event.type === "data" ? event.name : event.type))).toEqual([
    "start",
    "provider/vertex_event",
    "usage",
    "usage",
    "provider/metrics",
    "finish",
  ]);
});
