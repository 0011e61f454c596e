import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOfEvents } from "../../test/laws/summary.js";
import { collect } from "../../test/support/collect.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import type { Usage } from "../stream/usage.js";
import { type FallbackOptions, fallback } from "./fallback.js";
import { CostMeter } from "./prices/cost-meter.js";

const BUSY = new SluiceError("overloaded", "too much to do", { retryable: true });
const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };

interface Script {
  says?: string[];
  events?: ChatEvent[];
  fails?: SluiceError;
  prefix?: boolean;
}

/** A model that says its script, then fails or finishes; it counts 10 tokens in and one out for each word. */
function model(id: string, { says = [], events = [], fails, prefix = false }: Script) {
  const requests: ChatRequest[] = [];
  const chat: ChatModel = {
    id,
    capabilities: { prefix },
    stream(request) {
      requests.push(request);
      const usage = { inputTokens: 10, outputTokens: says.length };
      return ChatStream.from(
        (function* (): Generator<ChatEvent> {
          yield { type: "start", id: `${id}-1`, model: id };
          yield { type: "usage", usage: { inputTokens: 10 } };
          for (const text of says) yield { type: "text-delta", text };
          yield* events;
          yield { type: "usage", usage };
          if (fails !== undefined) throw fails;
          yield { type: "finish", reason: "stop", usage };
        })(),
      );
    },
  };
  return { chat, requests };
}

function answer(models: ReturnType<typeof model>[], options?: FallbackOptions): ChatStream {
  return fallback(
    models.map(({ chat }) => chat),
    options,
  ).stream(REQUEST);
}

const types = (events: ChatEvent[]) => events.map((event) => event.type);

describe("before the first delta", () => {
  test.each(["fail", "retract", "continue"] as const)("the next model simply answers (%s)", async (afterFirstDelta) => {
    const events = await collect(
      answer([model("a", { fails: BUSY }), model("b", { says: ["Hello"] })], { afterFirstDelta }),
    );
    expect(types(events)).toEqual(["start", "data", "usage", "text-delta", "usage", "finish"]);
    expect(events[0]).toMatchObject({ model: "b" });
    expect(events[1]).toMatchObject({ name: "fallback/model", value: { from: "a", to: "b", code: "overloaded" } });
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 20, outputTokens: 1 } });
  });

  test("an error that any model would repeat is the end", async () => {
    const b = model("b", { says: ["Hello"] });
    const refused = new SluiceError("invalid-argument", "temperature: found 9; allowed: 0 to 2");
    await expect(answer([model("a", { fails: refused }), b]).fullText).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(b.requests).toHaveLength(0);
  });

  test("a rule decides for a code", async () => {
    const models = () => [model("a", { fails: BUSY }), model("b", { says: ["Hello"] })];
    await expect(answer(models(), { rules: { overloaded: "fail" } }).fullText).rejects.toMatchObject({
      code: "overloaded",
    });
  });

  test("when all fail, the last error is thrown with all that was spent", async () => {
    const last = new SluiceError("rate-limited", "slow down");
    await expect(answer([model("a", { fails: BUSY }), model("b", { fails: last })]).fullText).rejects.toMatchObject({
      code: "rate-limited",
      partial: { usage: { inputTokens: 20 } },
    });
  });
});

