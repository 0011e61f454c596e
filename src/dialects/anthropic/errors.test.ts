import { describe, expect, test } from "vitest";
import { anthropic } from "./anthropic.js";

describe("errors of the Messages API", () => {
  test.each([
    [400, "invalid_request_error", "messages: bad", "rejected", false],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context-length", false],
    [400, "invalid_request_error", "Your credit balance is too low", "quota", false],
    [401, "authentication_error", "invalid x-api-key", "authentication", false],
    [403, "permission_error", "no", "permission", false],
    [404, "not_found_error", "model: x", "not-found", false],
    [429, "rate_limit_error", "slow down", "rate-limited", true],
    [500, "api_error", "oops", "provider-error", true],
    [529, "overloaded_error", "Overloaded", "overloaded", true],
  ])("%i %s (%s) is %s", (status, type, message, code, retryable) => {
    const body = JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });
    const error = anthropic.readError({ status, headers: { "request-id": "req_1", "retry-after": "3" }, body });
    expect(error).toMatchObject({
      code,
      retryable,
      status,
      providerMessage: message,
      providerCode: type,
      requestId: "req_1",
      retryAfterMs: 3_000,
    });
    const again = anthropic.writeError(error);
    expect(
      anthropic.readError({ status: again.status, headers: again.headers ?? {}, body: JSON.stringify(again.body) }),
    ).toMatchObject({ code, retryable });
  });

  test("a body that is no JSON says its text", () => {
    const error = anthropic.readError({ status: 502, headers: {}, body: "<html><h1>Bad gateway</h1></html>" });
    expect(error).toMatchObject({ code: "provider-error", retryable: true, providerMessage: "Bad gateway" });
  });
});
