import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOfEvents } from "../../test/laws/summary.js";
import { collect } from "../../test/support/collect.js";
import { answerOf, BUSY, REQUEST, scriptedModel, textDelta, types } from "../../test/support/fallback-models.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import type { SluiceError } from "../stream/error.js";
import type { Usage } from "../stream/usage.js";
import { type FallbackOptions, fallback } from "./fallback.js";

/** A model that plays events and then fails, or ends as they do. */
function playing(id: string, events: ChatEvent[], fails?: SluiceError, prefix = true) {
  const requests: ChatRequest[] = [];
  const chat: ChatModel = {
    id,
    capabilities: { prefix },
    stream(request, options) {
      requests.push(request);
      const said: ChatEvent[] = [{ type: "start", id: `${id}-1`, model: id }, ...events];
      return ChatStream.from(
        (function* () {
          yield* said;
          if (fails !== undefined) throw fails;
        })(),
        options,
      );
    },
  };
  return { chat, requests };
}
const tokens = (inputTokens: number, outputTokens: number): ChatEvent => ({
  type: "usage",
  usage: { inputTokens, outputTokens },
});
const finish = (usage: Usage = { inputTokens: 10, outputTokens: 1 }): ChatEvent => ({
  type: "finish",
  reason: "stop",
  usage,
});
const step = (n: number, events: ChatEvent[], usage: Usage): ChatEvent[] => [
  { type: "step-start", step: n, model: "a" },
  ...events,
  { type: "step-finish", step: n, reason: "tool-calls", usage },
];

describe("what is in progress when a model fails", () => {
  const opaque = { dialect: "anthropic", data: "signature" };
  const inProgress: [string, ChatEvent[]][] = [
    ["a tool call", [{ type: "tool-input-delta", callId: "1", name: "look", delta: '{"a' }]],
    ["reasoning", [{ type: "reasoning-delta", text: "Hm" }]],
    ["state of the provider", [{ type: "reasoning-delta", text: "", opaque }]],
  ];

  test.each(inProgress)("%s is taken back", async (_what, events) => {
    const stream = answerOf([playing("a", [textDelta("x"), ...events], BUSY), scriptedModel("b", { says: ["Bye"] })], {
      afterFirstDelta: "retract",
    });
    expect(await stream.message).toEqual({ role: "assistant", content: [{ type: "text", text: "Bye" }] });
  });

  test.each(inProgress)("%s is not gone on from", async (_what, events) => {
    const b = scriptedModel("b", { says: ["Bye"], prefix: true });
    const stream = answerOf([playing("a", [textDelta("x"), ...events], BUSY), b], { afterFirstDelta: "continue" });
    await expect(stream.fullText).rejects.toMatchObject({ code: "overloaded", partial: { text: "x" } });
    expect(b.requests).toHaveLength(0);
  });

  test.each(["fail", "retract", "continue"] as const)(
    "state that comes with an empty text is kept (%s)",
    async (policy) => {
      const signed: ChatEvent = { type: "text-delta", text: "", opaque };
      const stream = answerOf([playing("a", [textDelta("Hello"), signed, finish()])], { afterFirstDelta: policy });
      expect(await stream.message).toMatchObject({ content: [{ text: "Hello", opaque }] });
    },
  );
});

describe("white space alone", () => {
  test("is no prefix: any model may go on from it, and it is not emitted twice", async () => {
    const b = playing("b", [textDelta("\n Hello"), finish()], undefined, false);
    const stream = answerOf([playing("a", [textDelta("\n ")], BUSY), b], { afterFirstDelta: "continue" });
    expect(await stream.fullText).toBe("\n Hello");
    expect(b.requests[0]?.messages).toEqual(REQUEST.messages);
  });
});

describe("models of several steps", () => {
  const spent = { inputTokens: 10, outputTokens: 1 };

  test("that fail before they say anything are passed over", async () => {
    const a = playing("a", [{ type: "step-start", step: 0, model: "a" }, tokens(10, 0)], BUSY);
    const stream = answerOf([a, scriptedModel("b", { says: ["Hello"] })]);
    expect(types(await collect(stream))).toEqual(["start", "data", "usage", "text-delta", "usage", "finish"]);
  });

  test("steps that are over cannot be taken back, so nothing is emitted twice", async () => {
    const a = playing("a", [...step(0, [textDelta("One ")], spent), textDelta("two")], BUSY);
    const b = scriptedModel("b", { says: ["One two"] });
    const error = await answerOf([a, b], { afterFirstDelta: "retract" }).fullText.catch((e) => e);
    expect(error).toMatchObject({ code: "overloaded", partial: { text: "One two", usage: spent } });
    expect(b.requests).toHaveLength(0);
  });

  test("what a failed model took is counted once, in the first step of the next", async () => {
    const a = playing("a", [tokens(10, 1)], BUSY);
    const b = playing("b", [...step(0, [tokens(10, 1), textDelta("x")], spent), tokens(20, 2), textDelta("y")], BUSY);
    const stream = answerOf([a, b]);
    const events = await collect(stream).catch(() => []);
    expect(events).toEqual([]);
    await expect(stream.usage).rejects.toMatchObject({ partial: { usage: { inputTokens: 40, outputTokens: 4 } } });
  });

  test("totals that come in parts are added up by part", async () => {
    const b: ChatEvent[] = [tokens(10, 1), { type: "usage", usage: { outputTokens: 5 } }];
    const stream = answerOf([playing("a", [tokens(7, 1)], BUSY), playing("b", b, BUSY)]);
    await expect(stream.fullText).rejects.toMatchObject({
      partial: { usage: { inputTokens: 17, outputTokens: 6 } },
    });
  });
});

