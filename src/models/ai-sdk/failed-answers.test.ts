import * as ai5 from "ai5";
import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { describe, expect, it } from "vitest";
import { END, errorOf, hello, REQUEST } from "../../../test/support/ai-sdk-answers.js";
import { playedV4, type V4Part } from "../../../test/support/ai-sdk-models.js";
import { SluiceError } from "../../stream/error.js";
import { fromAiSdk } from "./from-ai-sdk.js";

describe("an answer that does not end well", () => {
  const once = { retry: { retries: 0 } };

  it("is truncated where the stream closes without a finish", async () => {
    const error = await errorOf(fromAiSdk(playedV4(hello).model).stream(REQUEST).fullText);
    expect(error).toMatchObject({
      code: "truncated",
      retryable: true,
      model: "mock.chat/m",
      partial: { text: "Hello" },
    });
  });

  it.each<[string, unknown]>([
    ["is no object", null],
    ["is a delta of nothing", { type: "text-delta", id: "0", textDelta: "an older version's" }],
  ])("is malformed where a part %s", async (_what, part) => {
    const { model } = playedV4([...hello, part as V4Part, END]);
    const error = await errorOf(fromAiSdk(model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false, partial: { text: "Hello" } });
  });

  it("is truncated where the provider says so", async () => {
    const finish: V4Part = { ...END, finishReason: { unified: "interrupted", raw: undefined } };
    const error = await errorOf(fromAiSdk(playedV4([...hello, finish]).model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "truncated", partial: { text: "Hello", usage: { inputTokens: 7 } } });
  });

  it("is an error where the reason is one", async () => {
    const { model } = playedV4([{ ...END, finishReason: { unified: "error", raw: "MALFORMED_FUNCTION_CALL" } }]);
    const error = await errorOf(fromAiSdk(model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "provider-error", providerCode: "MALFORMED_FUNCTION_CALL" });
  });

  it.each<[string, unknown, object]>([
    [
      "an object of the provider's",
      { type: "overloaded_error", message: "Overloaded" },
      { code: "overloaded", retryable: true },
    ],
    [
      "a whole frame",
      { type: "error", error: { code: "rate_limit_exceeded", message: "Slow." } },
      { code: "rate-limited" },
    ],
    ["text", "something broke", { code: "provider-error", providerMessage: "something broke" }],
    ["an error", new Error("context length exceeded"), { code: "context-length" }],
  ])("says what an error part holds: %s", async (_, said, expected) => {
    const { model } = playedV4([...hello, { type: "error", error: said }, END]);
    const error = await errorOf(fromAiSdk(model, once).stream(REQUEST).fullText);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ ...expected, partial: { text: "Hello" } });
  });

  it("is what the stream failed with", async () => {
    const { model } = playedV4([...hello, new TypeError("terminated", { cause: new Error("ECONNRESET") })]);
    const error = await errorOf(fromAiSdk(model).stream(REQUEST).fullText);
    expect(error).toMatchObject({ code: "connect-failed", retryable: true, partial: { text: "Hello" } });
  });
});

describe.each([
  ["ai 5", ai5.APICallError, ai5.LoadAPIKeyError],
  ["ai 6", ai6.APICallError, ai6.LoadAPIKeyError],
  ["ai 7", ai7.APICallError, ai7.LoadAPIKeyError],
] as const)("the errors of %s", (_, APICallError, LoadAPIKeyError) => {
  const callError = (statusCode: number | undefined, body: object, responseHeaders: Record<string, string> = {}) =>
    new APICallError({
      message: "failed",
      url: "https://api.example.org",
      requestBodyValues: {},
      ...(statusCode !== undefined && { statusCode }),
      responseHeaders,
      responseBody: JSON.stringify(body),
      isRetryable: statusCode === undefined || statusCode === 429 || statusCode >= 500,
    });
  const failing = (...errors: Error[]) => playedV4(...errors.map((error) => [error]), [...hello, END]);

  it("are tried again where that may help", async () => {
    const busy = callError(
      429,
      { error: { type: "rate_limit_error", message: "Slow down." } },
      { "retry-after-ms": "0" },
    );
    const { model, calls } = failing(busy, callError(503, {}, { "retry-after": "0" }));
    expect(await fromAiSdk(model, { random: () => 0 }).stream(REQUEST).fullText).toBe("Hello");
    expect(calls).toHaveLength(3);
  });

  it.each<[number, object, object]>([
    [401, { error: { message: "Who?" } }, { code: "authentication", retryable: false, providerMessage: "Who?" }],
    [400, { error: { message: "prompt is too long: 9 > 8" } }, { code: "context-length", status: 400 }],
    [429, { error: { code: "insufficient_quota" } }, { code: "quota", retryAfterMs: 90_000 }],
    [200, { unexpected: true }, { code: "malformed-frame" }],
  ])("with HTTP %i mean what they say", async (status, body, expected) => {
    const thrown = callError(status, body, { "Retry-After": "90" });
    const error = await errorOf(fromAiSdk(failing(thrown).model, { retry: { retries: 0 } }).stream(REQUEST).fullText);
    expect(error).toMatchObject(expected);
    expect(error).toMatchObject({ cause: thrown });
  });

  it("without an answer are failed connections", async () => {
    const { model, calls } = failing(callError(undefined, {}));
    expect(await fromAiSdk(model, { random: () => 0 }).stream(REQUEST).fullText).toBe("Hello");
    expect(calls).toHaveLength(2);
  });

  it("that are no answers keep their meaning", async () => {
    const { model } = failing(new LoadAPIKeyError({ message: "No key." }));
    expect(await errorOf(fromAiSdk(model).stream(REQUEST).fullText)).toMatchObject({ code: "missing-key" });
  });
});
