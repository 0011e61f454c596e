import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { at, DaprWorld, failure, PROTOCOLS } from "../../test/support/dapr-world.js";
import { findRealDaprd, type RealDaprd, startRealDaprd } from "../../test/support/real-daprd.js";
import { Conversation } from "../chat/conversation.js";
import { echo } from "../models/echo.js";
import { publishStream } from "./pubsub/publish-stream.js";
import { subscribeStream } from "./pubsub/subscribe-stream.js";
import { subscriptionListener } from "./pubsub/subscription-listener.js";
import { DaprStateStore } from "./state/dapr-state-store.js";

const program = findRealDaprd();
const ALPHA1 = "/v1.0-alpha1/conversation/echo/converse";
const ALPHA2 = "/v1.0-alpha2/conversation/echo/converse";

const user = (text: unknown) => ({ messages: [{ ofUser: { content: [{ text }] } }] });
const tool = (name: string, parameters?: unknown) => ({
  function: { name, ...(parameters !== undefined && { parameters }) },
});
const TYPED = { "@type": "type.googleapis.com/google.protobuf.StringValue", value: "x" };

/** Requests that both answer alike, to the last field. */
const SAME: readonly [path: string, body: unknown][] = [
  [ALPHA2, {}],
  [ALPHA2, ""],
  [ALPHA2, { inputs: null }],
  [ALPHA2, { inputs: [{}] }],
  [ALPHA2, { inputs: [{ messages: [] }] }],
  [ALPHA2, { inputs: [user("a")], contextId: "" }],
  [ALPHA2, { inputs: [user("a"), user("b")], context_id: "c" }],
  [ALPHA2, { inputs: [{ messages: [{ ofUser: {} }] }] }],
  [ALPHA2, { inputs: [user("")] }],
  [ALPHA2, { inputs: [user(null)] }],
  [ALPHA2, { inputs: [user("  spaced   words\n x ")] }],
  [ALPHA2, { inputs: [user("üñî 😀 中文 <b>&amp;\u2028")], future: 1 }],
  [
    ALPHA2,
    {
      inputs: [
        {
          messages: [
            { ofSystem: { content: [{ text: "s" }] } },
            { ofDeveloper: { content: [{ text: "d" }] } },
            {
              ofAssistant: {
                content: [{ text: "a" }],
                toolCalls: [{ id: "1", function: { name: "f", arguments: '{ "a": 1}' } }],
              },
            },
            { ofTool: { toolId: "1", name: "f", content: [{ text: "r" }, { text: "r2" }] } },
          ],
        },
      ],
    },
  ],
  [ALPHA2, { inputs: [{ messages: [{ ofAssistant: { toolCalls: [{ function: { name: "f", arguments: "" } }] } }] }] }],
  [ALPHA2, { inputs: [{ messages: [{ ofTool: { toolId: "z", name: "f" } }] }] }],
  [ALPHA2, { inputs: [user("hi")], tools: [tool("b", { properties: { b: {}, a: {} } }), tool("a"), {}] }],
  [ALPHA2, { inputs: [user("hi")], tools: [tool("a", { properties: [] })] }],
  [ALPHA2, { inputs: [user("hi")], tools: [tool("a", { properties: null })] }],
  [ALPHA2, { inputs: [user("hi")], tools: [tool("a")], toolChoice: "a" }],
  [ALPHA2, { inputs: [user("hi")], toolChoice: "x", temperature: 9, metadata: { a: "b" }, parameters: { a: TYPED } }],
  [ALPHA2, { inputs: [user("hi")], responseFormat: { type: "object", properties: { a: { type: "string" } } } }],
  [ALPHA2, { inputs: [user("hi")], promptCacheRetention: "86400s", temperature: "0.5" }],
  [ALPHA2, { inputs: [user("write to ann@example.com")], scrubPii: true }],
  [ALPHA2, { inputs: [{ ...user("write to ann@example.com, +2222222222"), scrubPii: true }] }],
  [ALPHA2, { inputs: [{ ...user("write to ann@example.com"), scrubPII: true }] }],
  [`${ALPHA2}/`, { inputs: [user("a")] }],
  [`/${ALPHA2}`, { inputs: [user("a")] }],
  ["/v1.0-alpha2/conversation/nope/converse", { inputs: [user("a")] }],
  ["/v1.0-alpha2/conversation/ECHO/converse", { inputs: [user("a")] }],
  ["/v1.0-alpha2/conversation/a%2Fb/converse", {}],
  [ALPHA1, {}],
  [ALPHA1, { inputs: [{}] }],
  [ALPHA1, { inputs: [{ content: "a", role: "system" }, { content: "b", role: "zzz" }, { message: "c" }] }],
  [ALPHA1, { name: "other", inputs: [{ content: "a" }], contextID: "c", parameters: { a: TYPED } }],
  [ALPHA1, { inputs: [{ content: "a" }], contextId: "c", metadata: { Temperature: "0.5" } }],
  [ALPHA1, { inputs: [{ content: "mail a@b.com", scrubPII: true }] }],
  [ALPHA1, { inputs: [{ content: "mail a@b.com", scrubPii: true }] }],
  [ALPHA1, { inputs: [{ content: "mail a@b.com" }], scrubPII: true }],
];

