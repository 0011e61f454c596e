import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readWire } from "../../../test/laws/dialect-laws.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { openAiChat } from "./openai-chat.js";

function chunk(delta: JsonObject, reason: string | null = null): JsonObject {
  return { id: "chatcmpl-9", model: "m", choices: [{ index: 0, delta, finish_reason: reason }] };
}

function read(deltas: readonly JsonObject[], reason = "tool_calls") {
  const frames = [...deltas.map((delta) => chunk(delta)), chunk({}, reason)];
  const text = [...frames.map((frame) => JSON.stringify(frame)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  const { events, error } = readWire(openAiChat, [new TextEncoder().encode(text)]);
  expect(error).toBeUndefined();
  const calls = events.flatMap((event) => (event.type === "tool-call" ? [event] : []));
  const deltasOf = (id: string) =>
    events.map((event) => (event.type === "tool-input-delta" && event.callId === id ? event.delta : "")).join("");
  return { events, calls, deltasOf, reason: events.at(-1) };
}

/** Pieces of one list of calls: each is a chunk. */
const each = (...pieces: JsonObject[]) => pieces.map((piece) => ({ tool_calls: [piece] }));
const f = (name: string | undefined, args?: JsonValue) => ({
  function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
});

const A = '{"city":"Oslo"}';
const B = '{"city":"Rome"}';
type Told = [name: string, input: JsonValue][];
const TWO: Told = [
  ["weather", { city: "Oslo" }],
  ["weather", { city: "Rome" }],
];

describe("calls as servers really send them", () => {
  test.each<[string, JsonObject[], Told]>([
    [
      "all at index 0, with ids",
      each({ index: 0, id: "a", ...f("weather", A) }, { index: 0, id: "b", ...f("weather", B) }),
      TWO,
    ],
    ["all at index 0, without ids", each({ index: 0, ...f("weather", A) }, { index: 0, ...f("weather", B) }), TWO],
    [
      "all at index 0, other tools",
      each({ index: 0, ...f("x", A) }, { index: 0, ...f("y", B) }),
      [
        ["x", { city: "Oslo" }],
        ["y", { city: "Rome" }],
      ],
    ],
    [
      "all at index 0, in one chunk",
      [
        {
          tool_calls: [
            { index: 0, ...f("weather", A) },
            { index: 0, ...f("weather", B) },
          ],
        },
      ],
      TWO,
    ],
    [
      "all at index 0, in one chunk, without arguments",
      [
        {
          tool_calls: [
            { index: 0, ...f("x") },
            { index: 0, ...f("y") },
          ],
        },
      ],
      [
        ["x", {}],
        ["y", {}],
      ],
    ],
    [
      "one id for all",
      each({ index: 0, id: "call", ...f("weather", A) }, { index: 1, id: "call", ...f("weather", B) }),
      TWO,
    ],
    [
      "one id for all, at one index",
      each({ index: 0, id: "call", ...f("weather", A) }, { index: 0, id: "call", ...f("weather", B) }),
      TWO,
    ],
    [
      "one id for all, without an index",
      each({ id: "call", ...f("weather", A) }, { id: "call", ...f("weather", B) }),
      TWO,
    ],
    [
      "one id for all, in pieces",
      each(
        { index: 0, id: "c", ...f("weather", "") },
        { index: 0, ...f(undefined, A) },
        { index: 1, id: "c", ...f("weather", "") },
        { index: 1, ...f(undefined, B) },
      ),
      TWO,
    ],
    ["neither ids nor indexes", each(f("weather", A), f("weather", B)), TWO],
    ["empty ids", each({ index: 0, id: "", ...f("weather", A) }, { index: 1, id: "", ...f("weather", B) }), TWO],
    ["glued together", each({ index: 0, id: "a", ...f("weather", A + B) }), TWO],
    [
      "glued in pieces",
      each(
        { index: 0, id: "a", ...f("weather", `{"city":`) },
        { index: 0, ...f(undefined, `"Oslo"}{"ci`) },
        { index: 0, ...f(undefined, `ty":"Rome"}`) },
      ),
      TWO,
    ],
    [
      "an index that is null",
      each({ index: null, id: "a", ...f("weather", A) }, { index: null, id: "b", ...f("weather", B) }),
      TWO,
    ],
    [
      "without the object around them",
      each(
        { index: 0, id: "a", name: "weather", arguments: A },
        { index: 1, id: "b", name: "weather", parameters: { city: "Rome" } },
      ),
      TWO,
    ],
    [
      "a name after the id",
      each({ index: 0, id: "a" }, { index: 0, ...f("weather") }, { index: 0, ...f(undefined, A) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "a name after the arguments",
      each({ index: 0, id: "a", ...f(undefined, A) }, { index: 0, ...f("weather") }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "an id after the name",
      each({ index: 0, ...f("weather") }, { index: 0, id: "a" }, { index: 0, ...f(undefined, A) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "a name in pieces",
      each({ index: 0, id: "a", ...f("wea", "") }, { index: 0, ...f("ther") }, { index: 0, ...f(undefined, A) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "a name that grows",
      each({ index: 0, id: "a", ...f("wea") }, { index: 0, ...f("weather") }, { index: 0, ...f("weather", A) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "a name with each piece",
      each({ index: 0, id: "a", ...f("weather", `{"city":`) }, { index: 0, id: "a", ...f("weather", `"Oslo"}`) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "an id of its own for each piece",
      each({ index: 0, id: "a", ...f("weather", `{"city":`) }, { index: 0, id: "b", ...f(undefined, `"Oslo"}`) }),
      [["weather", { city: "Oslo" }]],
    ],
    ["no name at all", each({ index: 0, id: "a", ...f("", A) }), [["unnamed", { city: "Oslo" }]]],
    ["nothing at all", each({ index: 0 }, { index: 0, ...f("", "") }), []],
    [
      "a first piece that says {}",
      each({ index: 0, id: "a", ...f("weather", "{}") }, { index: 0, ...f(undefined, A) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "a last piece that says {}",
      each({ index: 0, id: "a", ...f("weather", A) }, { index: 0, ...f(undefined, "{}") }),
      [["weather", { city: "Oslo" }]],
    ],
    ["null for no arguments", each({ index: 0, id: "a", ...f("now", "null") }), [["now", {}]]],
    ["null itself for no arguments", each({ index: 0, id: "a", ...f("now", null) }), [["now", {}]]],
    [
      "arguments that are an object",
      each({ index: 0, id: "a", ...f("weather", { city: "Oslo" }) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "arguments encoded twice",
      each({ index: 0, id: "a", ...f("weather", JSON.stringify(A)) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "large numbers",
      each({
        index: 0,
        id: "a",
        ...f(
          "find",
          '{"id":12345678901234567890,"n":-9007199254740993,"x":1e999,"ok":9007199254740991,"s":"99999999999999999999"}',
        ),
      }),
      [
        [
          "find",
          {
            id: "12345678901234567890",
            n: "-9007199254740993",
            x: "1e999",
            ok: 9007199254740991,
            s: "99999999999999999999",
          },
        ],
      ],
    ],
    [
      "the whole said twice",
      each({ index: 0, id: "a", ...f("weather", A) }, { index: 0, id: "a", ...f("weather", A) }),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "the whole said twice, in pieces",
      each(
        { index: 0, id: "a", ...f("weather", "") },
        { index: 0, ...f(undefined, A) },
        { index: 0, id: "a", ...f("weather", "") },
        { index: 0, ...f(undefined, A) },
      ),
      [["weather", { city: "Oslo" }]],
    ],
    [
      "a closing tag behind them",
      each({ index: 0, id: "a", ...f("weather", `${A}</tool_call>`) }),
      [["weather", { city: "Oslo" }]],
    ],
  ])("%s", (_, deltas, told) => {
    const { calls, reason } = read(deltas);
    expect(calls.map(({ name, input }) => [name, input])).toEqual(told);
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
    expect(calls.filter(({ invalid }) => invalid)).toEqual([]);
    expect(reason).toMatchObject({ type: "finish", reason: told.length > 0 ? "tool-calls" : "stop" });
  });

  test("what is streamed of a call is its arguments, also where its name came late", () => {
    const { deltasOf } = read(
      each(
        { index: 0, id: "a", ...f(undefined, '{"city"') },
        { index: 0, ...f("weather") },
        { index: 0, ...f(undefined, ':"Oslo"}') },
      ),
    );
    expect(deltasOf("a")).toBe(A);
  });

  test("the last call is emitted at the finish reason, one whose arguments are cut at the end", () => {
    const frames = [chunk({ tool_calls: [{ index: 0, id: "a", ...f("weather", A) }] }), chunk({}, "tool_calls")];
    const reader = openAiChat.reader();
    const told: string[] = [];
    for (const frame of frames) reader.push({ data: JSON.stringify(frame) }, ({ type }) => told.push(type));
    expect(told).toContain("tool-call");
    const { calls } = read(each({ index: 0, id: "a", ...f("weather", '{"city":"Os') }));
    expect(calls).toMatchObject([{ input: '{"city":"Os', invalid: true }]);
  });

  test("arguments that are cut anywhere are one call, whatever stands in them", () =>
    fc.assert(
      fc.property(fc.json(), fc.array(fc.nat(200)), (value, places) => {
        const args = `{"value":${value}}`;
        const at = [...new Set(places.map((place) => place % args.length))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, index) => args.slice(from, at[index] ?? args.length));
        const { calls } = read(
          each(
            { index: 0, id: "a", ...f("weather", "") },
            ...pieces.map((piece) => ({ index: 0, ...f(undefined, piece) })),
          ),
        );
        expect(calls).toHaveLength(1);
        expect(calls[0]?.invalid).toBeUndefined();
      }),
      { numRuns: 60 },
    ));
});

describe("the reason agrees with what was said", () => {
  test.each([
    ["tool_calls", [], "stop"],
    ["function_call", [], "stop"],
    ["tool_use", [], "stop"],
    ["stop", each({ index: 0, id: "a", ...f("x", A) }), "tool-calls"],
    ["end_turn", each({ index: 0, id: "a", ...f("x", A) }), "tool-calls"],
    ["length", each({ index: 0, id: "a", ...f("x", A) }), "length"],
    ["STOP", [], "stop"],
    ["MAX_TOKENS", [], "length"],
    ["eos_token", [], "stop"],
    ["sensitive", [], "content-filter"],
    ["banana", [], "other"],
  ])("%s is %j %s", (word, deltas, reason) => {
    expect(read([{ content: "Hi" }, ...deltas], word).reason).toMatchObject({ reason });
  });
});
