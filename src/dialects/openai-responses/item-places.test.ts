import { describe, expect, test } from "vitest";
import { summarise } from "../../../test/laws/summary.js";
import { outputText, readEvents, streamOf } from "../../../test/support/response-items.js";
import type { JsonObject } from "../../base/json.js";

describe("a server that leaves out the places of items and ends all of them at the end, as llama.cpp does", () => {
  const thought = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] };
  const message = {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [outputText("I look.")],
  };
  const calls = ["a", "b"].map((at) => ({
    ...{ type: "function_call", id: `fc_${at}`, call_id: `call_${at}`, name: "look", status: "completed" },
    arguments: `{"at":"${at}"}`,
  }));
  const output = [thought, message, ...calls];
  const added = (item: JsonObject) => ({ type: "response.output_item.added", item });

  test.each<[how: string, items: JsonObject[]]>([
    ["by their ids", output],
    ["by their order", output.map(({ id: _, ...item }) => item)],
  ])("has them told apart %s", (_, items) => {
    const streamed = items.flatMap((item, at): JsonObject[] => {
      const id = item.id === undefined ? {} : { item_id: item.id };
      if (item.type === "reasoning") {
        return [
          added({ ...item, content: [], encrypted_content: "" }),
          { type: "response.reasoning_text.delta", ...id, delta: "Hm." },
        ];
      }
      if (item.type === "message") {
        return [
          added({ ...item, content: [] }),
          { type: "response.output_text.delta", ...id, delta: "I " },
          { type: "response.output_text.delta", ...id, delta: "look." },
        ];
      }
      const delta = calls[at - 2]?.arguments ?? "";
      return [added({ ...item, arguments: "" }), { type: "response.function_call_arguments.delta", ...id, delta }];
    });
    const ends = items.map((item) => ({ type: "response.output_item.done", item }));
    const [created, completed] = [streamOf([])[0] ?? {}, streamOf(items)[1 + 2 * items.length] ?? {}];
    const whens = items === output ? [...streamed, ...ends] : interleaved(streamed, ends);
    const { parts, reason } = summarise(readEvents([created, ...whens, completed]));
    expect(reason).toBe("tool-calls");
    const said = parts.flatMap((part) => ("text" in part && part.text !== "" ? [`${part.type}: ${part.text}`] : []));
    expect(said).toEqual(["reasoning: Hm.", "text: I look."]);
    expect(parts.filter(({ type }) => type === "tool-call")).toMatchObject([
      { callId: "call_a", input: { at: "a" } },
      { callId: "call_b", input: { at: "b" } },
    ]);
  });

  /** Without ids each item ends before the next begins. */
  function interleaved(streamed: readonly JsonObject[], ends: readonly JsonObject[]): JsonObject[] {
    let item = -1;
    const all: JsonObject[] = [];
    for (const event of streamed) {
      if (event.type === "response.output_item.added" && ++item > 0) all.push(ends[item - 1] ?? {});
      all.push(event);
    }
    return [...all, ends[item] ?? {}];
  }
});

test("a text whose pieces were counted on from the item before, as vLLM does, is emitted once", () => {
  const thought = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] };
  const message = {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [outputText("Yes.")],
  };
  const [created, , , , , completed] = streamOf([thought, message]);
  const { parts } = summarise(
    readEvents([
      created ?? {},
      { type: "response.output_item.added", output_index: 0, item: { ...thought, content: [] } },
      { type: "response.reasoning_text.delta", output_index: 0, content_index: 0, delta: "Hm." },
      { type: "response.output_item.done", output_index: 0, item: thought },
      { type: "response.output_item.added", output_index: 1, item: { ...message, content: [] } },
      { type: "response.output_text.delta", output_index: 1, content_index: 1, delta: "Yes." },
      { type: "response.output_item.done", output_index: 1, item: message },
      completed ?? {},
    ]),
  );
  expect(parts.filter(({ type }) => type === "text")).toMatchObject([{ text: "Yes." }]);
});

describe("items of which only pieces came, as gateways pass them on", () => {
  const message = {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [outputText("Hello.")],
  };
  const reasoning = { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }] };
  const thought = [
    { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "H" },
    { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "m." },
  ];
  const said = (at: JsonObject) =>
    ["Hel", "lo."].map((delta) => ({ type: "response.output_text.delta", ...at, delta }));

  test.each<[what: string, pieces: JsonObject[], output: JsonObject[], parts: object[]]>([
    ["a message", said({ output_index: 0, content_index: 0 }), [message], [{ type: "text", text: "Hello." }]],
    ["a message without a place", said({}), [message], [{ type: "text", text: "Hello." }]],
    ["a message that the end does not repeat", said({ output_index: 0 }), [], [{ type: "text", text: "Hello." }]],
    [
      "reasoning and a message at one place",
      [...thought, ...said({ output_index: 0 })],
      [reasoning, message],
      [{ text: "Hm." }, { text: "Hello." }],
    ],
    [
      "reasoning that the end does not repeat",
      [...thought, ...said({})],
      [message],
      [{ text: "Hm." }, { text: "Hello." }],
    ],
  ])("%s", (_, pieces, output, expected) => {
    const completed = { type: "response.completed", response: { id: "resp_1", status: "completed", output } };
    const { parts, reason } = summarise(readEvents([...pieces, completed]));
    expect(reason).toBe("stop");
    expect(parts.filter((part) => "text" in part && part.text !== "")).toMatchObject(expected);
    expect(parts.filter((part) => "text" in part && part.text !== "")).toHaveLength(expected.length);
  });

  test("what comes of an item after its end is not emitted again", () => {
    const events = streamOf([message]);
    const late = { type: "response.output_text.done", output_index: 0, content_index: 0, text: "Hello." };
    const { parts } = summarise(readEvents([...events.slice(0, -1), late, ...events.slice(-1)]));
    expect(parts).toEqual([{ type: "text", text: "Hello." }]);
  });
});

test("reasoning is read under the names that Open Responses has for its pieces", () => {
  const reasoning = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] };
  const [created, added, done, completed] = streamOf([reasoning]);
  const events = readEvents([
    created ?? {},
    { ...added, item: { ...reasoning, content: [] } },
    { type: "response.reasoning.delta", output_index: 0, content_index: 0, delta: "Hm." },
    { type: "response.reasoning.done", output_index: 0, content_index: 0, text: "Hm." },
    done ?? {},
    completed ?? {},
  ]);
  expect(events.flatMap((event) => (event.type === "reasoning-delta" ? [event.text] : [])).join("")).toBe("Hm.");
  expect(events.findIndex(({ type }) => type === "data")).toBe(-1);
});