/** Requests that both refuse for the same reason, each in its own words. */
const REFUSED: readonly [path: string, body: unknown][] = [
  ...["{", "[]", "null", "   ", '{"inputs":"x"}', '{"inputs":[null]}'].map((body): [string, unknown] => [ALPHA2, body]),
  [ALPHA2, { inputs: [user(5)] }],
  [ALPHA2, { inputs: [{ messages: [{}] }] }],
  [ALPHA2, { inputs: [{ messages: [{ ofAssistant: { toolCalls: [{ id: "1" }] } }] }] }],
  [ALPHA2, { inputs: [user("hi")], toolChoice: "required" }],
  [ALPHA2, { inputs: [user("hi")], tools: [tool("a")], toolChoice: "A" }],
  [ALPHA2, { inputs: [user("hi")], temperature: "x" }],
  [ALPHA2, { inputs: [user("hi")], metadata: { a: 1 } }],
  [ALPHA2, { inputs: [user("hi")], parameters: { a: 1 } }],
  [ALPHA2, { inputs: [user("hi")], promptCacheRetention: "1h" }],
  [ALPHA2, { inputs: [], scrubPii: "true" }],
];

describe.skipIf(program === undefined)("beside a real daprd", () => {
  const world = new DaprWorld();
  let daprd: RealDaprd;
  beforeAll(async () => {
    daprd = await startRealDaprd(program ?? "");
  });
  afterAll(() => daprd.stop());

  async function post(port: number, path: string, body: unknown) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: text });
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.json() };
  }

  test("the sidecar answers alike", async () => {
    const { httpPort } = await world.sidecar();
    for (const [path, body] of SAME) {
      const asked = `${path} ${JSON.stringify(body)}`;
      expect([asked, await post(httpPort, path, body)]).toEqual([asked, await post(daprd.httpPort, path, body)]);
    }
    for (const [path, body] of REFUSED) {
      const asked = `${path} ${JSON.stringify(body)}`;
      const [own, theirs] = [await post(httpPort, path, body), await post(daprd.httpPort, path, body)];
      expect([asked, own.status, own.body.errorCode]).toEqual([asked, theirs.status, theirs.body.errorCode]);
    }
  });

  describe.each(PROTOCOLS)("the client over %s", (protocol) => {
    test("is answered whole, with tools, context ids and counts", async () => {
      const dapr = world.client(at(protocol, daprd));
      const weather = { name: "weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } };
      const chunks = await collect(
        dapr.generate({ messages: "one two", stream: true, contextId: "c1", tools: [weather] }),
      );
      expect(chunks[0]).toMatchObject({ type: "start", data: { simulated: true } });
      expect(chunks).toContainEqual({ type: "content", data: "one two" });
      expect(chunks).toContainEqual({ type: "context_id", data: "c1" });
      expect(chunks).toContainEqual({
        type: "final_usage",
        data: expect.objectContaining({ prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 }),
      });
      const scrubbed = await dapr.generate({ messages: "write to ann@example.com", scrubPII: true });
      expect(scrubbed.choices[0].message.content).toBe("write to <EMAIL_ADDRESS>");
    });

    test("is told what is refused", async () => {
      const dapr = world.client(at(protocol, daprd));
      expect(await failure(() => dapr.generate({ messages: "x", llmComponent: "nope" }))).toMatchObject({
        code: "not-found",
        message: expect.stringContaining("echo"),
      });
    });

    test("streams from a sidecar in front of it, and reaches what only the daprd has", async () => {
      const upstream = { http: `http://127.0.0.1:${daprd.httpPort}`, grpc: `http://127.0.0.1:${daprd.grpcPort}` };
      const front = await world.sidecar({ upstream });
      const chunks = await collect(world.client(at(protocol, front)).generate({ messages: "one two", stream: true }));
      expect(chunks.filter(({ type }) => type === "content").length).toBeGreaterThan(1);
      const behind = await world.sidecar({ upstream, resourcesPath: await world.files({}) });
      const whole = await collect(world.client(at(protocol, behind)).generate({ messages: "one two", stream: true }));
      expect(whole).toContainEqual({ type: "final_content", data: "one two" });
    });
  });

  test("conversations are kept in its state store", async () => {
    const endpoint = `http://127.0.0.1:${daprd.httpPort}`;
    const store = new DaprStateStore("statestore", { endpoint });
    const options = { model: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), store, contextId: "kept" };
    await new Conversation(options).send("first");
    await new Conversation(options).send("second");
    expect((await store.load("kept"))?.messages).toHaveLength(4);
    await store.delete("kept");
    expect(await store.load("kept")).toBeUndefined();
  });

  test("streams come through its pub/sub", async () => {
    const subscription = subscribeStream({ pubsub: "pubsub", topic: "answers" });
    const app = createServer(subscriptionListener([subscription]));
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    const own = await startRealDaprd(program ?? "", (app.address() as AddressInfo).port);
    try {
      const model = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });
      const answer = model.stream({ messages: [{ role: "user", content: "one two three" }] });
      const endpoint = `http://127.0.0.1:${own.httpPort}`;
      const { id, stream, published } = publishStream(answer, { pubsub: "pubsub", topic: "answers", endpoint });
      const received = subscription.stream(id).fullText;
      expect(await stream.fullText).toBe("one two three");
      await published;
      expect(await received).toBe("one two three");
    } finally {
      await own.stop();
      app.closeAllConnections();
      await new Promise((resolve) => app.close(resolve));
    }
  });
});
