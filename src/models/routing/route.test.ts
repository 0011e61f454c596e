import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { collect } from "../../../test/support/collect.js";
import { deferred } from "../../../test/support/deferred.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { RouteDecision } from "../../stream/call-context.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { defineModel } from "../define-model.js";
import { echo } from "../echo.js";
import { scripted } from "../scripted.js";
import { route } from "./route.js";
import type { RouteOptions } from "./route-options.js";

const request: ChatRequest = { messages: [{ role: "user", content: "hi" }] };
const busy = new SluiceError("overloaded", "busy", { status: 503 });

/** Says its name, as often as it is asked; fails while `down` has it. */
function speaker(id: string, down: Set<string> = new Set()): ChatModel {
  return defineModel({
    id,
    *stream() {
      if (down.has(id)) throw busy;
      yield id;
    },
  });
}

/** Says something when it is let, and tells when its reader leaves. */
function slow(id: string, before: readonly ChatEvent[] = []) {
  const gate = deferred();
  const state = { left: false, asked: 0 };
  const model = defineModel({
    id,
    async *stream(_request, { signal }) {
      state.asked++;
      signal.addEventListener("abort", () => {
        state.left = true;
      });
      yield* before;
      await gate.promise;
      yield id;
    },
  });
  return { model, state, speak: () => gate.resolve() };
}

async function ask(model: ChatModel, decisions: RouteDecision[] = []): Promise<string> {
  return model.stream(request, { context: { onRoute: (decision) => decisions.push(decision) } }).fullText;
}

const told = (decisions: readonly RouteDecision[]) => decisions.map(({ target, outcome }) => `${target} ${outcome}`);

modelLaws("a route", () => ({ model: route([echo({ tokensPerSecond: Number.POSITIVE_INFINITY })]) }));
modelLaws("a route that hedges", () => {
  const fast = { tokensPerSecond: Number.POSITIVE_INFINITY };
  return { model: route([echo(fast), echo(fast)], { hedgeMs: 1_000, choose: "least-busy" }) };
});

describe("the choice", () => {
  const pick = async (options: RouteOptions, weights = [1, 3]) => {
    const [a = 1, b = 1] = weights;
    return ask(
      route(
        [
          { model: speaker("a"), weight: a },
          { model: speaker("b"), weight: b },
        ],
        options,
      ),
    );
  };

  it("is the first, or by weight", async () => {
    expect(await pick({})).toBe("a");
    expect(await pick({ choose: "weighted", random: () => 0.24 })).toBe("a");
    expect(await pick({ choose: "weighted", random: () => 0.26 })).toBe("b");
    expect(await pick({ choose: "weighted", random: () => 0.999_999 })).toBe("b");
  });

  it("by weight is as often as the weights say, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = new Map<string, number>();
        for (let draw = 0; draw < total; draw++) {
          const targets = weights.map((weight, index) => ({ model: speaker(String(index)), weight }));
          const said = await ask(route(targets, { choose: "weighted", random: () => (draw + 0.5) / total }));
          counts.set(said, (counts.get(said) ?? 0) + 1);
        }
        expect(weights.map((_, index) => counts.get(String(index)))).toEqual(weights);
      }),
      { numRuns: 20 },
    );
  });

  it("is the one with the fewest calls under way", async () => {
    const waiting = slow("a");
    const model = route([waiting.model, speaker("b")], { choose: "least-busy" });
    const first = ask(model);
    while (waiting.state.asked === 0) await new Promise(setImmediate);
    expect(model.routeState().targets.map(({ running }) => running)).toEqual([1, 0]);
    expect(await ask(model)).toBe("b");
    waiting.speak();
    expect(await first).toBe("a");
    expect(model.routeState().targets.map(({ running }) => running)).toEqual([0, 0]);
  });

  it("is the cheapest, those without a price last", async () => {
    const row = { provider: "p", cacheRead: 1, source: "here", date: "2026-11-29" };
    const prices = {
      models: [
        { ...row, models: ["dear"], input: 10, output: 10 },
        { ...row, models: ["cheap"], input: 1, output: 1 },
      ],
    };
    const models = ["p/unknown", "p/dear", "p/cheap"].map((id) => speaker(id));
    expect(await ask(route(models, { choose: "cheapest", prices }))).toBe("p/cheap");
    expect(await ask(route(models.slice(0, 2), { choose: "cheapest", prices }))).toBe("p/dear");
  });
});

