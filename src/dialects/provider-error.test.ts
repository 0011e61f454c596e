import { describe, expect, test } from "vitest";
import type { JsonValue } from "../base/json.js";
import { complaintIn } from "./complaint.js";
import { readError } from "./openai-error.js";
import { plainBody, providerError } from "./provider-error.js";

const plain = (body: string) => plainBody({ status: 502, headers: {}, body });

describe("the text of a body that no dialect understands", () => {
  test.each([
    ["a page", "<html><h1>Bad gateway</h1>\n<p>nginx</p></html>", "Bad gateway nginx"],
    ["scripts and styles", "<STYLE>p{}</style>Oops<script>if (a < b) x()</Script>!", "Oops !"],
    ["a script without its end", "Oops <script>let x", "Oops"],
    ["a tag without its end", "1 < 2", "1 < 2"],
    ["letters that grow when they are made small", "İİ<b>x</b>", "İİ x"],
  ])("of %s", (_, body, text) => expect(plain(body)).toBe(text));

  test("of nothing is none, and of much its beginning", () => {
    expect(plain("<p> </p>")).toBeUndefined();
    expect(plain("x".repeat(9_000))).toHaveLength(500);
  });

  // Where each of these were searched for its end anew, this would take minutes.
  test.each(["<", "<script>", "<script", "</script", "<style></scr", "<p"])("of a long row of %s", (piece) => {
    const body = piece.repeat(1_000_000 / piece.length);
    expect(plain(`Oops ${body}`)?.startsWith("Oops")).toBe(true);
  });
});

describe("what a complaint means", () => {
  const error = (body: unknown, status?: number, headers: Record<string, string> = {}) => {
    if (status === undefined) return providerError(complaintIn(body as JsonValue));
    return readError({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  };

  test.each<[string, unknown, number | undefined, object]>([
    ["a 402 is about money", { error: { type: "invalid_request_error", message: "x" } }, 402, { code: "quota" }],
    ["a 401 is about the key", { error: { code: "not_found", message: "x" } }, 401, { code: "authentication" }],
    [
      "DeepSeek has no money",
      { error: { message: "Insufficient Balance", type: "unknown_error" } },
      402,
      { code: "quota" },
    ],
    [
      "Moonshot says it as a rate",
      { error: { message: "x", type: "exceeded_current_quota_error" } },
      429,
      { code: "quota", retryable: false },
    ],
    ["Alibaba's account", { code: "Arrearage", message: "Access denied" }, 400, { code: "quota" }],
    [
      "xAI's key",
      { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***" },
      400,
      { code: "authentication" },
    ],
    [
      "Groq's capacity",
      { error: { message: "x", code: "capacity_exceeded" } },
      498,
      { code: "overloaded", retryable: true },
    ],
    [
      "LiteLLM's wrapped rate",
      { error: { message: "litellm.RateLimitError: x", type: "RateLimitError" } },
      500,
      { code: "rate-limited", retryable: true },
    ],
    [
      "a request above the whole rate",
      { error: { message: "Request too large on tokens per minute (TPM): Limit 6000, Requested 7500" } },
      429,
      { code: "rate-limited", retryable: false },
    ],
    ["FastAPI's list", { detail: [{ loc: ["body", "x"], msg: "field required" }] }, 422, { code: "rejected" }],
    ["FastAPI's wrapped error", { detail: { error: { message: "boom" } } }, 500, { providerMessage: "boom" }],
    [
      "Cloudflare's list",
      { success: false, errors: [{ code: 7009, message: "Upstream failed" }] },
      502,
      { providerMessage: "Upstream failed" },
    ],
    ["AWS in a stream", { throttlingException: { message: "slow down" } }, undefined, { providerMessage: "slow down" }],
    [
      "AWS as JSON",
      { __type: "com.amazon#ThrottlingException", Message: "slow" },
      400,
      { code: "rate-limited", retryable: true },
    ],
    [
      "Apigee's fault",
      { fault: { faultstring: "Quota", detail: { errorcode: "x" } } },
      403,
      { providerMessage: "Quota" },
    ],
    [
      "MiniMax's status",
      { base_resp: { status_code: 1004, status_msg: "login fail" } },
      undefined,
      { providerMessage: "login fail" },
    ],
    [
      "Baidu's",
      { error_code: 17, error_msg: "Open api daily request limit reached" },
      400,
      { providerMessage: "Open api daily request limit reached" },
    ],
    [
      "Spring's",
      { status: 500, error: "Internal Server Error", message: "boom", path: "/v1" },
      500,
      { providerMessage: "boom" },
    ],
    [
      "problem+json",
      { type: "about:blank", title: "Bad", detail: "boom", status: 400 },
      400,
      { providerMessage: "boom" },
    ],
    [
      "an array",
      [{ error: { message: "boom", status: "UNAVAILABLE" } }],
      503,
      { code: "overloaded", providerMessage: "boom" },
    ],
    ["plain text", "upstream connect error", 503, { code: "overloaded", providerMessage: "upstream connect error" }],
    ["an empty body", "", 500, { code: "provider-error", message: "HTTP 500: no message" }],
    [
      "Zhipu's number",
      { error: { code: "1113", message: "Insufficient balance or no resource package" } },
      429,
      { code: "quota" },
    ],
    [
      "vLLM's older",
      { object: "error", message: "boom", type: "invalid_request_error", code: 400 },
      undefined,
      { code: "rejected", status: 400 },
    ],
  ])("%s", (_, body, status, expected) => {
    expect(error(body, status)).toMatchObject(expected);
  });

  test.each([
    [{ "x-should-retry": "false" }, 429, false],
    [{ "x-should-retry": "true" }, 400, true],
    [{ "x-should-retry": "true" }, 413, false],
    [{}, 429, true],
  ])("%j with %i: whether to try again is %s", (headers, status, retryable) => {
    expect(error({ error: { message: "x" } }, status, headers as Record<string, string>).retryable).toBe(retryable);
  });

  test("what the provider sent beside it is on the error", () => {
    const groq = {
      error: { message: "x", type: "invalid_request_error", code: "tool_use_failed", failed_generation: "<f>" },
    };
    expect(error(groq, 400).providerData).toEqual({ failed_generation: "<f>" });
    const inner = { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: { filtered: true } } };
    const azure = { error: { message: "filtered", code: "content_filter", param: "prompt", innererror: inner } };
    expect(error(azure, 400)).toMatchObject({ code: "rejected", providerData: { param: "prompt", innererror: inner } });
    const llama = {
      error: { code: 400, message: "x", type: "exceed_context_size_error", n_prompt_tokens: 9, n_ctx: 4 },
    };
    expect(error(llama, 400).providerData).toEqual({ n_prompt_tokens: 9, n_ctx: 4 });
  });

  test("a body that is nested too deep, or very long, is reported as text, and bounded", () => {
    const deep = `${'{"error":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    expect(error(deep, 500)).toMatchObject({ code: "provider-error" });
    const long = error({ error: { message: "x".repeat(1e6), more: "y".repeat(1e6) } }, 500);
    expect(long.message.length).toBeLessThan(5_000);
    expect(long.providerData).toBeUndefined();
  });
});
