import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { breakerOf, busy, request, resilient, retry } from "../../../test/support/resilient-model.js";
import { compileTrip } from "./trip-expression.js";

describe("a circuit breaker", () => {
  it("opens after failures, lets one through after a while, and closes after its success", async () => {
    const clock = new ManualClock();
    const breaker = breakerOf({}, clock);
    const { inner, model } = resilient([[busy], [busy], [busy], ["a"], ["b"]], { breaker }, clock);
    const call = () => model.stream(request).fullText;
    await expect(call()).rejects.toThrow("busy");
    await expect(call()).rejects.toThrow("busy");
    expect(breaker.state).toBe("open");
    await expect(call()).rejects.toMatchObject({ message: "circuit breaker is open", code: "overloaded" });
    clock.advance(1_000);
    expect(breaker.state).toBe("half-open");
    await expect(call()).rejects.toThrow("busy");
    expect(breaker.state).toBe("open");
    clock.advance(1_000);
    expect(await call()).toBe("a");
    expect(breaker.state).toBe("closed");
    expect(inner.requests).toHaveLength(4);
  });

  it("ends retries when it opens", async () => {
    const clock = new ManualClock();
    const { inner, model } = resilient(
      [[busy], [busy], ["x"]],
      { breaker: breakerOf({}, clock), retry: { ...retry, maxRetries: 9 } },
      clock,
    );
    const text = model.stream(request).fullText;
    for (let i = 0; i < 2; i++) {
      await clock.timer(100);
      clock.advance(100);
    }
    await expect(text).rejects.toThrow("circuit breaker is open");
    expect(inner.requests).toHaveLength(2);
  });

  it("lets no more through than it says while it is half open, and frees the place of one who left", () => {
    const clock = new ManualClock();
    const breaker = breakerOf({ maxRequests: 2, trip: () => true }, clock);
    breaker.enter()("failure");
    clock.advance(1_000);
    const first = breaker.enter();
    const second = breaker.enter();
    expect(() => breaker.enter()).toThrow("too many requests");
    first("abandoned");
    const third = breaker.enter();
    second("success");
    second("success");
    expect(breaker.state).toBe("half-open");
    third("success");
    expect(breaker.state).toBe("closed");
  });

  it("clears its counts after its interval, and hears no more of what came before", () => {
    const clock = new ManualClock();
    const breaker = breakerOf({ intervalMs: 500 }, clock);
    const late = breaker.enter();
    breaker.enter()("failure");
    clock.advance(500);
    late("failure");
    breaker.enter()("failure");
    expect(breaker.state).toBe("closed");
    breaker.enter()("failure");
    expect(breaker.state).toBe("open");
  });

  it("counts nobody who leaves", async () => {
    const clock = new ManualClock();
    const breaker = breakerOf({ trip: () => true }, clock);
    const { model } = resilient([["a", "b"]], { breaker }, clock);
    for await (const _ of model.stream(request).text) break;
    expect(breaker.state).toBe("closed");
  });
});

describe("the condition of a circuit breaker", () => {
  const counts = { requests: 10, totalSuccesses: 4, totalFailures: 6, consecutiveSuccesses: 0, consecutiveFailures: 3 };

  it.each([
    ["consecutiveFailures > 2", true],
    ["consecutiveFailures >= 3 && requests < 10", false],
    ["(consecutiveFailures == 3) || false", true],
    ["!(requests != 10)", true],
    ["totalFailures / requests > 0", false],
    ["double(totalFailures) / double(requests) >= 0.6", true],
    ["totalFailures * 10 / requests == 6", true],
    ["requests - totalFailures - totalSuccesses == -0", true],
    ["requests % 3 == 1 && requests <= 10.5", true],
    ["int(0.9) == 0 && true == (1 < 2)", true],
    ["requests", false],
    ["requests / (requests - 10) > 0", false],
    ["requests / (requests - 10) > 0 || consecutiveFailures > 2", true],
    ["requests / (requests - 10) > 0 || consecutiveFailures > 9", false],
    ["consecutiveFailures > 2 || requests / (requests - 10) > 0", true],
    ["!(requests / (requests - 10) > 0 && consecutiveFailures > 9)", true],
    ["requests / (requests - 10) > 0 && consecutiveFailures > 2", false],
    ["true > false", false],
    ["!requests", false],
  ])("%s", (text, trips) => expect(compileTrip(text)(counts)).toBe(trips));

  it.each(["", "failures > 1", "requests >", "requests > 1)", "(requests", "requests $ 1", "a.b", "int 1"])(
    "is not %j",
    (text) => expect(() => compileTrip(text)).toThrow("circuit breaker trip"),
  );

  it("binds as arithmetic does", () => {
    const small = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(small, small, small, (a, b, c) => {
        const trips = compileTrip(`${a} + ${b} * ${c} - ${a} > ${c} + 1 || ${a} < ${b} && ${b} < ${c}`);
        expect(trips(counts)).toBe(a + b * c - a > c + 1 || (a < b && b < c));
      }),
    );
  });
});
