import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttp2, type Http2Server, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { DaprClient, HttpMethod, LogLevel } from "@dapr/dapr";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { GetStateResponseSchema } from "../proto/generated/dapr/proto/runtime/v1/state_pb.js";
import { type Sidecar, startSidecar } from "./sidecar.js";

/** A request as the daprd behind the sidecar got it. */
interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

let folder: string;
let sidecar: Sidecar;
let http: Server;
let grpc: Http2Server;
const received: Received[] = [];
const calls: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
const state = new Map<string, unknown>();

beforeEach(async () => {
  received.length = 0;
  calls.length = 0;
  state.clear();
  folder = await mkdtemp(join(tmpdir(), "sluice-upstream-"));
  const echo =
    "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: echo}\nspec: {type: conversation.echo, version: v1}\n";
  await writeFile(join(folder, "echo.yaml"), echo);
  http = createServer(answerHttp);
  grpc = createHttp2();
  grpc.on("stream", (stream, headers) => {
    const pieces: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => {
      calls.push({ headers, body: Buffer.concat(pieces) });
      answerGrpc(stream, String(headers[":path"]));
    });
  });
  const [httpPort, grpcPort] = await Promise.all([listen(http), listen(grpc)]);
  sidecar = await startSidecar({
    appId: "app",
    resourcesPath: folder,
    httpPort: 0,
    grpcPort: 0,
    env: {},
    upstream: { http: `http://127.0.0.1:${httpPort}`, grpc: `http://127.0.0.1:${grpcPort}` },
  });
});

afterEach(async () => {
  await sidecar.stop();
  http.closeAllConnections();
  await Promise.all([http, grpc].map((server) => new Promise((resolve) => server.close(resolve))));
  await rm(folder, { recursive: true, force: true });
});

async function listen(server: Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return (server.address() as AddressInfo).port;
}

/** A daprd of a few calls, which keeps all that it is sent. */
async function answerHttp(request: IncomingMessage, response: import("node:http").ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const { method = "", url = "", headers } = request;
  const body = Buffer.concat(pieces);
  received.push({ method, url, headers, body });
  if (url === "/v1.0/metadata") {
    const components = [
      { name: "statestore", type: "state.redis", version: "v1" },
      { name: "echo", type: "conversation.echo", version: "v1" },
    ];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ id: "real", runtimeVersion: "1.18.3", components, extended: { daprRuntimeVersion: "1.18.3" } }),
    );
  } else if (method === "POST" && url.startsWith("/v1.0/state/")) {
    for (const { key, value } of JSON.parse(body.toString())) state.set(key, value);
    response.writeHead(204).end();
  } else if (url.startsWith("/v1.0/state/")) {
    response.writeHead(200, { "content-type": "application/json", etag: "7", "set-cookie": ["a=1", "b=2"] });
    response.end(JSON.stringify(state.get(new URL(url, "http://daprd").pathname.split("/").at(-1) ?? "") ?? null));
  } else if (url === "/v1.0/stream") {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("first ");
    response.on("close", () => received.push({ method: "LEFT", url, headers, body }));
  } else response.writeHead(418, { "x-own": "yes" }).end("teapot");
}

