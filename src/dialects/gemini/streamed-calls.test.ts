import { describe, expect, test } from "vitest";
import { summarise } from "../../../test/laws/summary.js";
import { chunkOf, own, partsOf, readChunks, STOP } from "../../../test/support/gemini-chunks.js";
import type { JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { GeminiReader } from "./reader.js";

describe("calls in a stream of Gemini", () => {
  test("calls come whole, with or without an id, and STOP means that they wait", () => {
    const { events } = readChunks([
      chunkOf([
        { functionCall: { id: "c1", name: "f", args: { a: 1 } }, thoughtSignature: "YQ==" },
        { functionCall: { name: "g" } },
      ]),
      chunkOf([{ text: "" }], STOP),
    ]);
    const calls = events.filter((event) => event.type === "tool-call");
    expect(calls).toEqual([
      { type: "tool-call", callId: "c1", name: "f", input: { a: 1 }, opaque: own({ thoughtSignature: "YQ==" }) },
      { type: "tool-call", callId: expect.stringMatching(/^gemini-call-/), name: "g", input: {} },
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
    expect(events.at(-1)).not.toHaveProperty("rawReason");
  });

  test("a streamed call is complete when a part says so, or the answer does", () => {
    const piece = (jsonPath: string, value: JsonObject, goesOn = true) =>
      chunkOf([{ functionCall: { partialArgs: [{ jsonPath, ...value }], ...(goesOn && { willContinue: true }) } }]);
    const begin = chunkOf([{ functionCall: { name: "f", willContinue: true }, thoughtSignature: "YQ==" }]);
    const pieces = [
      piece("$.list[0].name", { stringValue: "ab", willContinue: true }),
      piece("$.list[0].name", { stringValue: 'c"' }),
      piece("$.list[0].price", { numberValue: 0.5 }),
      piece("$.list[1].ok", { boolValue: true }),
    ];
    const input = { list: [{ name: 'abc"', price: 0.5 }, { ok: true }], none: null };
    for (const end of [
      [piece("$.none", { nullValue: "NULL_VALUE" }, false)],
      [piece("$.none", { nullValue: "NULL_VALUE" }), chunkOf([{ functionCall: {} }])],
      [piece("$.none", { nullValue: "NULL_VALUE" }, false), chunkOf([{ functionCall: {} }])],
      [piece("$.none", { nullValue: "NULL_VALUE" })],
    ]) {
      const { events } = readChunks([begin, ...pieces, ...end, chunkOf([{ text: "" }], STOP)]);
      const { parts, toolInputs } = summarise(events);
      expect(parts).toEqual([
        { type: "tool-call", callId: expect.any(String), name: "f", input, opaque: own({ thoughtSignature: "YQ==" }) },
      ]);
      expect(Object.values(toolInputs)).toEqual([input]);
    }
  });

  test("pieces that belong to no call are emitted as data, however many there are", () => {
    const piece = {
      functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue: "x", willContinue: true }], willContinue: true },
    };
    const begin = chunkOf([{ functionCall: { name: "f", willContinue: true } }]);
    const pieces = Array.from({ length: 8 }, () => chunkOf([piece]));
    const { events } = readChunks([
      begin,
      ...pieces,
      chunkOf([{ functionCall: {} }]),
      ...pieces,
      chunkOf([{ text: "" }], STOP),
    ]);
    expect(events.filter((event) => event.type === "data")).toHaveLength(8);
    expect(events).toContainEqual(expect.objectContaining({ type: "tool-call", input: { a: "xxxxxxxx" } }));
  });

  test("a call that is cut off is none", () => {
    const { events, error } = readChunks([
      chunkOf([{ functionCall: { name: "f", willContinue: true } }]),
      chunkOf([{ functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue: "x" }], willContinue: true } }]),
    ]);
    expect(error).toMatchObject({ code: "truncated" });
    expect(events.map((event) => event.type)).toEqual(["start", "tool-input-delta"]);
  });
});

describe("streamed arguments that are cut by the token limit", () => {
  const call = (functionCall: JsonObject) => chunkOf([{ functionCall }]);
  const begin = call({ name: "pay", id: "c1", willContinue: true });
  const piece = (value: JsonObject) => call({ partialArgs: [{ jsonPath: "$.to", ...value }], willContinue: true });
  const cut = chunkOf([], { finishReason: "MAX_TOKENS" });
  const bare = { type: "tool-call", callId: "c1", name: "pay", invalid: true };

  test.each<[string, JsonObject[], string]>([
    ["in a text", [piece({ stringValue: "Al", willContinue: true })], '{"to":"Al'],
    ["after a value", [piece({ stringValue: "Al" })], '{"to":"Al"'],
    ["before any", [], ""],
  ])("%s are no JSON", (_, pieces, input) => {
    expect(partsOf([begin, ...pieces, cut])).toEqual([{ ...bare, input }]);
  });

  test("are whole where the answer was not cut", () => {
    expect(partsOf([begin, piece({ stringValue: "Al" }), chunkOf([], STOP)])).toMatchObject([{ input: { to: "Al" } }]);
  });
});

test("an argument far beyond the end of its list is an error", () => {
  const at = (jsonPath: string) => chunkOf([{ functionCall: { partialArgs: [{ jsonPath, numberValue: 1 }] } }]);
  const begin = chunkOf([{ functionCall: { name: "pay", willContinue: true } }]);
  for (const paths of [["$.a[1000000000]"], ["$.a[0]", "$.b", "$.a[1000000000]"]]) {
    const pieces = paths.map((jsonPath) => ({ jsonPath, numberValue: 1 }));
    const more = chunkOf([{ functionCall: { partialArgs: pieces } }]);
    expect(readChunks([begin, more, at("$.c"), chunkOf([], STOP)]).error).toMatchObject({ code: "malformed-frame" });
  }
});

describe("calls that are not by the letter", () => {
  const call = (functionCall: JsonObject) => chunkOf([{ functionCall }]);
  const calls = (...chunks: JsonObject[]) => {
    const events: ChatEvent[] = [];
    const reader = new GeminiReader();
    for (const chunk of chunks) reader.push({ data: JSON.stringify(chunk) }, (event) => void events.push(event));
    reader.end((event) => void events.push(event));
    const told = events.flatMap((event) =>
      event.type === "tool-call" ? [[event.callId, event.name, event.input]] : [],
    );
    return { told, end: events.at(-1) };
  };

  test("one id for two, a call that comes twice, null arguments, no name, large numbers", () => {
    const one = call({ id: "c", name: "x", args: { a: 1 } });
    const two = call({ id: "c", name: "x", args: { a: 2 } });
    const bare = call({ id: "d", name: "y", args: null });
    const nameless = call({ id: "e", name: "", args: { b: 1 } });
    const { told, end } = calls(one, two, one, bare, nameless, chunkOf([{ text: "" }], { finishReason: "STOP" }));
    expect(told).toEqual([
      ["c", "x", { a: 1 }],
      ["c_2", "x", { a: 2 }],
      ["d", "y", {}],
      ["e", "unnamed", { b: 1 }],
    ]);
    expect(end).toMatchObject({ reason: "tool-calls" });
    const frame = JSON.stringify(call({ id: "f", name: "z", args: { n: 1 } })).replace(
      '"n":1',
      '"n":12345678901234567890',
    );
    const events: ChatEvent[] = [];
    new GeminiReader().push({ data: frame }, (event) => void events.push(event));
    expect(events).toContainEqual(expect.objectContaining({ input: { n: "12345678901234567890" } }));
  });
});
