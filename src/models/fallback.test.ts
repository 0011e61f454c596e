import { describe, expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import { type FallbackOptions, fallback } from "./fallback.js";

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
    expect(events[1]).toMatchObject({ name: "fallback", value: { from: "a", to: "b", code: "overloaded" } });
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

test("an empty list and an unknown policy are refused", () => {
  expect(() => fallback([])).toThrow("models: found an array of 0; allowed: at least one model");
  const { chat } = model("a", {});
  expect(() => fallback([chat], { afterFirstDelta: "hope" as "fail" })).toThrow(
    'found "hope"; allowed: fail, retract, continue',
  );
});
