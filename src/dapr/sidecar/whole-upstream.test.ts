import { createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { DaprWorld } from "../../../test/support/dapr-world.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { STREAMING_FEATURE } from "./sidecar-metadata.js";

const world = new DaprWorld();

/** A sidecar without components before a daprd with one, which does not stream. */
async function front(options: Parameters<typeof world.daprd>[0] = {}) {
  const daprd = await world.daprd(options);
  const upstream = { http: `http://127.0.0.1:${daprd.httpPort}`, grpc: `http://127.0.0.1:${daprd.grpcPort}` };
  return { daprd, sidecar: await world.sidecar({ upstream, resourcesPath: await world.files({}) }) };
}

const inputs = [{ messages: [{ ofUser: { content: [{ text: "one two" }] } }] }];

async function stream(port: number, api: string, body: object) {
  const url = `http://127.0.0.1:${port}/v1.0-${api}/conversation/echo/converse/stream`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  const frames = text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice(6))] : []));
  return { status: answer.status, type: answer.headers.get("content-type"), text, frames };
}

describe("the stream of a component that only the daprd has", () => {
  test("is its whole answer over HTTP, and says so", async () => {
    const { sidecar } = await front();
    const { type, frames } = await stream(sidecar.httpPort, "alpha2", { inputs, contextId: "c1" });
    expect(type).toBe("text/event-stream; charset=utf-8");
    expect(frames).toEqual([
      { start: { id: expect.any(String), simulated: true } },
      { text: { content: "one two" } },
      {
        complete: {
          contextId: "c1",
          finishReason: "stop",
          usage: { completionTokens: "3", promptTokens: "3", totalTokens: "6" },
        },
      },
    ]);
    const old = await stream(sidecar.httpPort, "alpha1", { inputs: [{ content: "one" }] });
    expect(old.frames).toEqual([{ chunk: { content: "one" } }, { complete: {} }]);
  });

  test("is its whole answer over gRPC, and says so", async () => {
    const { sidecar } = await front();
    const client = createClient(Dapr, createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` }));
    const content = [{ text: "one two" }];
    const message = { messageTypes: { case: "ofUser" as const, value: { content } } };
    const chunks = await collect(client.converseStreamAlpha2({ name: "echo", inputs: [{ messages: [message] }] }));
    expect(chunks.map(({ responseType }) => responseType)).toMatchObject([
      { case: "start", value: { simulated: true } },
      { case: "text", value: { content: "one two" } },
      { case: "complete", value: { finishReason: "stop" } },
    ]);
    const old = await collect(client.converseStreamAlpha1({ name: "echo", inputs: [{ content: "one" }] }));
    expect(old.map(({ responseType }) => responseType.case)).toEqual(["chunk", "complete"]);
  });

  test("is waited for as long as the caller waits", async () => {
    const { sidecar, daprd } = await front();
    const client = createClient(Dapr, createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` }));
    await client.converseAlpha2({ name: "echo" });
    await client.converseAlpha2({ name: "echo" }, { timeoutMs: 60_000 });
    const [without, limited = 0] = daprd.deadlines;
    expect(without).toBeUndefined();
    expect(limited).toBeGreaterThan(50_000);
    expect(limited).toBeLessThanOrEqual(60_000);
  });

  test("is waited for without a deadline where a caller waits longer than one in ms can say", async () => {
    const { sidecar, daprd } = await front();
    // Go's clients write two days in seconds.
    const patient: Interceptor = (next) => (request) => {
      request.header.set("grpc-timeout", "172800S");
      return next(request);
    };
    const baseUrl = `http://127.0.0.1:${sidecar.grpcPort}`;
    const client = createClient(Dapr, createGrpcTransport({ baseUrl, interceptors: [patient] }));
    await client.converseAlpha2({ name: "echo" });
    expect(daprd.deadlines).toEqual([undefined]);
  });

  test("is streamed where that daprd streams", async () => {
    const { sidecar } = await front({
      features: [STREAMING_FEATURE],
      stream: async function* () {
        yield { responseType: { case: "text" as const, value: { content: "piece" } } };
        yield { responseType: { case: "complete" as const, value: { finishReason: "stop" } } };
      },
    });
    const { frames } = await stream(sidecar.httpPort, "alpha2", { inputs });
    expect(frames[0]).toEqual({ text: { content: "piece" } });
  });

  test("fails as the daprd says", async () => {
    const { sidecar, daprd } = await front({
      answer: () => {
        throw new Error("the model fell over");
      },
    });
    const { status, text } = await stream(sidecar.httpPort, "alpha2", { inputs });
    expect([status, JSON.parse(text).errorCode]).toEqual([500, "ERR_CONVERSATION_INVOKE"]);
    await daprd.stop();
    expect((await stream(sidecar.httpPort, "alpha2", { inputs })).status).toBe(502);
  });
});
