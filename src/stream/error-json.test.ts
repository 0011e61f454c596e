import { expect, test } from "vitest";
import { parseJson } from "../base/json.js";
import { SluiceError } from "./error.js";
import { errorFromJson, errorToJson } from "./error-json.js";

test("an error is the same after it was written and read, details, partial answer and causes included", () => {
  const error = new SluiceError("rate-limited", "slow down", {
    retryable: true,
    retryAfterMs: 2_000,
    status: 429,
    providerMessage: "Too many",
    providerCode: "rate_limit",
    requestId: "req_1",
    model: "openai/gpt-5",
    field: "messages",
    frame: "{",
    output: { text: "1", issues: [{ path: "", message: "not an object" }] },
    partial: {
      text: "so far",
      toolCalls: [{ type: "tool-call", callId: "c", name: "f", input: { a: [1] } }],
      usage: { inputTokens: 3 },
    },
    cause: new SluiceError("connect-failed", "no route", { cause: new TypeError("fetch failed") }),
  });
  const read = errorFromJson(parseJson(JSON.stringify(errorToJson(error))));
  expect({ ...read }).toEqual({ ...error });
  expect(read.message).toBe("slow down");
  expect(read.cause).toMatchObject({ code: "connect-failed", cause: { message: "fetch failed" } });
});

test("causes that form a ring are written all the same", () => {
  const error = new SluiceError("protocol", "round");
  Object.assign(error, { cause: error });
  expect(JSON.stringify(errorToJson(error))).toContain("round");
});

test.each(["null", "[]", '{"code":"cancelled"}', '{"message":"no code"}'])("%s is no error", (text) => {
  expect(() => errorFromJson(parseJson(text))).toThrow(expect.objectContaining({ code: "malformed-frame" }));
});

test("what a foreign error says is kept up to a limit, and never half a character", () => {
  const { message } = SluiceError.from(new Error(`${"m".repeat(9_999)}😀${"m".repeat(1_000_000)}`));
  expect(message).toBe(`${"m".repeat(9_999)}\uFFFD… (1010001 characters)`);
  expect(SluiceError.from(new Error("short")).message).toBe("short");
});

test("details of another kind, which another process may have written, are left out", () => {
  const json = {
    code: "overloaded",
    message: "busy",
    retryable: true,
    status: "529",
    model: 7,
    frame: "x",
    __proto__: {},
  };
  const error = errorFromJson(JSON.parse(`{"__proto__":{"model":"m"},${JSON.stringify(json).slice(1)}`));
  expect(error).toMatchObject({ code: "overloaded", retryable: true, frame: "x" });
  expect([error.status, error.model]).toEqual([undefined, undefined]);
});
