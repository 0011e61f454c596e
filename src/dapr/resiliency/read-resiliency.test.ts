import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { JsonObject } from "../../base/json.js";
import { readResource } from "../resources/dapr-resource.js";
import type { Notice } from "../resources/notice.js";
import { readResiliency } from "./read-resiliency.js";

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
