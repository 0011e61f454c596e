import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { JsonObject } from "../../base/json.js";
import { echo } from "../../models/echo.js";
import { CircuitBreaker } from "../../models/routing/circuit-breaker.js";
import { type ScriptLine, scripted } from "../../models/scripted.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { readResource } from "../resources/dapr-resource.js";
import type { Notice } from "../resources/notice.js";
import { readResiliency } from "./read-resiliency.js";
import { type ComponentPolicy, resilientModel } from "./resilient-model.js";
import { type ComponentRetry, isRetried, RetryDelays } from "./retry-policy.js";
import { compileTrip } from "./trip-expression.js";

const request: ChatRequest = { messages: [{ role: "user", content: "hi" }] };
const busy = { throw: new SluiceError("overloaded", "busy", { status: 503 }) };
const retry: ComponentRetry = {
  policy: "constant",
  durationMs: 100,
  maxIntervalMs: 60_000,
  maxRetries: 2,
  statusCodes: [],
};

function resilient(scripts: ScriptLine[][], policy: ComponentPolicy, clock = new ManualClock()) {
  const inner = scripted(scripts, { clock });
  return { clock, inner, model: resilientModel(inner, policy, { clock, random: () => 0.5 }) };
}

modelLaws("a model with policies", () => {
  const clock = new ManualClock();
  const policy = { timeoutMs: 60_000, retry, breaker: breakerOf({}, clock) };
  return {
    model: resilientModel(echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), policy, { clock, random: () => 0 }),
  };
});

function breakerOf(
  policy: Partial<ConstructorParameters<typeof CircuitBreaker>[0]>,
  clock: ManualClock,
): CircuitBreaker {
  const trip = compileTrip("consecutiveFailures > 1");
  return new CircuitBreaker({ maxRequests: 1, intervalMs: 0, timeoutMs: 1_000, trip, ...policy }, clock);
}

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

describe("Resiliency resources", () => {
  const read = (...specs: JsonObject[]) => {
    const notices: Notice[] = [];
    const resources = specs.map((spec, index) => {
      const body = { apiVersion: "dapr.io/v1alpha1", kind: "Resiliency", metadata: { name: `r${index}` }, spec };
      const resource = readResource(body, "r.yaml");
      if (resource === undefined) throw new Error("not a resource");
      return resource;
    });
    const clock = new ManualClock();
    return { notices, resiliency: readResiliency(resources, clock, (notice) => notices.push(notice)) };
  };

  it("name the policies of a component", () => {
    const { resiliency } = read({
      policies: {
        timeouts: { general: "5s" },
        retries: {
          often: {
            policy: "Exponential",
            maxInterval: "15s",
            maxRetries: 10,
            matching: { httpStatusCodes: "429, 500-599" },
          },
          plain: {},
        },
        circuitBreakers: { cb: { maxRequests: 2, interval: "8s", timeout: "45s", trip: "consecutiveFailures > 8" } },
      },
      targets: {
        components: {
          llm: { outbound: { timeout: "general", retry: "often", circuitBreaker: "cb" } },
          plain: { outbound: { retry: "plain" } },
          inbound: { inbound: { retry: "plain" } },
          unknown: { outbound: { retry: "nobody" } },
        },
      },
    });
    const policy = resiliency.outboundPolicy("llm");
    expect(policy?.timeoutMs).toBe(5_000);
    expect(policy?.retry).toEqual({
      policy: "exponential",
      durationMs: 5_000,
      maxIntervalMs: 15_000,
      maxRetries: 10,
      statusCodes: [
        [429, 429],
        [500, 599],
      ],
    });
    expect(policy?.breaker?.state).toBe("closed");
    expect(resiliency.outboundPolicy("plain")).toEqual({
      retry: { policy: "constant", durationMs: 5_000, maxIntervalMs: 60_000, maxRetries: -1, statusCodes: [] },
    });
    for (const name of ["inbound", "unknown", "other"]) expect(resiliency.outboundPolicy(name)).toBeUndefined();
  });

  it("have defaults for components without a target, the closest name first", () => {
    const { resiliency } = read(
      { policies: { retries: { DefaultRetryPolicy: { maxRetries: 1 } }, timeouts: { DefaultTimeoutPolicy: "1s" } } },
      {
        policies: { retries: { DefaultComponentOutboundRetryPolicy: { maxRetries: 2 } } },
        targets: { components: { llm: { outbound: {} } } },
      },
    );
    expect(resiliency.outboundPolicy("any")).toMatchObject({ retry: { maxRetries: 2 }, timeoutMs: 1_000 });
    expect(resiliency.outboundPolicy("llm")).toBeUndefined();
  });

  it.each([
    [{ retries: { a: { policy: "linear" } } }, "unexpected back off policy type: linear"],
    [{ retries: { a: { maxRetries: "many" } } }, "maxRetries: many"],
    [{ retries: { a: { duration: "soon" } } }, 'time: invalid duration "soon"'],
    [{ retries: { a: { matching: { httpStatusCodes: "4xx" } } } }, "matching.httpStatusCodes"],
    [{ circuitBreakers: { a: { trip: "x" } } }, "circuit breaker trip"],
    [{ circuitBreakers: { a: { maxRequests: "x" } } }, "maxRequests"],
  ])("that are wrong are reported: %j", (policies, message) => {
    const { notices } = read({ policies: policies as JsonObject });
    expect(notices[0]?.message).toContain("Could not read resiliency policy r0: ");
    expect(notices[0]?.message).toContain(message);
  });
});

it("names that nobody reads are warned about, with what was meant", () => {
  const spec = {
    policies: {
      timeouts: { quick: "5s" },
      retrys: {},
      retries: { again: { maxRetrys: 3 } },
      circuitBreakers: { cb: { tripp: "x" } },
    },
    targets: { components: { llm: { outbound: { timout: "quick", retry: "agian", timeout: "quick" } } } },
  };
  const resource = readResource(
    { apiVersion: "dapr.io/v1alpha1", kind: "Resiliency", metadata: { name: "mine" }, spec },
    "a.yaml",
  );
  const notices: Notice[] = [];
  const resiliency = readResiliency(resource ? [resource] : [], new ManualClock(), (notice) => notices.push(notice));
  expect(resiliency.outboundPolicy("llm")).toMatchObject({ timeoutMs: 5_000 });
  expect(notices.map(({ message }) => message)).toEqual([
    "mine: policies.retrys is not read: there is no such field; did you mean retries?",
    "mine: retries.again.maxRetrys is not read: there is no such field; did you mean maxRetries?",
    "mine: circuitBreakers.cb.tripp is not read: there is no such field; did you mean trip?",
    "mine: components.llm.outbound.timout is not read: there is no such field; did you mean timeout?",
    'components.llm.outbound.retry: there is no policy "agian"',
  ]);
});
