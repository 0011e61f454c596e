import { describe, expect, test } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { call, calls, chunk, DONE, readAnyCut } from "./gateway-wire.js";

describe("calls in an OpenAI chat", () => {
  const end = [chunk({}, "tool_calls"), DONE];
  const fn = (name: string, text: unknown) => ({ name, arguments: text });

  test("with indexes as text each get their own arguments", () => {
    const { parts } = readAnyCut(openAiChat, [
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
    expect(readAnyCut(openAiChat, [frame, ...end])).toMatchObject({
      parts: [call("f", { a: 1 })],
      reason: "tool-calls",
    });
  });

  test("whose pieces repeat what came before have the last", () => {
    const pieces = ['{"a"', '{"a":1', '{"a":12}'].map((text) => calls({ index: 0, id: "a", function: fn("f", text) }));
    expect(readAnyCut(openAiChat, [...pieces, ...end]).parts).toEqual([call("f", { a: 12 })]);
  });

  test.each([
    ["a line end in a string", '{"a":"x\ny"}', { a: "x\ny" }],
    ["a tab behind an escaped quote", '{"a":"\\"\t"}', { a: '"\t' }],
    ["a fence around them", '```json\n{"a":1}\n```', { a: 1 }],
  ])("with %s are understood", (_, text, input) => {
    const { parts } = readAnyCut(openAiChat, [calls({ index: 0, id: "a", function: fn("f", text) }), ...end]);
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
    const { parts } = readAnyCut(openAiChat, [chunk(thought), chunk({ content: "Hi" }), chunk({}, "stop"), DONE]);
    expect(parts).toEqual([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Hi" },
    ]);
  });

  test("what seals it comes back as it came", () => {
    const thinking = (text: string, more: object = {}) => ({
      thinking_blocks: [{ type: "thinking", thinking: text, ...more }],
    });
    const { events } = readAnyCut(openAiChat, [
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
    const { events } = readAnyCut(openAiChat, [{ ...chunk({ content: "Hi" }, "stop"), usage }, DONE]);
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 5, outputTokens: 6, reasoningTokens: 4 } });
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
    const { parts } = readAnyCut(openAiResponses, [
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
    expect(readAnyCut(openAiResponses, [created, text, { type: "response.done", response }])).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
  });

  test("or with nothing but the marker of the older protocol", () => {
    const { reason, error } = readAnyCut(openAiResponses, [created, text, DONE]);
    expect([reason, error]).toEqual(["other", undefined]);
    expect(readAnyCut(openAiResponses, [created, text]).error?.code).toBe("truncated");
  });
});
