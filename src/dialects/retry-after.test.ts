import { describe, expect, test } from "vitest";
import { gemini } from "./gemini/gemini.js";
import { openAiChat } from "./openai-chat/openai-chat.js";
import { askedWaitMs, retryAfterMs } from "./retry-after.js";

test.each([
  [{ "retry-after-ms": "" }, undefined],
  [{ "retry-after-ms": "", "retry-after": "2" }, 2_000],
  [{ "retry-after-ms": "1.5" }, 1.5],
  [{ "retry-after-ms": "Infinity" }, undefined],
  [{ "retry-after-ms": "1e999", "retry-after": " 2 " }, 2_000],
  [{ "retry-after-ms": "0x10" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
])("%j asks to wait %s ms", (headers, ms) => {
  expect(retryAfterMs(headers as Record<string, string>)).toBe(ms);
});

describe("a wait that only the words of an error name", () => {
  test.each<[string, string, number | undefined]>([
    ["OpenAI", "Rate limit reached for m on tokens per min (TPM): Limit 30000. Please try again in 1m2.5s.", 62_500],
    ["OpenAI in ms", "Rate limit reached. Please try again in 343ms. Visit https://a.b to learn more.", 343],
    ["Groq", "Limit 100000, Used 99000. Please try again in 12m57.6s. Need more tokens?", 777_600],
    ["Groq by the hour", "Please try again in 2h3m4s.", 7_384_000],
    ["Gemini", "You exceeded your current quota.\nPlease retry in 31.500243s.", 31_500],
    ["Gemini's command", "Your quota will reset after 18h31m10s.", 66_670_000],
    [
      "Azure",
      "have exceeded call rate limit of your pricing tier. Please retry after 30 seconds. Please go here",
      30_000,
    ],
    ["Azure, one", "Try again in 1 second.", 1_000],
    ["in words", "Too many requests, please wait 1 minute and 30 seconds before you go on", 90_000],
    ["as a field in a text", 'VertexAIException - b\'{"error": {"details": [{"retryDelay": "44s"}]}}\'', 44_000],
    ["as a header in a text", "status 429, retry-after: 7s", 7_000],
    ["without a unit", "Please retry after 30 of them", undefined],
    ["of something else", "Requests take 30 seconds. Try again later.", undefined],
    ["with a word that begins like a unit", "Please try again in 3 dozen ways", undefined],
    ["nowhere", "", undefined],
  ])("%s", (_, message, ms) => expect(askedWaitMs({ message })).toBe(ms));

  test("is looked for in linear time", () => {
    for (const piece of ["retry after ", "try again in 1", "1m ", "wait 1h,"]) {
      expect(() => askedWaitMs({ message: piece.repeat(200_000) })).not.toThrow();
    }
  });
});

test("fields say more than headers, and these more than words", () => {
  const message = "Please try again in 9s.";
  expect(askedWaitMs({ message, data: { retry_after: 5 }, headers: { "retry-after": "2" } })).toBe(5_000);
  expect(askedWaitMs({ message, headers: { "retry-after": "2" } })).toBe(2_000);
  expect(askedWaitMs({ message, data: { retry_after: "soon" } })).toBe(9_000);
  expect(askedWaitMs({ data: { metadata: { headers: { "Retry-After": "3" } } } })).toBe(3_000);
});

test("Google's details count in both protocols that Google speaks", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" }];
  const error = { code: 429, message: "Slow down.", status: "RESOURCE_EXHAUSTED", details };
  for (const dialect of [gemini, openAiChat]) {
    for (const body of [JSON.stringify({ error }), JSON.stringify([{ error }])]) {
      expect(dialect.readError({ status: 429, headers: {}, body })).toMatchObject({
        code: "rate-limited",
        retryable: true,
        retryAfterMs: 34_400,
      });
    }
  }
});
