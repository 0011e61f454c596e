import { describe, expect, test, vi } from "vitest";
import { summarise } from "../../../test/laws/summary.js";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { type AnswerForm, chatForm, generateForm } from "./answer-form.js";
import { OllamaReader } from "./reader.js";

const HEAD = { model: "m", created_at: "2026-01-02T03:04:05.678901Z" };
const COUNTS = {
  total_duration: 9,
  load_duration: 1,
  prompt_eval_count: 4,
  prompt_eval_duration: 3,
  eval_count: 2,
  eval_duration: 5,
};

function read(
  lines: readonly (JsonObject | string)[],
  form: AnswerForm = chatForm,
): { events: ChatEvent[]; error?: SluiceError } {
  const events: ChatEvent[] = [];
  const reader = new OllamaReader(form);
  try {
    for (const line of lines) {
      reader.push({ data: typeof line === "string" ? line : JSON.stringify(line) }, (event) => events.push(event));
    }
    reader.end((event) => events.push(event));
    return { events };
  } catch (error) {
    return { events, error: error as SluiceError };
  }
}

const line = (message: JsonObject, more: JsonObject = { done: false }) => ({
  ...HEAD,
  message: { role: "assistant", content: "", ...message },
  ...more,
});

describe("the Ollama reader", () => {
  test("counts tokens and keeps the durations", () => {
    const { events } = read([line({ content: "Hi" }), line({}, { done: true, done_reason: "stop", ...COUNTS })]);
    const usage = { inputTokens: 4, outputTokens: 2, raw: COUNTS };
    expect(events).toEqual([
      { type: "start", id: expect.any(String), model: "m" },
      { type: "text-delta", text: "Hi" },
      { type: "usage", usage },
      { type: "finish", reason: "stop", usage },
    ]);
  });

  test("counts what was read from memory, and keeps counters that it does not know", () => {
    const counts = { ...COUNTS, prompt_eval_cached_count: 3, draft_eval_count: 7 };
    const { events } = read([line({ content: "Hi" }, { done: true, done_reason: "stop", ...counts })]);
    const usage = { inputTokens: 4, outputTokens: 2, cacheReadTokens: 3, raw: counts };
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop", usage });
  });

  test("says a call when its line comes, with the id that it was given", () => {
    const call = { id: "call_abc", function: { index: 0, name: "f", arguments: { a: 1 } } };
    const { events } = read([line({ tool_calls: [call] })]);
    expect(events.at(-1)).toEqual({ type: "tool-call", callId: "call_abc", name: "f", input: { a: 1 } });
  });

  test("gives several calls without ids an id each", () => {
    const call = { function: { name: "f", arguments: {} } };
    const { events } = read([line({ tool_calls: [call, call] }), line({}, { done: true })]);
    const ids = events.flatMap((event) => (event.type === "tool-call" ? [event.callId] : []));
    expect(ids).toEqual(["call_20260102T030405678901Z_0", "call_20260102T030405678901Z_1"]);
  });

  test("thinking and text of one line are both emitted", () => {
    const { events } = read([line({ thinking: "Hm.", content: "Yes." }), line({}, { done: true })]);
    expect(summarise(events).parts).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Yes." },
    ]);
  });

  test("leaves thoughts within the text where they are", () => {
    const { events } = read([line({ content: "<think>Hm.</think>Yes." }, { done: true })]);
    expect(summarise(events).parts).toEqual([{ type: "text", text: "<think>Hm.</think>Yes." }]);
  });

  test.each([
    ["length", "length", undefined],
    ["load", "stop", "load"],
    ["unload", "stop", "unload"],
    ["melted", "other", "melted"],
  ])("done_reason %s is %s", (word, reason, rawReason) => {
    const finish = read([
      { ...HEAD, message: { role: "assistant", content: "" }, done: true, done_reason: word },
    ]).events.at(-1);
    expect(finish).toMatchObject({ type: "finish", reason });
    expect(finish?.type === "finish" && finish.rawReason).toBe(rawReason);
  });

  test("an image that a model made is a file, and how far it is, data", () => {
    const { events } = read(
      [
        { ...HEAD, response: "", completed: 1, total: 2, done: false },
        { ...HEAD, response: "", image: "iVBORw0KGgoB", done: true },
      ],
      generateForm,
    );
    expect(events).toContainEqual({ type: "data", name: "provider/progress", value: { completed: 1, total: 2 } });
    expect(events).toContainEqual(expect.objectContaining({ type: "file", mediaType: "image/png" }));
  });

  test.each([
    ["llama runner process has terminated", "provider-error"],
    ["the input length exceeds the context length", "context-length"],
  ])("an error in mid-stream (%s) is %s", (message, code) => {
    const { events, error } = read([line({ content: "Hi" }), { error: message }]);
    expect(error).toMatchObject({ code, providerMessage: message });
    expect(summarise(events).parts).toEqual([{ type: "text", text: "Hi" }]);
  });

  test.each([
    ["nothing at all", []],
    ["no line that says done", [line({ content: "Hi" })]],
    ["half a line", [line({ content: "Hi" }), JSON.stringify(line({ content: "}" })).slice(0, -20)]],
  ])("%s is truncated", (_, lines) => {
    expect(read(lines).error).toMatchObject({ code: "truncated", retryable: true });
  });

  test.each(['{"message":"Service unavailable"}', '{"a":1}}', "[]", "{]", "no"])(
    "%s is malformed, and shown",
    (text) => {
      expect(read([text]).error).toMatchObject({ code: "malformed-frame", frame: text });
    },
  );

  test("lines that differ in their time are parsed only until they are learned", () => {
    const lines = Array.from({ length: 2_000 }, (_, index) => ({
      ...line({ content: `w${index} ` }),
      created_at: `2026-01-02T03:04:05.${index}Z`,
    }));
    const parse = vi.spyOn(JSON, "parse");
    const { events } = read([...lines, line({}, { done: true })]);
    const parses = parse.mock.calls.length;
    parse.mockRestore();
    expect(events.filter((event) => event.type === "text-delta")).toHaveLength(2_000);
    expect(parses).toBeLessThan(100);
  });
});
