import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { at, DaprWorld, failure, PROTOCOLS } from "../../../test/support/dapr-world.js";
import { deferred } from "../../../test/support/deferred.js";
import type { StreamedChunk } from "../../../test/support/fake-daprd.js";
import { freePort } from "../../../test/support/free-port.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { STREAMING_FEATURE } from "../sidecar/sidecar-metadata.js";

const world = new DaprWorld();

const OPENAI = (port: number) => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: llm }
spec:
  type: conversation.openai
  version: v1
  metadata:
    - { name: key, value: secret }
    - { name: model, value: o3 }
    - { name: endpoint, value: "http://127.0.0.1:${port}/v1" }
`;

/** A sidecar whose component asks this provider; counts how often it does. */
async function sidecarOver(provider: RequestListener) {
  let asked = 0;
  const port = await world.server((request, response) => {
    asked++;
    provider(request, response);
  });
  const sidecar = await world.sidecar({ resourcesPath: await world.files({ "llm.yaml": OPENAI(port) }) });
  return { sidecar, asked: () => asked };
}

function refusing(status: number, error: object, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", "x-should-retry": "false", ...headers });
    response.end(JSON.stringify({ error }));
  };
}

describe.each(PROTOCOLS)("an error of the provider comes through a sidecar over %s", (protocol) => {
  describe.each([true, false])("where pieces are asked for: %s", (stream) => {
    test.each<[number, object, object]>([
      [401, { message: "bad key", code: "invalid_api_key" }, { code: "authentication", retryable: false, status: 401 }],
      [404, { message: "no such model", code: "model_not_found" }, { code: "not-found", status: 404 }],
      [
        429,
        { message: "slow down", code: "rate_limit_exceeded" },
        { code: "rate-limited", status: 429, retryAfterMs: 7_000 },
      ],
      [402, { message: "pay first" }, { code: "quota", status: 402 }],
      [500, { message: "boom" }, { code: "provider-error", status: 500 }],
      [503, { message: "busy" }, { code: "overloaded", status: 503 }],
      [
        400,
        { message: "maximum context length is 5 tokens", code: "context_length_exceeded" },
        { code: "context-length" },
      ],
    ])("%i with %j", async (status, error, expected) => {
      const { sidecar, asked } = await sidecarOver(refusing(status, error, { "retry-after": "7" }));
      const dapr = world.client(at(protocol, sidecar));
      const found = await failure(async () => {
        if (stream) await collect(dapr.generate({ messages: "x", stream }));
        else await dapr.generate({ messages: "x" });
      });
      expect(found).toMatchObject(expected);
      expect(found.message).toMatch(/^failed conversing with component llm: /);
      expect(asked()).toBe(1);
    });
  });

  test("and so do warnings, whole and in pieces", async () => {
    const { sidecar } = await sidecarOver((_, response) => {
      const delta = JSON.stringify({ id: "a", model: "o3", choices: [{ index: 0, delta: { content: "hi" } }] });
      const end = JSON.stringify({ id: "a", model: "o3", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`data: ${delta}\n\ndata: ${end}\n\ndata: [DONE]\n\n`);
    });
    const dapr = world.client(at(protocol, sidecar)).model("llm");
    for (const streaming of [true, false]) {
      const request = { messages: [{ role: "user" as const, content: "x" }], maxTokens: 5, topK: 3 };
      const [start] = await collect(dapr.stream(request, { streaming }));
      expect(start).toMatchObject({ type: "start", warnings: [{ field: "topK" }] });
    }
  });
});

describe.each(PROTOCOLS)("over %s", (protocol) => {
  test.each([true, false])("a model that is slower than a limit is asked once, streaming: %s", async (stream) => {
    const clock = new ManualClock();
    const asked = deferred();
    const server = await world.daprd({
      features: [STREAMING_FEATURE],
      stream: async function* (_, signal): AsyncGenerator<StreamedChunk> {
        asked.resolve();
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      },
      slow: asked,
    });
    const dapr = world.client({
      httpPort: server.httpPort,
      grpcPort: server.grpcPort,
      clock,
      resourcesPath: world.folder,
    });
    const chosen = protocol === "http" ? dapr : world.client({ ...at("grpc", server), clock });
    const answer = failure(async () => {
      const timeouts = { firstByteMs: 30_000 };
      if (stream) await collect(chosen.generate({ messages: "x", stream, timeouts }));
      else await chosen.generate({ messages: "x", timeouts });
    });
    await asked.promise;
    clock.advance(30_000);
    expect((await answer).code).toBe("first-byte-timeout");
    expect(server.requests).toHaveLength(1);
  });

  test("an answer may take as long as it takes, where nobody sets a limit", async () => {
    const clock = new ManualClock();
    const [asked, answered] = [deferred(), deferred()];
    const server = await world.daprd({ slow: asked, until: answered.promise });
    const answer = world.client({ ...at(protocol, server), clock }).generate({ messages: "x" });
    await asked.promise;
    clock.advance(24 * 3_600_000);
    answered.resolve();
    expect((await answer).choices[0].message.content).toBe("x");
  });

  test("a sidecar that is killed while it answers broke off, and was not missing", async () => {
    const clock = new ManualClock();
    const asked = deferred();
    const server = await world.daprd({ slow: asked });
    const dapr = world.client({ ...at(protocol, server), clock, retry: { retries: 1, baseDelayMs: 0 } });
    const answer = failure(() => dapr.generate({ messages: "x" }));
    await asked.promise;
    await server.stop();
    await clock.timer(0);
    clock.advance(0);
    const error = await answer;
    expect([error.code, error.retryable]).toEqual(["truncated", true]);
    expect(error.message).toMatch(/broke/);
  });
});

test("nobody is asked a second time whose answer broke off, where another one might answer", async () => {
  const asked = deferred();
  const server = await world.daprd({ slow: asked });
  const other = await world.daprd();
  const options = { httpPort: server.httpPort, grpcPort: other.grpcPort, retry: { retries: 0 } };
  const answer = failure(() => world.client(options).generate({ messages: "x" }));
  await asked.promise;
  await server.stop();
  expect((await answer).code).toBe("truncated");
  expect(other.requests).toEqual([]);
});

test("where nobody listens the next one is asked", async () => {
  const other = await world.daprd();
  const options = { httpPort: await freePort(), grpcPort: other.grpcPort, retry: { retries: 0 } };
  await world.client(options).generate({ messages: "x" });
  expect(other.requests).toHaveLength(1);
});
