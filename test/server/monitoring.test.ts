import { once } from "node:events";
import { createServer as createHttp, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import type { MonitorPoint, MonitorState } from "../../src/server/monitoring/monitor.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import { SluiceError } from "../../src/stream/error.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

const gate = deferred();
const talking = defineModel({
  id: "talking",
  async *stream() {
    yield "secret words ";
    await gate.promise;
    yield "and more";
    yield { type: "usage", usage: { inputTokens: 5, outputTokens: 6 } };
  },
});
const failing = defineModel({
  id: "failing",
  async *stream() {
    yield* [];
    throw new SluiceError("overloaded", "too busy");
  },
});

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const { key, hash } = createApiKey();
let serving: Serving;
let sidecar: Server;
beforeAll(async () => {
  sidecar = createHttp((_, response) =>
    response.end('dapr_component_conversation_count{component="gpt",success="true"} 4\n'),
  ).listen(0, "127.0.0.1");
  await once(sidecar, "listening");
  serving = await serve({
    models: { talking, failing },
    routes: { either: { targets: ["failing", "talking"] } },
    keys: [{ name: "anna", hash }],
    monitoring: { sidecar: `http://127.0.0.1:${(sidecar.address() as AddressInfo).port}` },
  });
});
afterAll(async () => {
  await serving.close();
  sidecar.close();
});

const headers = { authorization: `Bearer ${key}` };
const ask = (model: string, more: Record<string, string> = {}) =>
  fetch(`${serving.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers, ...more },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "private question" }] }),
  });

interface Seen {
  points: MonitorPoint[];
  state?: MonitorState & { sidecar?: JsonObject };
}

/** Reads the live stream until a state satisfies somebody. */
async function watch(until: (seen: Seen) => boolean): Promise<{ seen: Seen; text: string; seqs: number[] }> {
  const response = await fetch(`${serving.url}/v1/monitoring/stream`, { headers });
  const reader = new SseReader();
  const frames: { data: string }[] = [];
  let text = "";
  for await (const bytes of response.body ?? []) {
    reader.push(bytes, (frame) => frames.push(frame));
    text += Buffer.from(bytes).toString();
    const last = frames.at(-1);
    if (last === undefined) continue;
    const { events } = JSON.parse(last.data) as { events: [{ type: string; name: string; value: Seen }] };
    expect(events[0]).toMatchObject({ type: "data", name: "server/monitoring" });
    if (!until(events[0].value)) continue;
    return { seen: events[0].value, text, seqs: frames.map(({ data }) => JSON.parse(data).seq) };
  }
  throw new Error("the stream ended");
}

test("what goes on is seen while it does, and what was is kept with its timeline and trace", async () => {
  const answer = await ask("talking", { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
  const run = answer.headers.get("x-sluice-run") ?? "";
  const first = await watch(({ state }) => state?.active === 1 && (state.running[0]?.ttftMs ?? -1) >= 0);
  expect(first.seen.state?.running).toMatchObject([
    { run, model: "talking", caller: "anna", protocol: "openai-chat", trace: TRACE },
  ]);
  expect(first.seen.state?.sidecar).toMatchObject({ components: [{ component: "gpt", calls: 4 }] });
  gate.resolve();
  await answer.text();
  expect((await ask("failing")).status).toBe(503);
  const second = await watch(({ state }) => state?.totals.runs === 2);
  expect(second.seen.state).toMatchObject({
    totals: { failed: 1, inputTokens: 5, outputTokens: 6 },
    errors: [{ code: "overloaded", count: 1 }],
    failed: [{ model: "failing", error: { code: "overloaded" } }],
    routes: [{ route: "either", targets: [{ target: "failing", breaker: "closed" }, { target: "talking" }] }],
  });
  // Nothing of what was said is in it.
  expect(first.text + second.text).not.toMatch(/secret|private/);
  const path = `${serving.url}/v1/monitoring/runs/${run}`;
  const kept = (await (await fetch(path, { headers })).json()) as JsonObject;
  expect(kept).toMatchObject({ run, trace: TRACE, outputTokens: 6 });
  expect((kept.timeline as JsonObject[]).map(({ what }) => what)).toEqual(["start", "text-delta", "usage", "finish"]);
  expect((await fetch(`${serving.url}/v1/monitoring/runs/none`, { headers })).status).toBe(404);
});

test("each second has a point, and the entries have numbers", async () => {
  let count = 0;
  const { seqs } = await watch(({ points }) => {
    count += points.length;
    return count >= 3;
  });
  expect(seqs).toEqual(seqs.map((_, index) => index));
  const { points, state } = (await (await fetch(`${serving.url}/v1/monitoring`, { headers })).json()) as Seen;
  expect(points.length).toBeGreaterThan(0);
  expect(state?.since).toBeLessThanOrEqual(Date.now());
});

test("whoever may not read the metrics may not read this", async () => {
  for (const path of ["metrics", "v1/monitoring", "v1/monitoring/stream", "v1/monitoring/runs/x"]) {
    expect((await fetch(`${serving.url}/${path}`)).status).toBe(401);
  }
});

test("what is refused counts, too", async () => {
  const limited = createApiKey();
  const other = await serve({ models: { talking }, keys: [{ name: "ben", hash: limited.hash, requestsPerMinute: 1 }] });
  try {
    const own = { authorization: `Bearer ${limited.key}` };
    const body = JSON.stringify({ model: "talking", messages: [{ role: "user", content: "x" }] });
    for (const status of [200, 429]) {
      const path = `${other.url}/v1/chat/completions`;
      expect((await fetch(path, { method: "POST", headers: own, body })).status).toBe(status);
    }
    const read = await (await fetch(`${other.url}/v1/monitoring`, { headers: own })).json();
    expect(read).toMatchObject({ state: { totals: { runs: 2, failed: 1 }, errors: [{ code: "rate-limited" }] } });
  } finally {
    await other.close();
  }
});

test("an open dashboard does not keep a server from ending", async () => {
  const other = await serve({ models: { talking } });
  const response = await fetch(`${other.url}/v1/monitoring/stream`);
  const reading = response.text();
  await other.server.close({ graceMs: 60_000 });
  expect(await reading).toContain("server/monitoring");
});

test("an option that is misspelt is refused", async () => {
  await expect(serve({ monitoring: JSON.parse('{ "sidcar": "x" }') })).rejects.toMatchObject({
    field: "monitoring.sidcar",
  });
  await expect(serve({ monitoring: { sidecar: "nowhere" } })).rejects.toMatchObject({ field: "monitoring.sidecar" });
});
