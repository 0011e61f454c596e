import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { readWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";

type Wire = readonly (object | string)[];

/** What a stream says, the same however its bytes are cut. Texts are written as they are. */
function read(dialect: Dialect, wire: Wire) {
  const end = dialect.framing === "sse" ? "\n\n" : "\n";
  const label = dialect.framing === "sse" ? "data: " : "";
  const text = wire.map((frame) => (typeof frame === "string" ? frame : `${label}${JSON.stringify(frame)}${end}`));
  const bytes = new TextEncoder().encode(text.join(""));
  const whole = readWire(dialect, [bytes]);
  const cut = readWire(
    dialect,
    Array.from(bytes, (byte) => Uint8Array.of(byte)),
  );
  expect(saidIn(cut.events)).toEqual(saidIn(whole.events));
  expect(cut.error?.message).toBe(whole.error?.message);
  const { parts, reason } = summarise(whole.events);
  return { ...whole, parts, reason };
}

/** What the events come to, without the ids that are made here. */
function saidIn(events: readonly ChatEvent[]) {
  const { parts, reason, usage } = summarise(events);
  return { parts: parts.map((part) => ({ ...part, callId: "" })), reason, usage };
}

const chunk = (delta: object, finish: unknown = null, more: object = {}) => ({
  id: "c",
  model: "m",
  choices: [{ index: 0, delta, finish_reason: finish, ...more }],
});
const calls = (...tool_calls: object[]) => chunk({ tool_calls });
const DONE = "data: [DONE]\n\n";
const call = (name: string, input: unknown) => expect.objectContaining({ name, input });

const begun = { type: "message_start", message: { id: "a", model: "m", content: [], usage: { input_tokens: 1 } } };
const block = (content_block: object) => ({ type: "content_block_start", index: 0, content_block });
const delta = (piece: object) => ({ type: "content_block_delta", index: 0, delta: piece });
const ended = (stop_reason: unknown) => ({
  type: "message_delta",
  delta: { stop_reason },
  usage: { output_tokens: 2 },
});
const STOP = { type: "message_stop" };

const candidate = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, ...more }],
});
const line = (message: object | null, more: object = {}) => ({ model: "m", message, done: false, ...more });

/** An answer with one call, or with text alone, that ends with a word. */
const ENDINGS: readonly [string, Dialect, (word: unknown, calling: boolean) => Wire][] = [
  [
    "openai-chat",
    openAiChat,
    (word, calling) => [
      calling ? calls({ index: 0, id: "t", function: { name: "f", arguments: "{}" } }) : chunk({ content: "Hi" }),
      chunk({}, word),
      DONE,
    ],
  ],
  [
    "anthropic",
    anthropic,
    (word, calling) => [
      begun,
      block(calling ? { type: "tool_use", id: "t", name: "f", input: {} } : { type: "text", text: "Hi" }),
      { type: "content_block_stop", index: 0 },
      ended(word),
      STOP,
    ],
  ],
  [
    "gemini",
    gemini,
    (word, calling) => [
      candidate([calling ? { functionCall: { name: "f", args: {} } } : { text: "Hi" }], { finishReason: word }),
    ],
  ],
  [
    "ollama",
    ollama,
    (word, calling) => [
      line(calling ? { content: "", tool_calls: [{ function: { name: "f", arguments: {} } }] } : { content: "Hi" }),
      line({ content: "" }, { done: true, done_reason: word }),
    ],
  ],
];

