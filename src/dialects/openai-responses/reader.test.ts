import { describe, expect, test } from "vitest";
import { readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import { summarise, textOfEvents } from "../../../test/laws/summary.js";
import type { JsonObject } from "../../base/json.js";
import { openAiResponses } from "./openai-responses.js";

const START = { type: "response.created", response: { id: "resp_1", model: "gpt-test", status: "in_progress" } };
const CALL = {
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  name: "pay",
  arguments: "",
  status: "in_progress",
};

function read(...events: JsonObject[]) {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  return readWire(openAiResponses, [new TextEncoder().encode(text)]);
}

function end(status: string, more: JsonObject = {}): JsonObject {
  return { type: `response.${status}`, response: { id: "resp_1", status, output: [], ...more } };
}

const CUT = end("incomplete", { incomplete_details: { reason: "max_output_tokens" } });

describe("a call that is cut by the token limit", () => {
  const added = { type: "response.output_item.added", output_index: 0, item: CALL };
  const delta = { type: "response.function_call_arguments.delta", output_index: 0, delta: '{"amount":1' };

  test("in its arguments has them as text, marked as no JSON", () => {
    const { parts, reason } = summarise(read(START, added, delta, CUT).events);
    expect(parts).toEqual([{ type: "tool-call", callId: "call_1", name: "pay", input: '{"amount":1', invalid: true }]);
    expect(reason).toBe("length");
  });

  test("before its arguments is not one without any", () => {
    const { parts } = summarise(read(START, added, CUT).events);
    expect(parts).toEqual([{ type: "tool-call", callId: "call_1", name: "pay", input: "", invalid: true }]);
  });

  test("is taken from the response's end, where it stands there", () => {
    const output = [{ ...CALL, arguments: '{"amount":12', status: "incomplete" }];
    const { parts } = summarise(read(START, added, delta, end("incomplete", { output })).events);
    expect(parts).toMatchObject([{ input: '{"amount":12', invalid: true }]);
  });
});

test("arguments that are none are an empty object where the call is complete", () => {
  const item = { ...CALL, status: "completed" };
  const { parts } = summarise(
    read(START, { type: "response.output_item.done", output_index: 0, item }, end("completed")).events,
  );
  expect(parts).toMatchObject([{ type: "tool-call", input: {} }]);
});

test("an answer of which nothing was streamed is taken from its end", () => {
  const output = [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] }];
  expect(summarise(read(START, end("completed", { output })).events).parts).toEqual([{ type: "text", text: "Hello" }]);
});

test.each<[said: JsonObject, code: string, message: string]>([
  [{ type: "error", code: "rate_limit_exceeded", message: "slow down", param: null }, "rate-limited", "slow down"],
  [{ type: "error", error: { type: "server_error", message: "oops" } }, "provider-error", "oops"],
  [end("failed", { error: { code: "server_error", message: "it broke" } }), "provider-error", "it broke"],
  [end("failed"), "provider-error", "the response failed"],
])("%j is an error", (said, code, message) => {
  const { error } = read(START, said);
  expect(error).toMatchObject({ code });
  expect(error?.message).toContain(message);
});

test("events and items that this version does not know are not lost, and items come back", () => {
  const item = { id: "new_1", type: "hologram", shape: "cube" };
  const { events } = read(
    START,
    { type: "response.hologram.turning", output_index: 0, angle: 90 },
    { type: "response.output_item.done", output_index: 0, item },
    end("completed"),
  );
  expect(events).toContainEqual({
    type: "data",
    name: "provider/hologram.turning",
    value: { output_index: 0, angle: 90 },
  });
  const { parts } = summarise(events);
  const { body } = openAiResponses.writeRequest(
    {
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: parts },
      ],
    },
    { model: "gpt-5", stream: true },
  );
  expect(body.input).toEqual([{ role: "user", content: "Hi" }, item]);
});

function sentBack(item: JsonObject): unknown {
  const { parts } = summarise(read(START, done(item), end("completed")).events);
  const messages = [
    { role: "user" as const, content: "Hi" },
    { role: "assistant" as const, content: parts },
    {
      role: "tool" as const,
      content: [{ type: "tool-result" as const, callId: "call_1", name: "pay", output: "paid" }],
    },
  ];
  const { input } = openAiResponses.writeRequest({ messages }, { model: "gpt-5", stream: true }).body;
  return Array.isArray(input) ? input.slice(1) : input;
}

function done(item: JsonObject, index = 0): JsonObject {
  return { type: "response.output_item.done", output_index: index, item };
}

