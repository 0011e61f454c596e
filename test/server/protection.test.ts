import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import { createServer } from "../../src/server/create-server.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import type { RunLogEntry } from "../../src/server/request-log.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

const gate = deferred();
const costly = defineModel({
  id: "costly",
  async *stream() {
    yield "x";
    await gate.promise;
    yield { type: "usage", usage: { inputTokens: 60, outputTokens: 50 } };
  },
});

const [all, narrow, few, busy] = [createApiKey(), createApiKey(), createApiKey(), createApiKey()];
const booked: RunLogEntry[] = [];
let open: Serving;
let locked: Serving;
beforeAll(async () => {
  open = await serve({ models: { echo: echo() }, limits: { maxBodyBytes: 10_000 } });
  locked = await serve({
    models: { echo: echo(), costly },
    origins: ["https://app.example.com"],
    onRun: (entry) => booked.push(entry),
    keys: [
      { name: "all", hash: all.hash },
      { name: "narrow", hash: narrow.hash, models: ["echo"], requestsPerMinute: 2 },
      { name: "few", hash: few.hash, tokensPerMinute: 100 },
      { name: "busy", hash: busy.hash, concurrency: 1 },
    ],
  });
});
afterAll(async () => {
  await open.close();
  await locked.close();
});

const body = (model: string, more = {}) =>
  JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }], ...more });