describe("a circuit breaker", () => {
  it("keeps calls from a target that fails, lets one try after a while, and closes again", async () => {
    const clock = new ManualClock();
    const down = new Set(["a"]);
    const model = route([speaker("a", down), speaker("b")], { clock, breaker: { failures: 2, openMs: 1_000 } });
    const breaker = () => model.routeState().targets[0]?.breaker;
    expect([await ask(model), await ask(model), breaker()]).toEqual(["b", "b", "open"]);
    const decisions: RouteDecision[] = [];
    expect(await ask(model, decisions)).toBe("b");
    expect(told(decisions)).toEqual(["b asked", "b answers"]);
    clock.advance(1_000);
    expect(breaker()).toBe("half-open");
    await ask(model);
    expect(breaker()).toBe("open");
    clock.advance(1_000);
    down.clear();
    expect([await ask(model), breaker()]).toEqual(["a", "closed"]);
    expect(model.routeState().targets[0]).toMatchObject({ asked: 4, failed: 3, finished: 1, lastError: "overloaded" });
  });

  it("does not count what is the request's fault, or the reader's", async () => {
    const bad = new SluiceError("context-length", "too long");
    const model = route([scripted([[{ throw: bad }], [{ throw: bad }]])], { breaker: { failures: 1 } });
    await expect(ask(model)).rejects.toMatchObject({ code: "context-length" });
    expect(model.routeState().targets[0]?.breaker).toBe("closed");
    const waiting = slow("a");
    const other = route([waiting.model], { breaker: { failures: 1 } });
    const stream = other.stream(request);
    const reading = stream.fullText.catch((error: unknown) => error);
    while (waiting.state.asked === 0) await new Promise(setImmediate);
    stream.cancel();
    expect(await reading).toMatchObject({ code: "cancelled" });
    expect(other.routeState().targets[0]).toMatchObject({ breaker: "closed", running: 0, failed: 0 });
  });

  it("that is open everywhere is an error at once, which says so of each", async () => {
    const clock = new ManualClock();
    const model = route([speaker("a", new Set(["a"])), speaker("b", new Set(["b"]))], {
      clock,
      breaker: { failures: 1 },
    });
    await expect(ask(model)).rejects.toThrow("busy");
    const decisions: RouteDecision[] = [];
    await expect(ask(model, decisions)).rejects.toMatchObject({ code: "overloaded", retryable: true });
    expect(told(decisions)).toEqual(["a refused", "b refused"]);
  });
});

describe("a limit", () => {
  it("sends calls elsewhere, and lets them wait where there is nowhere else", async () => {
    const clock = new ManualClock();
    const waiting = slow("a");
    const model = route([{ model: waiting.model, concurrency: 1 }, speaker("b")], { clock });
    const first = ask(model);
    while (waiting.state.asked === 0) await new Promise(setImmediate);
    expect(await ask(model)).toBe("b");
    waiting.speak();
    expect([await first, await ask(model)]).toEqual(["a", "a"]);
  });

  it("is an error when no place becomes free, and a reader who leaves waits no longer", async () => {
    const clock = new ManualClock();
    const waiting = slow("a");
    const model = route([{ model: waiting.model, concurrency: 1 }], { clock });
    const first = ask(model);
    while (waiting.state.asked === 0) await new Promise(setImmediate);
    const second = ask(model).catch((error: unknown) => error);
    await clock.timer(30_000);
    clock.advance(30_000);
    expect(await second).toMatchObject({ code: "overloaded", retryable: true });
    const third = model.stream(request);
    const left = third.fullText.catch((error: unknown) => error);
    await clock.timer(30_000);
    third.cancel();
    expect(await left).toMatchObject({ code: "cancelled" });
    expect(clock.pending).toEqual([]);
    expect(model.routeState().targets[0]?.waiting).toBe(0);
    waiting.speak();
    await first;
    expect(waiting.state.asked).toBe(1);
  });
});