test.each([
  { type: "function_call", call_id: "call_1", name: "pay", arguments: "{}" },
  { type: "custom_tool_call", call_id: "call_1", name: "pay", input: "all of it" },
])("the namespace of a $type and the program that made it come back, and the result goes to the program", (call) => {
  const more = { namespace: "bank", caller: { type: "program", caller_id: "prog_1" } };
  const [item, result] = sentBack({ id: "fc_1", status: "completed", ...call, ...more }) as JsonObject[];
  expect(item).toEqual({ ...call, ...more });
  expect(result).toEqual({ type: `${call.type}_output`, call_id: "call_1", caller: more.caller, output: "paid" });
});

test("the namespace of a call reaches a client as it came", () => {
  const call = { type: "function_call", call_id: "call_1", name: "pay", arguments: "{}", namespace: "bank" };
  const { events } = read(START, done(call), end("completed"));
  const wire = writeWire(openAiResponses, events, { model: "m", request: { messages: [] } });
  const served = readWire(openAiResponses, [wire]).events;
  expect(new TextDecoder().decode(wire)).toContain('"namespace":"bank"');
  expect(summarise(served).parts).toEqual(summarise(events).parts);
});

test("several actions of a computer are the input of its call", () => {
  const actions = [{ type: "click", x: 1, y: 2, button: "left" }, { type: "screenshot" }];
  const item = { type: "computer_call", id: "cu_1", call_id: "call_1", status: "completed", actions };
  const { parts } = summarise(read(START, done(item), end("completed")).events);
  expect(parts).toMatchObject([{ type: "tool-call", name: "computer", input: { actions } }]);
  expect((sentBack(item) as JsonObject[])[0]).toEqual(item);
});

test("an error of a gateway that is no event is an error", () => {
  const { error } = read(START, { error: { message: "upstream is gone", code: "server_error" } });
  expect(error).toMatchObject({ code: "provider-error", providerMessage: "upstream is gone" });
});

test("pieces whose place is left out are read, however many there are", () => {
  const added = { type: "response.output_item.added", item: { type: "message", role: "assistant", content: [] } };
  const pieces = Array.from({ length: 12 }, (_, index) => ({ type: "response.output_text.delta", delta: `${index}.` }));
  const { parts } = summarise(read(START, added, ...pieces, end("completed")).events);
  expect(parts).toEqual([{ type: "text", text: "0.1.2.3.4.5.6.7.8.9.10.11." }]);
});

test("items whose place is left out are told apart", () => {
  const added = (item: JsonObject) => ({ type: "response.output_item.added", item });
  const over = (item: JsonObject) => ({ type: "response.output_item.done", item });
  const message = { type: "message", role: "assistant", content: [] };
  const text = { type: "response.output_text.delta", delta: "Hello" };
  const whole = { ...message, content: [{ type: "output_text", text: "Hello" }] };
  const call = { type: "function_call", call_id: "call_1", name: "pay", arguments: '{"amount":1}' };
  const { parts } = summarise(
    read(START, added(message), text, over(whole), added({ ...call, arguments: "" }), over(call), end("completed"))
      .events,
  );
  expect(parts).toMatchObject([
    { type: "text", text: "Hello" },
    { type: "tool-call", callId: "call_1", input: { amount: 1 } },
  ]);
});

test("an event of another kind before the answer begins is emitted after its start", () => {
  const { events } = read({ type: "rate_limits.updated", left: 3 }, START, end("completed"));
  expect(events.map(({ type }) => type)).toEqual(["start", "data", "finish"]);
  expect(events[1]).toEqual({ type: "data", name: "provider/rate_limits.updated", value: { left: 3 } });
});

test("content of another kind in a message is emitted as data", () => {
  const part = { type: "output_audio", data: "aGk=", transcript: "hi" };
  const { events } = read(START, done({ type: "message", role: "assistant", content: [part] }), end("completed"));
  expect(events).toContainEqual({ type: "data", name: "provider/output_audio", value: part });
});

test("a response that ended early says so even where its status is missing", () => {
  const { events } = read(START, {
    type: "response.incomplete",
    response: { incomplete_details: { reason: "max_output_tokens" } },
  });
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
});

test("what a service sends beyond the protocol is emitted: findings of filters, and what the answer cost", () => {
  const filters = [{ blocked: false, source_type: "prompt" }];
  const moderation = { input: { flagged: true } };
  const completed = { ...end("completed", { moderation, content_filters: filters }), copilot_usage: { total: 15 } };
  const expected = [
    { type: "data", name: "provider/moderation", value: moderation },
    { type: "data", name: "provider/content_filters", value: filters },
    { type: "data", name: "provider/copilot_usage", value: { total: 15 } },
  ];
  const { events } = read(START, completed);
  expect(events.filter(({ type }) => type === "data")).toEqual(expected);
  const whole = openAiResponses.readBody({ id: "resp_1", status: "completed", output: [], moderation });
  expect(whole).toContainEqual(expected[0]);
});

