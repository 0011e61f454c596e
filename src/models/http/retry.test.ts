import { describe, expect, it } from "vitest";
import { SluiceError } from "../../stream/error.js";
import { DEFAULT_RETRY, resolveRetry, retryDelay } from "./retry.js";

const overloaded = new SluiceError("overloaded", "busy", { retryable: true });
const always = (value: number) => () => value;

describe("the delay before a retry", () => {
  it("doubles up to its bound, drawn from 0", () => {
    const policy = { retries: 9, baseDelayMs: 500, maxDelayMs: 3_000 };
    const most = [1, 2, 3, 4, 5].map((failed) => retryDelay(overloaded, failed, policy, always(1)));
    expect(most).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
    expect(retryDelay(overloaded, 3, policy, always(0))).toBe(0);
    expect(retryDelay(overloaded, 3, policy, always(0.25))).toBe(500);
  });

  it("is what the provider asks for, unless that is too much", () => {
    const asked = (retryAfterMs: number) => overloaded.with({ retryAfterMs });
    expect(retryDelay(asked(0), 1, DEFAULT_RETRY, always(1))).toBe(0);
    expect(retryDelay(asked(60_000), 1, DEFAULT_RETRY, always(0))).toBe(60_000);
    expect(retryDelay(asked(60_001), 1, DEFAULT_RETRY, always(0))).toBeUndefined();
  });

  it("is none after the last retry, and for an error that would come again", () => {
    expect(retryDelay(overloaded, 3, DEFAULT_RETRY, always(1))).toBeUndefined();
    expect(retryDelay(overloaded, 1, { ...DEFAULT_RETRY, retries: 0 }, always(1))).toBeUndefined();
    expect(retryDelay(new SluiceError("rejected", "no"), 1, DEFAULT_RETRY, always(1))).toBeUndefined();
  });
});

describe("the policy", () => {
  it("is the default, the model's and the call's, the later ones winning", () => {
    expect(resolveRetry(undefined, { retries: 5, baseDelayMs: 1 }, { retries: 0 })).toEqual({
      ...DEFAULT_RETRY,
      retries: 0,
      baseDelayMs: 1,
    });
  });

  it.each([
    [{ retries: -1 }, "retry.retries"],
    [{ retries: 0.5 }, "retry.retries"],
    [{ baseDelayMs: -1 }, "retry.baseDelayMs"],
    [{ maxDelayMs: Number.NaN }, "retry.maxDelayMs"],
  ])("is refused when it is %j", (policy, field) => {
    expect(() => resolveRetry(policy)).toThrow(field);
  });
});
