import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
import { gemini } from "./gemini.js";

const INFO = "type.googleapis.com/google.rpc.ErrorInfo";
const QUOTA = "type.googleapis.com/google.rpc.QuotaFailure";
const violation = (quotaId: string) => [{ "@type": QUOTA, violations: [{ quotaId }] }];

describe("errors of the Gemini API", () => {
  test.each<[number, string, string, JsonObject[], string, boolean]>([
    [400, "INVALID_ARGUMENT", "contents is not specified", [], "rejected", false],
    [
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      [],
      "context-length",
      false,
    ],
    [
      400,
      "INVALID_ARGUMENT",
      "API key not valid.",
      [{ "@type": INFO, reason: "API_KEY_INVALID" }],
      "authentication",
      false,
    ],
    [400, "FAILED_PRECONDITION", "User location is not supported for the API use.", [], "rejected", false],
    [401, "UNAUTHENTICATED", "no credentials", [], "authentication", false],
    [403, "PERMISSION_DENIED", "no", [{ "@type": INFO, reason: "SERVICE_DISABLED" }], "permission", false],
    [403, "PERMISSION_DENIED", "billing", [{ "@type": INFO, reason: "BILLING_DISABLED" }], "quota", false],
    [404, "NOT_FOUND", "models/x is not found", [], "not-found", false],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota, please check your plan and billing details.",
      violation("GenerateRequestsPerMinutePerProject"),
      "rate-limited",
      true,
    ],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota",
      violation("GenerateRequestsPerDayPerProject"),
      "quota",
      false,
    ],
    [500, "INTERNAL", "An internal error has occurred", [], "provider-error", true],
    [503, "UNAVAILABLE", "The model is overloaded.", [], "overloaded", true],
    [504, "DEADLINE_EXCEEDED", "too slow", [], "provider-error", true],
  ])("%i %s (%s) is as the table says", (status, word, message, details, code, retryable) => {
    const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" };
    const body = { error: { code: status, message, status: word, details: [...details, retry] } };
    // Asked for a stream, Google may put the body into an array.
    for (const form of [body, [body]]) {
      const error = gemini.readError({ status, headers: {}, body: JSON.stringify(form) });
      expect(error).toMatchObject({ code, retryable, status, providerMessage: message, retryAfterMs: 34_400 });
      const again = gemini.writeError(error);
      const read = gemini.readError({ ...again, headers: again.headers ?? {}, body: JSON.stringify(again.body) });
      expect(read).toMatchObject({ code, retryable, providerMessage: message, retryAfterMs: 34_400 });
    }
  });

  test("a body that is no JSON says its text, one that only has a text says that", () => {
    const html = gemini.readError({ status: 502, headers: {}, body: "<html><h1>Bad gateway</h1></html>" });
    expect(html).toMatchObject({ code: "provider-error", retryable: true, providerMessage: "Bad gateway" });
    const text = gemini.readError({ status: 400, headers: {}, body: '{"error":"no such field"}' });
    expect(text).toMatchObject({ code: "rejected", providerMessage: "no such field" });
  });
});