test("a response that failed says what it cost before its error", () => {
  const usage = { input_tokens: 10, output_tokens: 4, total_tokens: 14 };
  const { events, error } = read(START, end("failed", { error: { code: "server_error", message: "it broke" }, usage }));
  expect(error).toMatchObject({ code: "provider-error" });
  expect(events.at(-1)).toMatchObject({ type: "usage", usage: { inputTokens: 10, outputTokens: 4 } });
});

describe("a text that comes whole after its pieces", () => {
  const delta = (text: string) => ({
    type: "response.output_text.delta",
    output_index: 0,
    content_index: 0,
    delta: text,
  });
  const whole = (text: string) => ({ type: "response.output_text.done", output_index: 0, content_index: 0, text });
  const message = (text: string) => ({ type: "message", id: "msg_1", content: [{ type: "output_text", text }] });
  const added = { type: "response.output_item.added", output_index: 0, item: { type: "message", id: "msg_1" } };
  const completed = (text: string) => end("completed", { output: [message(text)] });
  const answer = (pieces: string[], text: string) => [
    START,
    added,
    ...pieces.map(delta),
    whole(text),
    { type: "response.output_item.done", output_index: 0, item: message(text) },
    completed(text),
  ];

  test.each([
    ["the same", ["Hel", "lo"], "Hello", "Hello", false],
    ["longer at its end", ["Hel"], "Hello", "Hello", false],
    ["shorter, as one that was trimmed", ["Hello", "\n"], "Hello", "Hello\n", false],
    ["another, since its beginning was lost", ["world!"], "Hello, world!", "Hello, world!", true],
    ["another, since its middle was lost", ["Hello ", "!"], "Hello, world!", "Hello, world!", true],
  ])("is %s", (_, pieces, text, said, retracted) => {
    const { events, error } = read(...answer(pieces, text));
    expect(error).toBeUndefined();
    expect(textOfEvents(events)).toBe(said);
    expect(events.some(({ type }) => type === "retract")).toBe(retracted);
  });

  test.each([
    ["the end", [completed("Hello")]],
    ["the whole answer", answer(["Hel", "lo"], "Hello")],
    [
      "the end without its id",
      [{ type: "response.completed", response: { status: "completed", output: [message("Hello")] } }],
    ],
  ])("%s said twice says it once", (_, again) => {
    const { events, error } = read(...answer(["Hel", "lo"], "Hello"), ...again);
    expect(error).toBeUndefined();
    expect(textOfEvents(events)).toBe("Hello");
    expect(events.filter(({ type }) => type === "finish" || type === "usage")).toHaveLength(1);
    expect(events.some(({ type }) => type === "step-start")).toBe(false);
  });

  test("a whole response in place of a stream is read", () => {
    const { events, error } = read({
      id: "resp_1",
      object: "response",
      status: "completed",
      output: [message("Hello")],
    });
    expect(error).toBeUndefined();
    expect(textOfEvents(events)).toBe("Hello");
  });

  test("two calls with one id are two, a call that comes twice is one", () => {
    const call = (args: string) => ({ ...CALL, arguments: args, status: "completed" });
    const output = [call('{"a":1}'), call('{"a":2}'), call('{"a":1}')];
    const calls = read(START, end("completed", { output })).events.flatMap((event) =>
      event.type === "tool-call" ? [[event.callId, event.input]] : [],
    );
    expect(calls).toEqual([
      ["call_1", { a: 1 }],
      ["call_1_2", { a: 2 }],
    ]);
  });

  test("pieces of arguments whose item did not begin do not end the answer", () => {
    const piece = { type: "response.function_call_arguments.delta", output_index: 4, delta: "{" };
    const { events, error } = read(START, piece, completed("Hi"));
    expect(error).toBeUndefined();
    expect(textOfEvents(events)).toBe("Hi");
  });

  test.each([
    [{ error: { message: "boom" } }, "boom"],
    [{ message: "boom", code: 500 }, "boom"],
    [{ choices: [{ delta: {} }] }, /OpenAI's chat completions protocol/],
  ])("the frame %j is told", (frame, words) => {
    expect(read(START, frame).error?.message).toMatch(words);
  });
});