describe("a fallback in a fallback", () => {
  const inner = (policy: FallbackOptions["afterFirstDelta"], ...models: ReturnType<typeof scriptedModel>[]) => ({
    chat: fallback(
      models.map(({ chat }) => chat),
      { afterFirstDelta: policy ?? "fail" },
    ),
    requests: [],
  });

  test("whose models all fail before the first delta is passed over", async () => {
    const failing = inner("fail", scriptedModel("a", { fails: BUSY }), scriptedModel("b", { fails: BUSY }));
    const stream = answerOf([failing, scriptedModel("c", { says: ["Hello"] })]);
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toEqual({ inputTokens: 30, outputTokens: 1 });
  });

  test("whose models all fail after it is taken back, and all is counted", async () => {
    const failing = inner(
      "retract",
      scriptedModel("a", { says: ["1"], fails: BUSY }),
      scriptedModel("b", { says: ["2"], fails: BUSY }),
    );
    const stream = answerOf([failing, scriptedModel("c", { says: ["Hello"] })], { afterFirstDelta: "retract" });
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toEqual({ inputTokens: 30, outputTokens: 3 });
  });

  test("that took back its words while it went on from others' leaves those", async () => {
    const words = ["Hello ", "there"];
    const first = scriptedModel("a", { says: words, fails: BUSY });
    const c = playing("c", [textDelta(" again"), finish()]);
    const going = inner("retract", playing("b", [textDelta(" wrong")], BUSY), c);
    const stream = fallback([first.chat, { ...going.chat, capabilities: { prefix: true } }], {
      afterFirstDelta: "continue",
    }).stream(REQUEST);
    expect(await stream.fullText).toBe("Hello there again");
  });
});

test("sources of an answer that goes on point at their words in the whole", async () => {
  const cited: ChatEvent = {
    type: "source",
    source: { kind: "url", url: "https://a.example", span: { start: 1, end: 6 } },
  };
  const b = playing("b", [textDelta(" world"), cited, finish()]);
  const events = await collect(
    answerOf([scriptedModel("a", { says: ["Hello "], fails: BUSY }), b], { afterFirstDelta: "continue" }),
  );
  const said = textOfEvents(events);
  const spans = events.flatMap((event) => (event.type === "source" && event.source.span ? [event.source.span] : []));
  expect(spans.map(({ start, end }) => said.slice(start, end))).toEqual(["world"]);
});

test("an answer that goes on names the model as its start did", async () => {
  const warnings = [{ field: "seed", message: "not sent" }];
  const b = playing("b", [textDelta(" there"), finish()]);
  const warned: ChatModel = {
    ...b.chat,
    stream: (request, options) =>
      b.chat.stream(request, options).through({
        push: (event, emit) => emit(event.type === "start" ? { ...event, simulated: true, warnings } : event),
      }),
  };
  const stream = fallback([scriptedModel("a", { says: ["Hello"], fails: BUSY }).chat, warned], {
    afterFirstDelta: "continue",
  }).stream(REQUEST);
  expect((await collect(stream)).filter(({ type }) => type === "data")).toMatchObject([
    { value: { from: "a", to: "b", model: "b", simulated: true, warnings } },
  ]);
});

describe("wherever models fail, nothing is said twice and nothing is lost", () => {
  const WHOLE = "Grüße, 世界!  \n\n 🌊 A sluice  lets water through.\n";
  const whole = Array.from(WHOLE);

  /** Goes on from the prefix that it is given, a code point a delta, and fails after some. */
  function failing(id: string, after: number, asked: string[]): ChatModel {
    return {
      id,
      capabilities: { prefix: true },
      stream(request, options) {
        asked.push(id);
        const last = request.messages.at(-1);
        const prefix = last?.role === "assistant" ? String(last.content) : "";
        const rest = Array.from(WHOLE.slice(prefix.length));
        return ChatStream.from(
          (function* (): Generator<ChatEvent> {
            yield { type: "start", id, model: id };
            yield tokens(10, 0);
            for (const [index, one] of rest.entries()) {
              if (index === after) throw BUSY;
              yield textDelta(one);
              yield { type: "usage", usage: { outputTokens: index + 1 } };
            }
            yield finish({ inputTokens: 10, outputTokens: rest.length });
          })(),
          options,
        );
      },
    };
  }

  const cuts = fc.array(fc.integer({ min: 0, max: whole.length - 1 }), { maxLength: 5 });
  test.each(["retract", "continue"] as const)("%s", async (afterFirstDelta) => {
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (at, nested) => {
        const asked: string[] = [];
        const models = [...at, whole.length].map((after, index) => failing(`m${index}`, after, asked));
        const [first, ...others] = models;
        const inside = () => ({ ...fallback(others, { afterFirstDelta }), capabilities: { prefix: true } });
        const all = nested && first !== undefined && others.length > 0 ? [first, inside()] : models;
        const stream = fallback(all, { afterFirstDelta }).stream(REQUEST);
        let shown = "";
        for await (const event of stream) {
          if (event.type === "text-delta") shown += event.text;
          if (event.type === "retract") shown = "";
        }
        expect(shown).toBe(WHOLE);
        expect(await stream.fullText).toBe(WHOLE);
        const { inputTokens } = await stream.usage;
        expect(inputTokens).toBe(10 * asked.length);
      }),
      { numRuns: 100 },
    );
  });
});
