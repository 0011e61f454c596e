import { expect, test } from "vitest";
import { readErrorBody, readHttpError } from "./read-api-error.js";

const error = (errorCode: string, message: string) => JSON.stringify({ errorCode, message });

test.each<[number, string, object]>([
  [400, error("ERR_CONVERSATION_NOT_FOUND", "no x"), { code: "not-found", message: "no x", status: 400 }],
  [400, error("ERR_CONVERSATION_MISSING_INPUTS", "none"), { code: "rejected", retryable: false }],
  [400, error("ERR_CONVERSATION_INVALID_PARMS", "bad"), { code: "rejected" }],
  [400, error("ERR_MALFORMED_REQUEST", "bad"), { code: "rejected" }],
  [500, error("ERR_CONVERSATION_INVOKE", "boom"), { code: "provider-error", retryable: false }],
  [500, error("ERR_CONVERSATION_INVOKE", "insufficient_quota"), { code: "quota" }],
  [500, error("ERR_SOMETHING_NEW", "boom"), { code: "provider-error", providerCode: "ERR_SOMETHING_NEW" }],
  [401, "invalid api token", { code: "authentication", message: "HTTP 401: invalid api token" }],
  [403, "", { code: "permission" }],
  [404, "404 page not found", { code: "unsupported", message: expect.stringContaining("404 page not found") }],
  [404, error("ERR_NOT_FOUND", "give it --upstream"), { code: "unsupported" }],
  [
    404,
    error("ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id"),
    { code: "unsupported" },
  ],
  [500, error("ERR_DIRECT_INVOKE", "no"), { code: "provider-error", providerCode: "ERR_DIRECT_INVOKE" }],
  [405, "", { code: "unsupported", message: expect.stringContaining("HTTP 405") }],
  [503, "<html>busy</html>", { code: "overloaded", retryable: true, message: "HTTP 503: busy" }],
])("HTTP %i with %s", (status, body, expected) => {
  expect(readHttpError({ status, headers: {}, body })).toMatchObject(expected);
});

test("a body that is no error's is one all the same", () => {
  expect(readErrorBody([1], undefined)).toMatchObject({ code: "provider-error", message: "[1]" });
  expect(readErrorBody({ a: 1 }, 500)).toMatchObject({ code: "provider-error", message: '{"a":1}' });
});