const ask = (key: string, model = "echo", more = {}) =>
  fetch(`${locked.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: body(model, more),
  });

describe("keys", () => {
  test("nobody comes in without one, by whatever header", async () => {
    for (const headers of [{}, { authorization: "Bearer no" }, { "x-api-key": "no" }, { "x-goog-api-key": "" }]) {
      const answer = await fetch(`${locked.url}/v1/models`, { headers });
      expect(answer.status).toBe(401);
    }
    for (const headers of [{ "x-api-key": all.key }, { "x-goog-api-key": all.key }, { "api-key": all.key }]) {
      expect((await fetch(`${locked.url}/v1/models`, { headers })).status).toBe(200);
    }
    expect((await fetch(`${locked.url}/v1beta/models?key=${all.key}`)).status).toBe(200);
    expect((await fetch(`${locked.url}/healthz`)).status).toBe(200);
  });

  test.each([
    [
      { "anthropic-version": "2023-06-01", "x-api-key": "no" },
      { type: "error", error: { type: "authentication_error" } },
    ],
    [{ "x-goog-api-key": "no" }, { error: { code: 401, status: "UNAUTHENTICATED" } }],
    [{ authorization: "Bearer no" }, { error: { type: "authentication_error", code: "authentication" } }],
  ])("a wrong key is refused in the form of the client that asks: %j", async (headers, refusal) => {
    for (const path of ["/v1/models", "/v1/models/echo", "/v1/nothing"]) {
      expect(await (await fetch(locked.url + path, { headers })).json()).toMatchObject(refusal);
    }
  });

  test("a key asks only what it may, and so often as it may", async () => {
    expect((await ask(narrow.key, "costly")).status).toBe(403);
    expect([(await ask(narrow.key)).status, (await ask(narrow.key)).status]).toEqual([200, 200]);
    const refused = await ask(narrow.key);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("tokens are booked when an answer is over, those of answers that were left too", async () => {
    const first = ask(few.key, "costly");
    gate.resolve();
    expect((await first).status).toBe(200);
    expect((await ask(few.key)).status).toBe(429);
    expect(booked.find(({ caller }) => caller === "few")).toMatchObject({
      model: "costly",
      usage: { inputTokens: 60 },
    });
  });

  test("what was used is counted for Prometheus, behind a key, and the paths are listed", async () => {
    const read = async (path: string) => (await fetch(locked.url + path, { headers: { "x-api-key": all.key } })).text();
    expect(await read("/metrics")).toContain('sluice_output_tokens_total{model="costly",caller="few"} 50');
    expect((await fetch(`${locked.url}/metrics`)).status).toBe(401);
    expect(Object.keys(JSON.parse(await read("/openapi.json")).paths)).toContain("/v1/responses/{id}/cancel");
  });

  test("runs of one key are not another's", async () => {
    const run = (await ask(all.key)).headers.get("x-sluice-run");
    const find = (key: string) => fetch(`${locked.url}/v1/runs/${run}`, { headers: { "x-api-key": key } });
    expect([(await find(all.key)).status, (await find(narrow.key)).status]).toEqual([200, 404]);
  });
});

describe("pages", () => {
  test("of other sites cannot use a local server, whatever name it is called by", async () => {
    const origin = { origin: "https://evil.example.com" };
    expect((await fetch(`${open.url}/v1/models`, { headers: origin })).status).toBe(403);
    expect(
      (await raw("GET /v1/models HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n")).slice(9, 12),
    ).toBe("403");
  });

  test("that are allowed are told so, others are not", async () => {
    const preflight = (origin: string) =>
      fetch(`${locked.url}/v1/chat/completions`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
    const allowed = await preflight("https://app.example.com");
    expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://app.example.com",
    ]);
    expect((await preflight("https://evil.example.com")).headers.get("access-control-allow-origin")).toBeNull();
  });
});

function raw(text: string | Uint8Array): Promise<string> {
  const { port } = new URL(open.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1").on("data", (piece) => {
      answer += piece;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("what is hostile is refused, and the server lives", () => {
  const post = (payload: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    fetch(`${open.url}/v1/chat/completions`, { method: "POST", body: payload, headers });

  test.each([
    ["too large", "x".repeat(20_000), 413],
    ["not UTF-8", Uint8Array.of(0x7b, 0xff, 0xfe), 400],
    ["not JSON", "{", 400],
    ["empty", "", 400],
    ["too deep", `${"[".repeat(4_000)}${"]".repeat(4_000)}`, 400],
    ["no object", "[]", 400],
    ["prototype keys", '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}', 400],
  ])("a body that is %s", async (_what, payload, status) => {
    expect((await post(payload)).status).toBe(status);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test.each([
    [
      "two lengths",
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["an endless header", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(100_000)}\r\n\r\n`],
    ["no HTTP", "\u0000\u0001\u0002 hello\r\n\r\n"],
  ])("a connection with %s", async (_what, text) => {
    expect((await raw(text)).slice(9, 10)).toBe("4");
  });

  test("words of a model cannot make frames, ids of clients no headers", async () => {
    const text = "a\n\ndata: [DONE]\n\nevent: x\r\n\r\nid: 9";
    const answer = await fetch(`${open.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "x-request-id": "ok-1" },
      body: JSON.stringify({ model: "echo", stream: true, messages: [{ role: "user", content: text }] }),
    });
    expect(answer.headers.get("x-request-id")).toBe("ok-1");
    const frames = (await answer.text()).split("\n\n").filter((frame) => frame !== "");
    for (const frame of frames.slice(0, -1)) expect(() => JSON.parse(frame.slice("data: ".length))).not.toThrow();
    expect(frames.at(-1)).toBe("data: [DONE]");
    const odd = await fetch(`${open.url}/v1/models`, { headers: { "x-request-id": "<script>" } });
    expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("and other machines are not served without a key", async () => {
    const server = await createServer({ models: { echo: echo() } });
    await expect(server.listen({ host: "0.0.0.0", port: 0 })).rejects.toMatchObject({
      code: "invalid-argument",
      field: "host",
    });
    await server.close({ graceMs: 0 });
  });
});

test.each([
  [{ modles: {} }, "did you mean models?"],
  [{ models: { a: {} } }, "models.a"],
  [{ models: { a: echo() }, aliases: { b: "c" } }, "aliases.b"],
  [{ models: { a: echo() }, keys: [{ name: "x", hash: "secret" }] }, "keys[0].hash"],
  [{ models: { a: echo() }, limits: { maxBodyByte: 3 } }, "limits.maxBodyByte"],
])("a server with %j is refused", async (options, named) => {
  await expect(createServer(options as object)).rejects.toThrow(named);
});
