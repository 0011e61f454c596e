import { describe, expect, test } from "vitest";
import { native } from "../dialects/native/native.js";
import { missingRoute } from "./missing-route.js";
import type { Route } from "./route.js";

const route = (method: Route["method"], path: string): Route => ({
  method,
  path,
  errors: native,
  summary: "",
  handle: () => Promise.resolve({ status: 200 }),
});
const routes = [
  route("POST", "/v1/chat/completions"),
  route("GET", "/v1/models"),
  route("GET", "/v1/models/:model"),
  route("GET", "/v1/runs/:run"),
  route("POST", "/v1/runs/:run/cancel"),
  route("GET", "/v1/conversations"),
  route("POST", "/v1/conversations"),
  ...Array.from({ length: 15 }, (_, i) => route("POST", `/api/made-up-${i}`)),
];
const hint = (method: string, path: string) => missingRoute(routes, { method, path }).message;

describe("what is told to whoever asks for a path that there is not", () => {
  test("the methods that its path has", () => {
    expect(hint("DELETE", "/v1/conversations")).toBe("there is no DELETE /v1/conversations here, but GET and POST");
  });

  test("the nearest paths, with their methods, whatever stands in place of parameters", () => {
    expect(hint("POST", "/v1/chat/completion")).toBe(
      "there is no POST /v1/chat/completion here; the nearest: POST /v1/chat/completions",
    );
    expect(hint("GET", "/v1/conversation")).toContain("the nearest: GET and POST /v1/conversations");
    expect(hint("POST", "/chat/completions")).toContain("the nearest: POST /v1/chat/completions");
    expect(hint("POST", "/v1/v1/chat/completions")).toContain("the nearest: POST /v1/chat/completions");
    expect(hint("GET", "/v1/conversations/batches")).not.toContain("nearest");
    const stopped = hint("POST", "/v1/runs/4b6c36a8-a2c3-4d0f-b1b1-1b9c3fbb9d5e/cancle");
    expect(stopped).toContain("the nearest: POST /v1/runs/:run/cancel");
  });

  test("those beside it where none is near, and how many more there are", () => {
    const told = hint("POST", "/api/quite/something-else");
    expect(told).toContain("; served there: POST /api/made-up-0, ");
    expect(told).toContain("POST /api/made-up-11 and 3 more");
    expect(hint("GET", "/nowhere-at-all")).toBe("there is no GET /nowhere-at-all here");
  });

  test("nothing nearest for a path that is too long to be a slip of the hand", () => {
    expect(hint("GET", `/v1/models${"s".repeat(200)}`)).not.toContain("nearest");
  });
});
