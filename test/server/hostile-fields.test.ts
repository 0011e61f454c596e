import { afterAll, beforeAll, expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { echo } from "../../src/models/echo.js";
import { seededNumbers } from "../support/seeded-numbers.js";
import { type Serving, serve } from "./serve.js";

let serving: Serving;
beforeAll(async () => {
  const model = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });
  const helper = new Agent({ name: "helper", model }).asModel();
  serving = await serve({ models: { echo: model }, agents: { helper }, conversations: new MemoryStore() });
});
afterAll(() => serving.close());

const random = seededNumbers(7);
const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;

interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  example?: unknown;
}

const text = { kind: "text", text: "Hi" };
const message = { kind: "message", role: "user", messageId: "1", contextId: "c", parts: [text], metadata: {} };
const A2A_METHODS = [
  ...["message/send", "message/stream", "tasks/get", "tasks/cancel", "tasks/resubscribe"],
  ...["tasks/pushNotificationConfig/set", "tasks/pushNotificationConfig/list", "agent/getAuthenticatedExtendedCard"],
  ...["SendMessage", "SendStreamingMessage", "GetTask", "ListTasks", "CancelTask", "SubscribeToTask"],
];
const MCP_METHODS = [
  ...["initialize", "tools/list", "tools/call", "ping", "resources/list", "prompts/list", "completion/complete"],
  ...["server/discover", "notifications/initialized", "notifications/cancelled", "logging/setLevel"],
];
const MCP_VERSIONS = ["2025-06-18", "2026-07-28"];

/** The calls of protocols that have one path for all of them. */
const CALLS: readonly Asked[] = [
  ...A2A_METHODS.map((method) => ({
    method: "POST",
    path: "/a2a/helper",
    example: { jsonrpc: "2.0", id: 1, method, params: { id: "t", message, configuration: { historyLength: 1 } } },
  })),
  ...MCP_METHODS.flatMap((method) =>
    MCP_VERSIONS.map((version) => ({
      method: "POST",
      path: "/mcp",
      headers: { accept: "application/json, text/event-stream", "mcp-protocol-version": version, "mcp-method": method },
      example: {
        jsonrpc: "2.0",
        id: 1,
        method,
        params: {
          name: "helper",
          arguments: { input: "Hi" },
          protocolVersion: version,
          clientInfo: { name: "x", version: "1" },
          _meta: { "io.modelcontextprotocol/protocolVersion": version, progressToken: 1 },
        },
      },
    })),
  ),
];

interface Operation {
  requestBody?: { content?: { "application/json"?: { example?: unknown } } };
}

/** What the server's own document says can be asked. */
async function documented(): Promise<Asked[]> {
  const answer = await fetch(`${serving.url}/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      ...(requestBody && { example: requestBody.content?.["application/json"]?.example ?? {} }),
    })),
  );
}

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value } : [value];
  return value;
};

/** What stands in the place of a field's value. */
const VALUES: readonly (() => unknown)[] = [
  ...[null, true, 0, -1, 1.5, 1e308, "", "x", "echo", "helper", "\0", "\ud800", "a\r\nx: 1", "../../etc/passwd", "%zz"],
  ...[[], {}, [null], [[]], { parts: [null] }, { role: "user", content: "Hi" }, "http://127.0.0.1:1/x", 2 ** 60],
  ...["x".repeat(20_000), deep(60), deep(500), Array.from({ length: 2_000 }, () => ({}))],
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
].map((value) => () => value);

type Place = [holder: Record<string, unknown>, key: string];

function placesIn(value: unknown, places: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return places;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    places.push([holder, key]);
    placesIn(holder[key], places);
  }
  return places;
}

/** The example with some of its fields replaced, left out, renamed or doubled. */
function mutated(example: unknown): unknown {
  const body: unknown = structuredClone(example);
  for (let change = random(4); change >= 0; change--) {
    const places = placesIn(body);
    if (places.length === 0 || random(12) === 0) return pick(VALUES)();
    const [holder, key] = pick(places);
    const value = holder[key];
    const kind = random(6);
    if (kind <= 1 && !Array.isArray(holder)) delete holder[key];
    if (kind === 1 && !Array.isArray(holder)) holder[`${key}s`] = value;
    else if (kind === 2 && Array.isArray(value)) holder[key] = [...value, ...value, pick(VALUES)()];
    else if (kind > 2) holder[key] = pick(VALUES)();
  }
  return body;
}

const SEGMENTS = [
  "echo",
  "helper",
  "x",
  "%zz",
  "%00",
  "%E0%A4%A",
  "__proto__",
  "constructor",
  "a".repeat(300),
  "a%2Fb",
];
const QUERIES = [
  "?stream=true&starting_after=zz",
  "?after=-9",
  "?limit=1e9",
  "?after=NaN&limit=-1",
  "?%",
  "?wait=99999",
];
const OTHER_METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];

/** One request, as somebody who means no good would make it of a good one. */
function hostile({ method: usual, path: template, headers, example }: Asked) {
  const method = random(20) === 0 ? pick(OTHER_METHODS) : usual;
  const path = template.replace(/\{[^}]+\}/g, () => pick(SEGMENTS)) + (random(6) === 0 ? pick(QUERIES) : "");
  const whole = method === "GET" || method === "HEAD" || example === undefined ? "" : JSON.stringify(mutated(example));
  const body = random(30) === 0 ? whole.slice(0, random(whole.length)) : whole;
  const type = pick(["application/json", "application/json", "text/plain", "application/json; charset=utf-16"]);
  const after = random(10) === 0 ? { "last-event-id": pick(["zz:9", "-1", "1e99"]) } : {};
  return {
    path,
    init: { method, headers: { "content-type": type, ...headers, ...after }, ...(body !== "" && { body }) },
    ended: random(15) !== 0 && !/monitoring\/stream|connect$/.test(path),
  };
}

test("fields of every call, replaced at random, are refused or answered: never 5xx, never without an end", async () => {
  const all = [...(await documented()), ...CALLS];
  expect(all.length).toBeGreaterThan(120);
  const failures: string[] = [];
  const ask = async () => {
    const { path, init, ended } = hostile(pick(all));
    const answer = await fetch(serving.url + path, init);
    if (ended) await answer.text();
    else await answer.body?.cancel();
    if (answer.status >= 500 && answer.status !== 501) {
      failures.push(`${answer.status} ${init.method} ${path} ${init.body?.slice(0, 300) ?? ""}`);
    }
  };
  for (let turn = 0; turn < 250; turn++) await Promise.all(Array.from({ length: 8 }, ask));
  expect(failures).toEqual([]);
  expect((Object.prototype as Record<string, unknown>).polluted).toBeUndefined();
  expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
});

test("HEAD of what streams without an end is answered", async () => {
  const answer = await fetch(`${serving.url}/v1/monitoring/stream`, { method: "HEAD" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
});
