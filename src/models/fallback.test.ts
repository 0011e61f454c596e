import { describe, expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { answerOf, BUSY, REQUEST, scriptedModel, textDelta, types } from "../../test/support/fallback-models.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import { fallback } from "./fallback.js";
import { CostMeter } from "./prices/cost-meter.js";

describe("before the first delta", () => {
  test.each(["fail", "retract", "continue"] as const)("the next model simply answers (%s)", async (afterFirstDelta) => {
    const events = await collect(
      answerOf([scriptedModel("a", { fails: BUSY }), scriptedModel("b", { says: ["Hello"] })], { afterFirstDelta }),
    );
    expect(types(events)).toEqual(["start", "data", "usage", "text-delta", "usage", "finish"]);
    expect(events[0]).toMatchObject({ model: "b" });
    expect(events[1]).toMatchObject({ name: "fallback/model", value: { from: "a", to: "b", code: "overloaded" } });
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 20, outputTokens: 1 } });
  });

  test("an error that any model would repeat is the end", async () => {
    const b = scriptedModel("b", { says: ["Hello"] });
    const refused = new SluiceError("invalid-argument", "temperature: found 9; allowed: 0 to 2");
    await expect(answerOf([scriptedModel("a", { fails: refused }), b]).fullText).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(b.requests).toHaveLength(0);
  });

  test("a rule decides for a code", async () => {
    const models = () => [scriptedModel("a", { fails: BUSY }), scriptedModel("b", { says: ["Hello"] })];
    await expect(answerOf(models(), { rules: { overloaded: "fail" } }).fullText).rejects.toMatchObject({
      code: "overloaded",
    });
  });

  test("when all fail, the last error is thrown with all that was spent", async () => {
    const last = new SluiceError("rate-limited", "slow down");
    await expect(
      answerOf([scriptedModel("a", { fails: BUSY }), scriptedModel("b", { fails: last })]).fullText,
    ).rejects.toMatchObject({
      code: "rate-limited",
      partial: { usage: { inputTokens: 20 } },
    });
  });
});

describe("after the first delta", () => {
  const broken = () => scriptedModel("a", { says: ["Hello ", "the"], fails: BUSY });

  test("fail: the error, with the partial answer", async () => {
    const b = scriptedModel("b", { says: ["Bye"] });
    await expect(answerOf([broken(), b]).fullText).rejects.toMatchObject({
      code: "overloaded",
      partial: { text: "Hello the", usage: { inputTokens: 10, outputTokens: 2 } },
    });
    expect(b.requests).toHaveLength(0);
  });

  test("retract: what was emitted is taken back, and the next model starts over", async () => {
    const stream = answerOf([broken(), scriptedModel("b", { says: ["Bye"] })], { afterFirstDelta: "retract" });
    const events = await collect(stream);
    expect(types(events)).toEqual([
      ...["start", "usage", "text-delta", "text-delta", "usage"],
      ...["retract", "start", "data", "usage", "text-delta", "usage", "finish"],
    ]);
    expect(await stream.fullText).toBe("Bye");
    expect(await stream.usage).toMatchObject({ inputTokens: 20, outputTokens: 3 });
  });

  test("continue: the next model that takes a prefix goes on from it, and nothing is emitted twice", async () => {
    const b = scriptedModel("b", { says: ["never"] });
    const c = scriptedModel("c", { says: [" ", "re."], prefix: true });
    const first = scriptedModel("a", { says: ["Hello the "], fails: BUSY });
    const stream = answerOf([first, b, c], { afterFirstDelta: "continue" });
    const events = await collect(stream);
    expect(events.filter((event) => event.type === "start")).toHaveLength(1);
    expect(await stream.fullText).toBe("Hello the re.");
    expect(c.requests[0]?.messages.at(-1)).toEqual({ role: "assistant", content: "Hello the" });
    expect(b.requests).toHaveLength(0);
    expect(await stream.usage).toMatchObject({ inputTokens: 20, outputTokens: 3 });
  });

  test("continue: more than text cannot be continued", async () => {
    const call: ChatEvent = { type: "tool-call", callId: "1", name: "look", input: {} };
    const models = [
      scriptedModel("a", { events: [call], fails: BUSY }),
      scriptedModel("b", { says: ["x"], prefix: true }),
    ];
    await expect(answerOf(models, { afterFirstDelta: "continue" }).fullText).rejects.toMatchObject({
      code: "overloaded",
      partial: { toolCalls: [{ callId: "1" }] },
    });
  });
});

describe("every error is told", () => {
  const gone = new SluiceError("not-found", "no such model", { status: 404 });

  test("of all models that failed, with the last one's code", async () => {
    const error = await answerOf([
      scriptedModel("a", { fails: BUSY }),
      scriptedModel("b", { fails: gone }),
    ]).fullText.catch((e) => e);
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
    const events = await collect(fallback([thrower, scriptedModel("b", { says: ["Hello"] }).chat]).stream(REQUEST));
    expect(events[1]).toMatchObject({ value: { from: "a", to: "b", message: "a bug" } });
  });
});

describe("every change of models is told", () => {
  const changes = async (stream: ChatStream) =>
    (await collect(stream)).flatMap((event) => (event.type === "data" ? [event.value] : []));

  test("before the first delta", async () => {
    const models = [
      scriptedModel("a", { fails: BUSY }),
      scriptedModel("b", { fails: BUSY }),
      scriptedModel("c", { says: ["Hello"] }),
    ];
    expect(await changes(answerOf(models))).toMatchObject([
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
      scriptedModel("a", { says: ["Hel"], fails: BUSY }),
      scriptedModel("b", { fails: BUSY }),
      scriptedModel("c", { says: ["Bye"] }),
    ];
    const stream = answerOf(said, { afterFirstDelta: "retract" }).through({
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
            yield textDelta("never");
          })(),
          options,
        ),
    };
    const b = scriptedModel("b", { says: ["Hello"] });
    const stream = fallback([hanging, b.chat], { rules: { cancelled: "next" } }).stream(REQUEST);
    const failed = stream.fullText.catch((error: unknown) => error);
    await begun;
    stream.cancel("enough");
    expect(await failed).toMatchObject({ code: "cancelled", cause: "enough" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(b.requests).toHaveLength(0);
  });

  test("after a retract, before the next model is asked", async () => {
    const b = scriptedModel("b", { says: ["Bye"] });
    const stream = answerOf([scriptedModel("a", { says: ["Hello"], fails: BUSY }), b], { afterFirstDelta: "retract" });
    for await (const { type } of stream) if (type === "retract") break;
    expect(b.requests).toHaveLength(0);
    expect(await stream.usage).toEqual({ inputTokens: 10, outputTokens: 1 });
  });
});

test("an empty list, an unknown policy and an unknown rule are refused", () => {
  expect(() => fallback([])).toThrow("models: found an array of 0; allowed: a list of at least one model");
  const { chat } = scriptedModel("a", {});
  expect(() => fallback([chat], { afterFirstDelta: "hope" as "fail" })).toThrow(
    'found "hope"; allowed: fail, retract, continue',
  );
  expect(() => fallback([chat], { rules: { overloaded: "retry" as "next" } })).toThrow(
    'rules.overloaded: found "retry"; allowed: next, fail',
  );
});
