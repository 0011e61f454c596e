import { describe, expect, it } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { breakerOf, busy, request, resilient, retry } from "../../../test/support/resilient-model.js";
import { echo } from "../../models/echo.js";
import { SluiceError } from "../../stream/error.js";
import { resilientModel } from "./resilient-model.js";
import { type ComponentRetry, isRetried, RetryDelays } from "./retry-policy.js";

modelLaws("a model with policies", () => {
  const clock = new ManualClock();
  const policy = { timeoutMs: 60_000, retry, breaker: breakerOf({}, clock) };
  return {
    model: resilientModel(echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), policy, { clock, random: () => 0 }),
  };
});

describe("retries", () => {
  it("come after their delay, as often as allowed, and end with the last error", async () => {
    const { clock, inner, model } = resilient([[busy], [busy], [busy]], { retry });
    const text = model.stream(request).fullText;
    for (let i = 0; i < 2; i++) {
      await clock.timer(100);
      clock.advance(100);
    }
    await expect(text).rejects.toMatchObject({ code: "overloaded" });
    expect(inner.requests).toHaveLength(3);
  });

  it.each<[number, boolean]>([
    [400, false],
    [401, false],
    [404, false],
    [422, false],
    [408, true],
    [409, true],
    [425, true],
    [429, true],
    [500, true],
    [529, true],
  ])("after HTTP %i are made: %s", (status, expected) => {
    const error = new SluiceError("provider-error", "x", { status });
    expect(isRetried(error, retry)).toBe(expected);
    expect(isRetried(error, { ...retry, statusCodes: [[400, 599]] })).toBe(expected);
  });

  it("are not made after what no attempt can change", () => {
    for (const code of ["authentication", "context-length", "not-found", "rejected", "quota", "blocked"] as const) {
      expect(isRetried(new SluiceError(code, "x"), retry)).toBe(false);
    }
    expect(isRetried(new SluiceError("truncated", "x"), retry)).toBe(true);
  });

  it("say nothing of attempts that failed", async () => {
    const { clock, model } = resilient([[{ type: "usage", usage: { inputTokens: 3 } }, busy], ["yes"]], { retry });
    const events = collect(model.stream(request));
    await clock.timer(100);
    clock.advance(100);
    expect((await events).map(({ type }) => type)).toEqual(["start", "text-delta", "finish"]);
  });

  it("never come once something was said", async () => {
    const { inner, model } = resilient([["one", busy], ["two"]], { retry });
    const error = await model.stream(request).fullText.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "overloaded", partial: { text: "one" } });
    expect(inner.requests).toHaveLength(1);
  });

  it("do not come for what every attempt would repeat, or for other statuses than those named", async () => {
    const wrong = { throw: new SluiceError("invalid-request", "wrong") };
    await expect(resilient([[wrong]], { retry }).model.stream(request).fullText).rejects.toThrow("wrong");
    const some = { ...retry, statusCodes: [[400, 499] as const] };
    await expect(resilient([[busy]], { retry: some }).model.stream(request).fullText).rejects.toThrow("busy");
  });

  it("end when the reader leaves", async () => {
    const { clock, inner, model } = resilient([[busy], ["late"]], { retry });
    const stream = model.stream(request);
    const text = stream.fullText;
    await clock.timer(100);
    stream.cancel();
    await expect(text).rejects.toMatchObject({ code: "cancelled" });
    expect(clock.pending).toEqual([]);
    expect(inner.requests).toHaveLength(1);
  });

  it("refuse what cannot be asked at once", () => {
    expect(() => resilient([], { retry }).model.stream({ messages: [] })).toThrow("messages");
  });

  it("grow by half, spread by half, up to a limit in number and time", () => {
    const delays = (random: number, more: Partial<ComponentRetry> = {}) =>
      new RetryDelays({ ...retry, policy: "exponential", maxRetries: -1, maxIntervalMs: 1_000, ...more }, () => random);
    const middle = delays(0.5);
    expect([0, 0, 0, 0].map(() => middle.next(0))).toEqual([500, 750, 1_000, 1_000]);
    expect(delays(0).next(0)).toBe(250);
    expect(delays(1).next(0)).toBe(750);
    expect(delays(0.5).next(15 * 60_000 - 499)).toBeUndefined();
    expect(delays(0.5, { maxRetries: 0 }).next(0)).toBeUndefined();
  });
});

describe("timeouts", () => {
  it("end an attempt in daprd's words, and the next one has its own", async () => {
    const { clock, inner, model } = resilient(
      [
        [{ waitMs: 900 }, "slow"],
        [{ waitMs: 100 }, "fast"],
      ],
      {
        timeoutMs: 500,
        retry,
      },
    );
    const text = model.stream(request).fullText;
    await clock.timer(500);
    clock.advance(500);
    await clock.timer(100);
    clock.advance(100);
    while (inner.requests.length < 2) await new Promise(setImmediate);
    clock.advance(100);
    expect(await text).toBe("fast");
  });

  it("count until the end of the answer", async () => {
    const { clock, model } = resilient([["one", { waitMs: 900 }, "two"]], { timeoutMs: 500 });
    const stream = model.stream(request);
    const text = stream.fullText;
    await clock.timer(900);
    clock.advance(500);
    await expect(text).rejects.toMatchObject({
      code: "total-timeout",
      message: "context deadline exceeded",
      partial: { text: "one" },
    });
    expect(clock.pending).not.toContain(500);
  });
});