describe.each(ENDINGS)(
  "the last word of an answer of %s, from whatever provider stands behind",
  (_, dialect, answer) => {
    test.each([
      ["stop", "stop"],
      ["STOP", "stop"],
      ["end_turn", "stop"],
      ["COMPLETE", "stop"],
      ["length", "length"],
      ["MAX_TOKENS", "length"],
      ["model_context_window_exceeded", "length"],
      ["content_filter", "content-filter"],
      ["guardrail_intervened", "content-filter"],
      ["ERROR_TOXIC", "content-filter"],
      ["refusal", "refusal"],
      [{ type: "length" }, "length"],
      ["a word of nobody", "other"],
    ])("%j after text is `%s`", (word, reason) => {
      const said = read(dialect, answer(word, false));
      expect(said.error).toBeUndefined();
      expect(said.reason).toBe(reason);
    });

    test.each(["tool_calls", "tool_use", "stop", "TOOL_USE", "function_call", "a word of nobody"])(
      "%j after a call waits for its result",
      (word) => {
        expect(read(dialect, answer(word, true)).reason).toBe("tool-calls");
      },
    );

    test.each(["error", "timeout", "cancelled", "abort", { type: "abort", message: "out of memory" }])(
      "%j is an answer that broke off",
      (word) => {
        const { error, events } = read(dialect, answer(word, false));
        expect(error).toMatchObject({ code: "provider-error", retryable: true });
        expect(error?.message).toContain(typeof word === "string" ? "" : word.message);
        expect(events.some(({ type }) => type === "finish")).toBe(false);
      },
    );
  },
);

describe("errors within an answer", () => {
  test.each<[string, object | string, object]>([
    [
      "an exception of AWS under its name",
      { throttlingException: { message: "slow down" } },
      { code: "provider-error" },
    ],
    [
      "an exception of AWS beside its name",
      { __type: "ThrottlingException", Message: "slow down" },
      { code: "rate-limited" },
    ],
    ["a status that is no number", { status: "error", message: "slow down" }, { code: "provider-error" }],
    ["an `error:` within the data", 'data: error: {"code":503,"message":"slow down"}\n\n', { status: 503 }],
    ["an `error:` line", 'error: {"code":503,"message":"slow down"}\n\n', { status: 503 }],
  ])("%s is one in its words", (_, frame, expected) => {
    const { error } = read(openAiChat, [chunk({ content: "Hel" }), frame, DONE]);
    expect(error).toMatchObject({ ...expected, providerMessage: "slow down" });
  });
});

describe("frames that say nothing", () => {
  test.each([
    "data: null\n\n",
    "event: ping\ndata: ping\n\n",
    "data: keep-alive\n\n",
    "data: : PROCESSING\n\n",
    "event: heartbeat\ndata: 1\n\n",
  ])("%j only keeps the connection open", (beat) => {
    expect(read(openAiChat, [beat, chunk({ content: "Hi" }), beat, chunk({}, "stop"), DONE])).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
    expect(
      read(anthropic, [beat, begun, beat, block({ type: "text", text: "Hi" }), ended("end_turn"), STOP]),
    ).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
  });
});

