import { describe, expect, test } from "vitest";
import { readWire } from "../../../test/laws/dialect-laws.js";
import { summarise } from "../../../test/laws/summary.js";
import type { JsonObject } from "../../stream/json.js";
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
  expect(events).toContainEqual({ type: "data", name: "hologram.turning", value: { output_index: 0, angle: 90 } });
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