function answerGrpc(stream: import("node:http2").ServerHttp2Stream, path: string): void {
  if (path.endsWith("/GetState")) {
    const message = toBinary(GetStateResponseSchema, {
      $typeName: GetStateResponseSchema.typeName,
      data: new Uint8Array([1, 2, 3]),
      etag: "7",
      metadata: {},
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.respond({ ":status": 200, "content-type": "application/grpc", "x-own": "yes" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-trailer": "end" }));
    stream.end(Buffer.concat([prefix, message]));
    return;
  }
  const headers = { ":status": 200, "content-type": "application/grpc", "grpc-status": "9", "grpc-message": "not now" };
  stream.respond(headers, { endStream: true });
}

function url(path: string): string {
  return `http://127.0.0.1:${sidecar.httpPort}${path}`;
}

describe("what is no conversation is passed on to the daprd behind the sidecar", () => {
  test("over HTTP, with its bytes, headers and status as they are", async () => {
    const body = Buffer.from([0, 255, 10, 13, 128]);
    const headers = { "content-type": "application/octet-stream", "X-Custom": "1", traceparent: "00-a-b-01" };
    const answer = await fetch(url("/v1.0/invoke/other/method/a%2Fb?x=%20y"), { method: "PATCH", body, headers });
    expect([answer.status, answer.headers.get("x-own"), await answer.text()]).toEqual([418, "yes", "teapot"]);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: "PATCH",
      url: "/v1.0/invoke/other/method/a%2Fb?x=%20y",
      headers: { "content-type": "application/octet-stream", "x-custom": "1", traceparent: "00-a-b-01" },
    });
    expect(received[0]?.body.equals(body)).toBe(true);
  });

  test("headers that come several times stay several", async () => {
    const answer = await fetch(url("/v1.0/state/statestore/k"));
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("etag")).toBe("7");
  });

  test("piece by piece, and a client that leaves is gone for the daprd too", async () => {
    const leaving = new AbortController();
    const answer = await fetch(url("/v1.0/stream"), { signal: leaving.signal });
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first ");
    const left = new Promise<void>((resolve) => {
      const look = () => (received.some(({ method }) => method === "LEFT") ? resolve() : setImmediate(look));
      look();
    });
    leaving.abort();
    await left;
  });

  test("conversations with components that only the daprd has", async () => {
    const path = "/v1.0-alpha2/conversation/elsewhere/converse";
    const answer = await fetch(url(path), { method: "POST", body: "{}" });
    expect(answer.status).toBe(418);
    expect(received[0]?.url).toBe(path);
    expect((await fetch(url("/v1.0-alpha2/conversation/echo/converse"), { method: "POST", body: "{}" })).status).toBe(
      400,
    );
    expect(received).toHaveLength(1);
  });

  test("over gRPC, with messages, headers and trailers as they are", async () => {
    const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` });
    const client = createClient(Dapr, transport);
    let seen: [string | null, string | null] = [null, null];
    let header: string | null = null;
    const answer = await client.getState(
      { storeName: "statestore", key: "k" },
      {
        headers: { "x-custom": "1" },
        onHeader: (headers) => {
          header = headers.get("x-own");
        },
        onTrailer: (trailers) => {
          seen = [header, trailers.get("x-trailer")];
        },
      },
    );
    expect([answer.data, answer.etag, seen]).toEqual([new Uint8Array([1, 2, 3]), "7", ["yes", "end"]]);
    expect(calls[0]?.headers).toMatchObject({ ":path": "/dapr.proto.runtime.v1.Dapr/GetState", "x-custom": "1" });
    const error = await client.publishEvent({ pubsubName: "p", topic: "t" }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConnectError);
    expect([error.code, error.rawMessage]).toEqual([9, "not now"]);
  });

  test("a daprd that is gone is said to be", async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    const answer = await fetch(url("/v1.0/state/statestore/k"));
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      errorCode: "ERR_UPSTREAM",
      message: expect.stringContaining("cannot be reached"),
    });
  });
});

test("metadata is the daprd's, with the sidecar's components in the place of those of the same name", async () => {
  const metadata = await (await fetch(url("/v1.0/metadata"))).json();
  expect(metadata).toMatchObject({
    id: "real",
    components: [{ name: "statestore", type: "state.redis" }, { name: "echo" }],
    enabledFeatures: ["Sluice.ConversationStreaming"],
  });
});

test("the client of @dapr/dapr keeps its state, metadata and health, and finds nothing changed", async () => {
  const client = new DaprClient({
    daprHost: "127.0.0.1",
    daprPort: String(sidecar.httpPort),
    logger: { level: LogLevel.Error },
  });
  await client.state.save("statestore", [{ key: "k", value: { a: 1 } }]);
  expect(await client.state.get("statestore", "k")).toEqual({ a: 1 });
  expect(await client.health.isHealthy()).toBe(true);
  expect(await client.metadata.get()).toMatchObject({ id: "real" });
  const invoked = client.invoker.invoke("other", "method", HttpMethod.GET);
  await expect(invoked).rejects.toThrow(/418|teapot/i);
  await client.stop();
});