describe("events whose frames were damaged on their way", () => {
  const frames = [chunk({ content: "H" }), chunk({ content: "i" }), chunk({}, "stop")].map((one) =>
    JSON.stringify(one),
  );

  test("without the empty lines between them", () => {
    const { parts, reason } = read(openAiChat, [
      `${[...frames, "[DONE]"].map((data) => `data: ${data}`).join("\n")}\n`,
    ]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hi" }], "stop"]);
  });

  test("with labels, and without the empty lines between them", () => {
    const events = [
      begun,
      block({ type: "text", text: "" }),
      delta({ type: "text_delta", text: "Hi" }),
      ended("end_turn"),
      STOP,
    ];
    const lines = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n`);
    const { parts, reason } = read(anthropic, [lines.join("")]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hi" }], "stop"]);
  });

  test("with `data:` twice", () => {
    const { parts, reason } = read(
      openAiChat,
      [...frames, "[DONE]"].map((data) => `data: data: ${data}\n\n`),
    );
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hi" }], "stop"]);
  });

  test("JSON on several lines of data stays one frame", () => {
    const pretty = (value: object) => `${JSON.stringify(value, null, 1).replace(/^/gm, "data: ")}\n\n`;
    const { parts } = read(openAiChat, [pretty(chunk({ content: "Hi" })), pretty(chunk({}, "stop")), DONE]);
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
  });
});

describe("calls in an OpenAI chat", () => {
  const end = [chunk({}, "tool_calls"), DONE];
  const fn = (name: string, text: unknown) => ({ name, arguments: text });

  test("with indexes as text each get their own arguments", () => {
    const { parts } = read(openAiChat, [
      calls({ index: "0", id: "a", function: fn("f", '{"a":') }),
      calls({ index: "1", id: "b", function: fn("g", '{"b":') }),
      calls({ index: "0", function: { arguments: "1}" } }),
      calls({ index: "1", function: { arguments: "2}" } }),
      ...end,
    ]);
    expect(parts).toEqual(expect.arrayContaining([call("f", { a: 1 }), call("g", { b: 2 })]));
    expect(parts).toHaveLength(2);
  });

  test.each<[string, object]>([
    ["without the list around it", chunk({ tool_calls: { id: "a", function: fn("f", '{"a":1}') } })],
    ["beside the delta", chunk({}, null, { tool_calls: [{ id: "a", function: fn("f", '{"a":1}') }] })],
  ])("%s is a call", (_, frame) => {
    expect(read(openAiChat, [frame, ...end])).toMatchObject({ parts: [call("f", { a: 1 })], reason: "tool-calls" });
  });

  test("whose pieces repeat what came before have the last", () => {
    const pieces = ['{"a"', '{"a":1', '{"a":12}'].map((text) => calls({ index: 0, id: "a", function: fn("f", text) }));
    expect(read(openAiChat, [...pieces, ...end]).parts).toEqual([call("f", { a: 12 })]);
  });

  test.each([
    ["a line end in a string", '{"a":"x\ny"}', { a: "x\ny" }],
    ["a tab behind an escaped quote", '{"a":"\\"\t"}', { a: '"\t' }],
    ["a fence around them", '```json\n{"a":1}\n```', { a: 1 }],
  ])("with %s are understood", (_, text, input) => {
    const { parts } = read(openAiChat, [calls({ index: 0, id: "a", function: fn("f", text) }), ...end]);
    expect(parts).toEqual([{ type: "tool-call", callId: "a", name: "f", input }]);
  });
});

describe("what a model thinks, over an OpenAI chat", () => {
  test.each([
    { reasoning_content: "hm" },
    { reasoning: "hm" },
    { reasoning_text: "hm" },
    { thinking: "hm" },
    { reasoning: { content: "hm" } },
    { reasoning_content: "hm", reasoning: "hm" },
    { thinking_blocks: [{ type: "thinking", thinking: "hm" }] },
  ])("is reasoning: %j", (thought) => {
    const { parts } = read(openAiChat, [chunk(thought), chunk({ content: "Hi" }), chunk({}, "stop"), DONE]);
    expect(parts).toEqual([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Hi" },
    ]);
  });

  test("what seals it comes back as it came", () => {
    const thinking = (text: string, more: object = {}) => ({
      thinking_blocks: [{ type: "thinking", thinking: text, ...more }],
    });
    const { events } = read(openAiChat, [
      chunk({ reasoning_content: "h", ...thinking("h") }),
      chunk({ reasoning_content: "m", ...thinking("m") }),
      chunk({ ...thinking("", { signature: "sealed" }), reasoning_opaque: "shut" }),
      chunk({ content: "Hi" }, "stop"),
      DONE,
    ]);
    const state = events.flatMap((event) => (event.type === "reasoning-delta" && event.opaque) || []);
    expect(state).toHaveLength(1);
    const { body } = openAiChat.writeRequest(
      {
        messages: [
          { role: "user", content: "Hi" },
          {
            role: "assistant",
            content: [
              { type: "reasoning", text: "hm", ...(state[0] && { opaque: state[0] }) },
              { type: "text", text: "Hi" },
            ],
          },
          { role: "user", content: "On" },
        ],
      },
      { model: "m", stream: true },
    );
    expect(body).toMatchObject({
      messages: [
        {},
        {
          content: "Hi",
          thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "sealed" }],
          reasoning_opaque: "shut",
          reasoning_text: "hm",
        },
        {},
      ],
    });
  });

  test("its counts may have the names of the Responses protocol", () => {
    const usage = { input_tokens: 5, output_tokens: 6, output_tokens_details: { reasoning_tokens: 4 } };
    const { events } = read(openAiChat, [{ ...chunk({ content: "Hi" }, "stop"), usage }, DONE]);
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 5, outputTokens: 6, reasoningTokens: 4 } });
  });
});

describe("Anthropic's protocol as others speak it", () => {
  test.each([{ text: "Hi" }, { type: "text", text: "Hi" }])("text is never lost: %j", (piece) => {
    const { parts } = read(anthropic, [
      begun,
      block({ type: "text", text: "" }),
      delta(piece),
      ended("end_turn"),
      STOP,
    ]);
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
  });

  test.each([{ thinking: "hm" }, { type: "reasoning_delta", reasoning: "hm" }])("nor what it thinks: %j", (piece) => {
    const { parts } = read(anthropic, [
      begun,
      block({ type: "thinking", thinking: "" }),
      delta(piece),
      ended("end_turn"),
      STOP,
    ]);
    expect(parts).toEqual([{ type: "reasoning", text: "hm" }]);
  });

  test("arguments may come as an object", () => {
    const { parts } = read(anthropic, [
      begun,
      block({ type: "tool_use", id: "t", name: "f", input: {} }),
      delta({ type: "input_json_delta", partial_json: { a: 1 } }),
      ended("tool_use"),
      STOP,
    ]);
    expect(parts).toEqual([call("f", { a: 1 })]);
  });

  test("a whole message may be nothing but a text", () => {
    const message = { id: "a", type: "message", role: "assistant", model: "m", content: "Hi", stop_reason: "end_turn" };
    expect(summarise(anthropic.readBody(message))).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
  });
});

describe("the Responses protocol as others speak it", () => {
  const created = { type: "response.created", response: { id: "r", model: "m" } };
  const text = { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" };

  test("calls that are open at once under one index keep their arguments apart", () => {
    const item = (n: string, text: string) => ({
      type: "function_call",
      id: `fc_${n}`,
      call_id: n,
      name: `f_${n}`,
      arguments: text,
    });
    const event = (type: string, more: object) => ({ type: `response.${type}`, output_index: 0, ...more });
    const args = (n: string, piece: string) =>
      event("function_call_arguments.delta", { item_id: `fc_${n}`, delta: piece });
    const { parts } = read(openAiResponses, [
      created,
      event("output_item.added", { item: item("a", "") }),
      event("output_item.added", { item: item("b", "") }),
      args("a", '{"a":'),
      args("b", '{"b":'),
      args("a", "1}"),
      args("b", "2}"),
      event("output_item.done", { item: item("a", '{"a":1}') }),
      event("output_item.done", { item: item("b", '{"b":2}') }),
      { type: "response.completed", response: { id: "r", status: "completed", output: [] } },
    ]);
    expect(parts).toEqual([call("f_a", { a: 1 }), call("f_b", { b: 2 })]);
  });

  test("it may end with the word of the Realtime protocol", () => {
    const response = { id: "r", status: "completed", output: [] };
    expect(read(openAiResponses, [created, text, { type: "response.done", response }])).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
  });

  test("or with nothing but the marker of the older protocol", () => {
    const { reason, error } = read(openAiResponses, [created, text, DONE]);
    expect([reason, error]).toEqual(["other", undefined]);
    expect(read(openAiResponses, [created, text]).error?.code).toBe("truncated");
  });
});

describe("Gemini's protocol as others speak it", () => {
  test.each<[string, object]>([
    ["finish reasons by their numbers", candidate([{ text: "Hi" }], { finishReason: 1 })],
    [
      "fields as protocol buffers name them",
      { candidates: [{ content: { parts: [{ text: "Hi" }] }, finish_reason: "STOP" }] },
    ],
    ["the chunk within another's `response`", { response: candidate([{ text: "Hi" }], { finishReason: "STOP" }) }],
  ])("%s", (_, frame) => {
    expect(read(gemini, [frame])).toMatchObject({ parts: [{ type: "text", text: "Hi" }], reason: "stop" });
    expect(summarise(gemini.readBody(JSON.parse(JSON.stringify(frame))))).toMatchObject({ reason: "stop" });
  });

  test("a line of Ollama's may have no message", () => {
    expect(read(ollama, [line(null), line({ content: "Hi" }, { done: true })]).parts).toEqual([
      { type: "text", text: "Hi" },
    ]);
  });
});