describe("a hedge", () => {
  const race = () => {
    const clock = new ManualClock();
    const a = slow("a", [{ type: "usage", usage: { inputTokens: 7 } }]);
    const b = slow("b");
    return { clock, a, b, model: route([a.model, b.model], { hedgeMs: 100, clock }) };
  };

  it("asks the second where the first says nothing, gives up the slower, and books what that used", async () => {
    const { clock, a, b, model } = race();
    const decisions: RouteDecision[] = [];
    const stream = model.stream(request, { context: { onRoute: (decision) => decisions.push(decision) } });
    const text = stream.fullText;
    await clock.timer(100);
    expect(b.state.asked).toBe(0);
    clock.advance(100);
    while (b.state.asked === 0) await new Promise(setImmediate);
    b.speak();
    expect(await text).toBe("b");
    expect(a.state.left).toBe(true);
    expect((await stream.usage).inputTokens).toBe(7);
    expect(told(decisions)).toEqual(["a asked", "b hedged", "b answers", "a lost"]);
    expect(clock.pending).toEqual([]);
  });

  it("asks nobody where the first is fast enough", async () => {
    const { clock, a, b, model } = race();
    const text = ask(model);
    await clock.timer(100);
    a.speak();
    expect([await text, b.state.asked, clock.pending.length]).toEqual(["a", 0, 0]);
  });

  it("goes on to the next where the first fails early, and asks none twice where both do", async () => {
    const down = new Set(["a", "b"]);
    const models = ["a", "b", "c"].map((id) => speaker(id, down));
    const decisions: RouteDecision[] = [];
    expect(await ask(route(models, { hedgeMs: 100, clock: new ManualClock() }), decisions)).toBe("c");
    expect(told(decisions)).toEqual(["a asked", "a failed", "b asked", "b failed", "c asked", "c answers"]);
  });

  it("leaves both when the reader leaves", async () => {
    const { clock, a, b, model } = race();
    const stream = model.stream(request);
    const reading = stream.fullText.catch((error: unknown) => error);
    await clock.timer(100);
    clock.advance(100);
    while (b.state.asked === 0) await new Promise(setImmediate);
    stream.cancel();
    expect(await reading).toMatchObject({ code: "cancelled" });
    expect([a.state.left, b.state.left]).toEqual([true, true]);
    expect(model.routeState().targets.map(({ running }) => running)).toEqual([0, 0]);
  });
});

describe("the cache", () => {
  it("answers what was asked before, to the same caller", async () => {
    const inner = scripted([["one"], ["two"]]);
    const model = route([inner], { cache: { ttlMs: 1_000 }, clock: new ManualClock() });
    const decisions: RouteDecision[] = [];
    const as = (caller: string) =>
      model.stream(request, { context: { caller, onRoute: (decision) => decisions.push(decision) } }).fullText;
    expect([await as("x"), await as("x"), await as("y")]).toEqual(["one", "one", "two"]);
    expect(decisions.filter(({ outcome }) => outcome === "cached")).toHaveLength(1);
  });
});

it("takes another's place after the first delta as its policy says", async () => {
  const broken = defineModel({
    id: "broken",
    *stream() {
      yield "half";
      throw busy;
    },
  });
  const events = await collect(route([broken, speaker("b")], { afterFirstDelta: "retract" }).stream(request));
  expect(events.map(({ type }) => type)).toContain("retract");
  await expect(ask(route([broken, speaker("b")]))).rejects.toMatchObject({ partial: { text: "half" } });
});

it.each([
  [[], {}, "targets"],
  [[echo()], { choos: "first" }, "did you mean choose?"],
  [[{ model: echo(), wieght: 1 }], {}, "did you mean weight?"],
  [[{ model: echo(), weight: 0 }], {}, "targets[0].weight"],
  [[echo()], { hedgeMs: 0 }, "hedgeMs"],
  [[echo()], { breaker: { failures: 0 } }, "breaker.failures"],
  [[echo()], { cache: {} }, "cache.ttlMs"],
])("refuses %j with %j", (targets, options, named) => {
  expect(() => route(targets as never, options as RouteOptions)).toThrow(named);
});