describe("after the first delta", () => {
  const broken = () => model("a", { says: ["Hello ", "the"], fails: BUSY });

  test("fail: the error, with the partial answer", async () => {
    const b = model("b", { says: ["Bye"] });
    await expect(answer([broken(), b]).fullText).rejects.toMatchObject({
      code: "overloaded",
      partial: { text: "Hello the", usage: { inputTokens: 10, outputTokens: 2 } },
    });
    expect(b.requests).toHaveLength(0);
  });

  test("retract: what was said is taken back, and the next model starts over", async () => {
    const stream = answer([broken(), model("b", { says: ["Bye"] })], { afterFirstDelta: "retract" });
    const events = await collect(stream);
    expect(types(events)).toEqual([
      ...["start", "usage", "text-delta", "text-delta", "usage"],
      ...["retract", "start", "data", "usage", "text-delta", "usage", "finish"],
    ]);
    expect(await stream.fullText).toBe("Bye");
    expect(await stream.usage).toMatchObject({ inputTokens: 20, outputTokens: 3 });
  });

  test("continue: the next model that takes a prefix goes on from it, and nothing is said twice", async () => {
    const b = model("b", { says: ["never"] });
    const c = model("c", { says: [" ", "re."], prefix: true });
    const first = model("a", { says: ["Hello the "], fails: BUSY });
    const stream = answer([first, b, c], { afterFirstDelta: "continue" });
    const events = await collect(stream);
    expect(events.filter((event) => event.type === "start")).toHaveLength(1);
    expect(await stream.fullText).toBe("Hello the re.");
    expect(c.requests[0]?.messages.at(-1)).toEqual({ role: "assistant", content: "Hello the" });
    expect(b.requests).toHaveLength(0);
    expect(await stream.usage).toMatchObject({ inputTokens: 20, outputTokens: 3 });
  });

  test("continue: more than text cannot be continued", async () => {
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
    const models = [model("a", { events: [call], fails: BUSY }), model("b", { says: ["x"], prefix: true })];
    await expect(answer(models, { afterFirstDelta: "continue" }).fullText).rejects.toMatchObject({
      code: "overloaded",
      partial: { toolCalls: [{ callId: "1" }] },
    });
  });
});

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
const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });
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

describe("every error is told", () => {
  const gone = new SluiceError("not-found", "no such model", { status: 404 });

  test("of all models that failed, with the last one's code", async () => {
    const error = await answer([model("a", { fails: BUSY }), model("b", { fails: gone })]).fullText.catch((e) => e);
    expect(error).toMatchObject({ code: "not-found", status: 404, model: "b", retryable: true });
    expect(error.message).toBe("no such model (before it, a: too much to do)");
    expect(error.cause.errors).toMatchObject([
      { code: "overloaded", model: "a" },
      { code: "not-found", model: "b" },
    ]);
  });

  test("and a model that throws as it is called is one of them", async () => {
    const thrower: ChatModel = {
      id: "a",
      stream() {
        throw new TypeError("a bug");
      },
    };
    const events = await collect(fallback([thrower, model("b", { says: ["Hello"] }).chat]).stream(REQUEST));
    expect(events[1]).toMatchObject({ value: { from: "a", to: "b", message: "a bug" } });
  });
});

describe("every change of models is told", () => {
  const changes = async (stream: ChatStream) =>
    (await collect(stream)).flatMap((event) => (event.type === "data" ? [event.value] : []));

  test("before the first delta", async () => {
    const models = [model("a", { fails: BUSY }), model("b", { fails: BUSY }), model("c", { says: ["Hello"] })];
    expect(await changes(answer(models))).toMatchObject([
      { from: "a", to: "b" },
      { from: "b", to: "c" },
    ]);
  });

  test("and after it; what cannot be told apart has no cost", async () => {
    const models = ["a", "b", "c"].map((id) => ({
      provider: "test",
      models: [id],
      input: 1,
      output: 1,
      source: "here",
      date: "2026-01-01",
    }));
    const meter = new CostMeter("fallback", { models });
    const said = [
      model("a", { says: ["Hel"], fails: BUSY }),
      model("b", { fails: BUSY }),
      model("c", { says: ["Bye"] }),
    ];
    const stream = answer(said, { afterFirstDelta: "retract" }).through({
      push(event, emit) {
        meter.push(event);
        emit(event);
      },
    });
    expect(await changes(stream)).toMatchObject([
      { from: "a", to: "b" },
      { from: "b", to: "c" },
    ]);
    expect(meter.total).toBeUndefined();
  });
});

