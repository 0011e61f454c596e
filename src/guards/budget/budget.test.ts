import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { defineModel } from "../../models/define-model.js";
import { type ScriptLine, scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { guard } from "../guard.js";
import { type BudgetOptions, budget } from "./budget.js";

const request: ChatRequest = { messages: [{ role: "user", content: "Count to ten, please." }] };
const INPUT = 6;

/** A model that says one word after another, and whether its reader has left. */
function endless(before: readonly ChatEvent[] = []) {
  const left = { now: false, said: 0 };
  const model = defineModel({
    id: "openai/gpt-test",
    async *stream() {
      try {
        yield* before;
        for (;;) {
          left.said++;
          yield " word";
        }
      } finally {
        left.now = true;
      }
    },
  });
  return { model, left };
}

async function spend(model: ChatModel, options: BudgetOptions, asked = request) {
  const events = await collect(guard(model, budget(options)).stream(asked));
  const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  return { events, text, end: events.slice(-2) };
}

test("a price that is not known fails the stream and closes the upstream", async () => {
  const { model, left } = endless();
  const cost = ({ outputTokens = 0 }) => {
    if (outputTokens > 2) throw new Error("no price");
    return 0;
  };
  await expect(spend(model, { maxCost: 1, cost })).rejects.toMatchObject({
    code: "guard-failed",
    message: "the guard budget failed: no price",
  });
  expect(left.now).toBe(true);
});

describe("a budget of tokens", () => {
  test("ends the answer at the token, cancels the upstream, and says what was used", async () => {
    const { model, left } = endless();
    const { text, end } = await spend(model, { maxOutputTokens: 5 });
    expect(text).toBe(" word".repeat(5));
    expect(end).toEqual([
      { type: "data", name: "guard/budget", value: { limit: "maxOutputTokens", allowed: 5, used: 5, estimated: true } },
      { type: "finish", reason: "budget", usage: { inputTokens: INPUT, outputTokens: 5 } },
    ]);
    expect(left.now).toBe(true);
    expect(left.said).toBeLessThan(10);
  });

  test("cuts inside a delta, and counts reasoning and arguments with the text", async () => {
    const call = { type: "tool-input-delta", callId: "1", name: "t" } as const;
    const model = scripted([
      [{ type: "reasoning-delta", text: "one two" }, { ...call, delta: '{"a"' }, " three four five six"],
      [
        { ...call, delta: '{"a"' },
        { ...call, delta: ': "long long long long"}' },
      ],
    ]);
    const first = await spend(model, { maxOutputTokens: 7 });
    expect(first.text).toBe(" three four");
    const second = await spend(model, { maxOutputTokens: 5 });
    expect(second.events.filter((event) => event.type === "tool-input-delta")).toEqual([{ ...call, delta: '{"a"' }]);
    expect(second.end[1]).toMatchObject({ reason: "budget" });
  });

  test("is the same however the text is cut", async () => {
    const whole = "one two three, four five";
    const model = scripted([[whole], [...whole]]);
    const [a, b] = [await spend(model, { maxOutputTokens: 4 }), await spend(model, { maxOutputTokens: 4 })];
    expect([a.text, a.end]).toEqual([b.text, b.end]);
    expect(a.text).toBe("one two three,");
  });

  test("estimates are corrected by what the provider says", async () => {
    const more = await spend(scripted([["one two ", usage({ outputTokens: 50 }), "three"]]), { maxOutputTokens: 20 });
    expect(more.text).toBe("one two ");
    expect(more.end).toEqual([
      {
        type: "data",
        name: "guard/budget",
        value: { limit: "maxOutputTokens", allowed: 20, used: 50, estimated: true },
      },
      { type: "finish", reason: "budget", usage: { inputTokens: INPUT, outputTokens: 50 } },
    ]);
    const less = await spend(scripted([["a b c d e f", usage({ outputTokens: 1 }), " g h"]]), { maxOutputTokens: 6 });
    expect(less.text).toBe("a b c d e f g h");
    expect(less.end[1]).toMatchObject({ type: "finish", reason: "stop" });
  });

  test("a prompt that is too long is not sent, and costs nothing", async () => {
    const model = scripted([["x"]]);
    const { events } = await spend(model, { maxInputTokens: 3 });
    expect(model.requests).toHaveLength(0);
    expect(events).toEqual([
      { type: "start", id: expect.any(String), model: "scripted" },
      {
        type: "data",
        name: "guard/budget",
        value: { limit: "maxInputTokens", allowed: 3, used: INPUT, estimated: true },
      },
      { type: "finish", reason: "budget", usage: { inputTokens: 0, outputTokens: 0 } },
    ]);
  });

  test("a prompt that turns out too long ends the answer", async () => {
    const { text, end } = await spend(endless([usage({ inputTokens: 900 })]).model, { maxInputTokens: 100 });
    expect(text).toBe("");
    expect(end[1]).toEqual({ type: "finish", reason: "budget", usage: { inputTokens: 900, outputTokens: 0 } });
  });

  test("prompt and answer count together", async () => {
    const { text, end } = await spend(endless().model, { maxTotalTokens: INPUT + 2 });
    expect(text).toBe(" word word");
    expect(end[0]).toMatchObject({ value: { limit: "maxTotalTokens", used: INPUT + 2 } });
  });

  test("an answer that stays within it passes unchanged", async () => {
    const script: ScriptLine[] = ["Hello", { type: "finish", reason: "stop", usage: { outputTokens: 99 } }];
    const { events, end } = await spend(scripted([script]), { maxOutputTokens: 10 });
    expect(end[1]).toEqual({ type: "finish", reason: "stop", usage: { outputTokens: 99 } });
    expect(events).toHaveLength(3);
  });

  test("ends the step that runs, in a stream of several calls", async () => {
    const step = (n: number): ChatEvent => ({ type: "step-start", step: n, model: "m" });
    const done: ChatEvent = {
      type: "step-finish",
      step: 0,
      reason: "tool-calls",
      usage: { inputTokens: 9, outputTokens: 2 },
    };
    const { end, events } = await spend(scripted([[step(0), "a b", done, step(1), " c d e f g h"]]), {
      maxOutputTokens: 4,
    });
    expect(events.at(-2)).toEqual({
      type: "step-finish",
      step: 1,
      reason: "budget",
      usage: { inputTokens: 0, outputTokens: 2 },
    });
    expect(end[1]).toEqual({ type: "finish", reason: "budget", usage: { inputTokens: 9, outputTokens: 4 } });
  });
});

describe("a budget of money", () => {
  const cost = (used: { inputTokens?: number; outputTokens?: number }, model: string) =>
    model === "openai/gpt-test" ? (used.inputTokens ?? 0) * 0.1 + (used.outputTokens ?? 0) : undefined;

  test("ends the answer as soon as it is used up", async () => {
    const { text, end } = await spend(endless().model, { maxCost: 4, cost });
    expect(text).toBe(" word".repeat(4));
    expect(end[0]).toMatchObject({ value: { limit: "maxCost", allowed: 4, used: expect.closeTo(4.6) } });
    expect(end[1]).toMatchObject({ reason: "budget" });
  });

  test("says when a price is not known, and does not end anything then", async () => {
    const { events, end } = await spend(scripted([["Hello"]]), { maxCost: 0, cost });
    expect(events[0]).toMatchObject({ type: "start", warnings: [{ field: "maxCost" }] });
    expect(end[1]).toMatchObject({ reason: "stop" });
  });
});

describe("a budget of time", () => {
  test("ends a read that waits, and calls its timer off where the answer is in time", async () => {
    const clock = new ManualClock();
    const model = scripted([["Hello", { waitMs: 10_000 }, "late"], ["in time"]], { clock });
    const guarded = guard(model, budget({ maxMs: 3_000, clock }));
    const events = collect(guarded.stream(request));
    await clock.timer(10_000);
    clock.advance(3_000);
    expect((await events).slice(-3)).toEqual([
      { type: "text-delta", text: "Hello" },
      { type: "data", name: "guard/budget", value: { limit: "maxMs", allowed: 3_000, used: 3_000, estimated: false } },
      { type: "finish", reason: "budget", usage: { inputTokens: INPUT, outputTokens: 1 } },
    ]);
    expect(clock.pending).toEqual([]);
    expect(await guarded.stream(request).fullText).toBe("in time");
    expect(clock.pending).toEqual([]);
  });

  test("ends an answer that comes without a pause, in which no timer fires", async () => {
    const { model, left } = endless();
    const clock = { now: () => left.said, after: () => () => {} };
    const events = await collect(guard(model, budget({ maxMs: 20, clock })).stream(request));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "budget" });
    expect([left.said, left.now]).toEqual([20, true]);
  });

  test("closes the upstream although nobody reads, and calls its timer off when the reader leaves", async () => {
    const clock = new ManualClock();
    const { model, left } = endless();
    const guarded = guard(model, budget({ maxMs: 1_000, clock }));
    const reader = guarded.stream(request)[Symbol.asyncIterator]();
    await reader.next();
    clock.advance(1_000);
    await new Promise(setImmediate);
    expect(left.now).toBe(true);
    for await (const event of guarded.stream(request)) if (event.type === "text-delta") break;
    expect(clock.pending).toEqual([]);
  });
});

describe("a shared budget", () => {
  test("counts all calls that go through the guard", async () => {
    const model = scripted([["a b c"], ["d e f"], ["g"]]);
    const guarded = guard(model, budget({ maxOutputTokens: 5, shared: true }));
    const ask = () => guarded.stream(request);
    expect(await ask().fullText).toBe("a b c");
    expect(await ask().fullText).toBe("d e");
    const last = ask();
    expect([await last.fullText, await last.finishReason]).toEqual(["", "budget"]);
    const each = guard(scripted([["a b c"], ["d e f"]]), budget({ maxOutputTokens: 3 }));
    expect([await each.stream(request).fullText, await each.stream(request).fullText]).toEqual(["a b c", "d e f"]);
  });
});

test.each([
  ["budget", {}],
  ["maxMs", { maxMs: -1 }],
  ["maxOutputTokens", { maxOutputTokens: Number.NaN }],
  ["cost", { maxCost: 1 }],
])("options that are not right are refused: %s", (field, options) => {
  expect(() => budget(options)).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
});

function usage(counts: { inputTokens?: number; outputTokens?: number }): ChatEvent {
  return { type: "usage", usage: counts };
}