describe("the reader leaves", () => {
  test("and no other model is asked, whatever the rules", async () => {
    let asked = () => {};
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const hanging: ChatModel = {
      id: "a",
      stream: (_request, options) =>
        ChatStream.from(
          (async function* (): AsyncGenerator<ChatEvent> {
            asked();
            await new Promise(() => {});
            yield text("never");
          })(),
          options,
        ),
    };
    const b = model("b", { says: ["Hello"] });
    const stream = fallback([hanging, b.chat], { rules: { cancelled: "next" } }).stream(REQUEST);
    const failed = stream.fullText.catch((error: unknown) => error);
    await begun;
    stream.cancel("enough");
    expect(await failed).toMatchObject({ code: "cancelled", cause: "enough" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(b.requests).toHaveLength(0);
  });

  test("after a retract, before the next model is asked", async () => {
    const b = model("b", { says: ["Bye"] });
    const stream = answer([model("a", { says: ["Hello"], fails: BUSY }), b], { afterFirstDelta: "retract" });
    for await (const { type } of stream) if (type === "retract") break;
    expect(b.requests).toHaveLength(0);
    expect(await stream.usage).toEqual({ inputTokens: 10, outputTokens: 1 });
  });
});

describe("what is in progress when a model fails", () => {
  const opaque = { dialect: "anthropic", data: "signature" };
  const inProgress: [string, ChatEvent[]][] = [
    ["a tool call", [{ type: "tool-input-delta", callId: "1", name: "look", delta: '{"a' }]],
    ["reasoning", [{ type: "reasoning-delta", text: "Hm" }]],
    ["state of the provider", [{ type: "reasoning-delta", text: "", opaque }]],
  ];

  test.each(inProgress)("%s is taken back", async (_what, events) => {
    const stream = answer([playing("a", [text("x"), ...events], BUSY), model("b", { says: ["Bye"] })], {
      afterFirstDelta: "retract",
    });
    expect(await stream.message).toEqual({ role: "assistant", content: [{ type: "text", text: "Bye" }] });
  });

  test.each(inProgress)("%s is not gone on from", async (_what, events) => {
    const b = model("b", { says: ["Bye"], prefix: true });
    const stream = answer([playing("a", [text("x"), ...events], BUSY), b], { afterFirstDelta: "continue" });
    await expect(stream.fullText).rejects.toMatchObject({ code: "overloaded", partial: { text: "x" } });
    expect(b.requests).toHaveLength(0);
  });

  test.each(["fail", "retract", "continue"] as const)(
    "state that comes with an empty text is kept (%s)",
    async (policy) => {
      const signed: ChatEvent = { type: "text-delta", text: "", opaque };
      const stream = answer([playing("a", [text("Hello"), signed, finish()])], { afterFirstDelta: policy });
      expect(await stream.message).toMatchObject({ content: [{ text: "Hello", opaque }] });
    },
  );
});

describe("white space alone", () => {
  test("is no prefix: any model may go on from it, and it is not said twice", async () => {
    const b = playing("b", [text("\n Hello"), finish()], undefined, false);
    const stream = answer([playing("a", [text("\n ")], BUSY), b], { afterFirstDelta: "continue" });
    expect(await stream.fullText).toBe("\n Hello");
    expect(b.requests[0]?.messages).toEqual(REQUEST.messages);
  });
});

describe("models of several steps", () => {
  const spent = { inputTokens: 10, outputTokens: 1 };

  test("that fail before they say anything are passed over", async () => {
    const a = playing("a", [{ type: "step-start", step: 0, model: "a" }, tokens(10, 0)], BUSY);
    const stream = answer([a, model("b", { says: ["Hello"] })]);
    expect(types(await collect(stream))).toEqual(["start", "data", "usage", "text-delta", "usage", "finish"]);
  });

  test("steps that are over cannot be taken back, so nothing is said twice", async () => {
    const a = playing("a", [...step(0, [text("One ")], spent), text("two")], BUSY);
    const b = model("b", { says: ["One two"] });
    const error = await answer([a, b], { afterFirstDelta: "retract" }).fullText.catch((e) => e);
    expect(error).toMatchObject({ code: "overloaded", partial: { text: "One two", usage: spent } });
    expect(b.requests).toHaveLength(0);
  });

  test("what a failed model took is counted once, in the first step of the next", async () => {
    const a = playing("a", [tokens(10, 1)], BUSY);
    const b = playing("b", [...step(0, [tokens(10, 1), text("x")], spent), tokens(20, 2), text("y")], BUSY);
    const stream = answer([a, b]);
    const events = await collect(stream).catch(() => []);
    expect(events).toEqual([]);
    await expect(stream.usage).rejects.toMatchObject({ partial: { usage: { inputTokens: 40, outputTokens: 4 } } });
  });

  test("totals that come in parts are added up by part", async () => {
    const b: ChatEvent[] = [tokens(10, 1), { type: "usage", usage: { outputTokens: 5 } }];
    const stream = answer([playing("a", [tokens(7, 1)], BUSY), playing("b", b, BUSY)]);
    await expect(stream.fullText).rejects.toMatchObject({
      partial: { usage: { inputTokens: 17, outputTokens: 6 } },
    });
  });
});

describe("a fallback in a fallback", () => {
  const inner = (policy: FallbackOptions["afterFirstDelta"], ...models: ReturnType<typeof model>[]) => ({
    chat: fallback(
      models.map(({ chat }) => chat),
      { afterFirstDelta: policy ?? "fail" },
    ),
    requests: [],
  });

  test("whose models all fail before the first delta is passed over", async () => {
    const failing = inner("fail", model("a", { fails: BUSY }), model("b", { fails: BUSY }));
    const stream = answer([failing, model("c", { says: ["Hello"] })]);
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toEqual({ inputTokens: 30, outputTokens: 1 });
  });

  test("whose models all fail after it is taken back, and all is counted", async () => {
    const failing = inner(
      "retract",
      model("a", { says: ["1"], fails: BUSY }),
      model("b", { says: ["2"], fails: BUSY }),
    );
    const stream = answer([failing, model("c", { says: ["Hello"] })], { afterFirstDelta: "retract" });
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toEqual({ inputTokens: 30, outputTokens: 3 });
  });

  test("that took back its words while it went on from others' leaves those", async () => {
    const words = ["Hello ", "there"];
    const first = model("a", { says: words, fails: BUSY });
    const c = playing("c", [text(" again"), finish()]);
    const going = inner("retract", playing("b", [text(" wrong")], BUSY), c);
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
  const b = playing("b", [text(" world"), cited, finish()]);
  const events = await collect(
    answer([model("a", { says: ["Hello "], fails: BUSY }), b], { afterFirstDelta: "continue" }),
  );
  const said = textOfEvents(events);
  const spans = events.flatMap((event) => (event.type === "source" && event.source.span ? [event.source.span] : []));
  expect(spans.map(({ start, end }) => said.slice(start, end))).toEqual(["world"]);
});

test("an answer that goes on says of the model what its start said", async () => {
  const warnings = [{ field: "seed", message: "not sent" }];
  const b = playing("b", [text(" there"), finish()]);
  const warned: ChatModel = {
    ...b.chat,
    stream: (request, options) =>
      b.chat.stream(request, options).through({
        push: (event, emit) => emit(event.type === "start" ? { ...event, simulated: true, warnings } : event),
      }),
  };
  const stream = fallback([model("a", { says: ["Hello"], fails: BUSY }).chat, warned], {
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
              yield text(one);
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

test("an empty list, an unknown policy and an unknown rule are refused", () => {
  expect(() => fallback([])).toThrow("models: found an array of 0; allowed: a list of at least one model");
  const { chat } = model("a", {});
  expect(() => fallback([chat], { afterFirstDelta: "hope" as "fail" })).toThrow(
    'found "hope"; allowed: fail, retract, continue',
  );
  expect(() => fallback([chat], { rules: { overloaded: "retry" as "next" } })).toThrow(
    'rules.overloaded: found "retry"; allowed: next, fail',
  );
});
