import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { type Sidecar, startSidecar } from "./sidecar.js";

let folder: string;
let sidecar: Sidecar;
let http: Server;
let grpc: Http2Server;
let answerHttp: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let answerGrpc: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
const requests: { request: IncomingMessage; body: string }[] = [];
const sessions = new Set<ServerHttp2Session>();
const clock = new ManualClock();

beforeEach(async () => {
  requests.length = 0;
  answerHttp = (_, response) => response.end("ok");
  answerGrpc = (stream) => stream.respond({ "grpc-status": "0" }, { endStream: true });
  folder = await mkdtemp(join(tmpdir(), "sluice-passthrough-"));
  http = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      requests.push({ request, body });
      answerHttp(request, response, body);
    });
  });
  grpc = createHttp2();
  grpc.on("session", (session) => sessions.add(session));
  grpc.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answerGrpc(stream, headers);
  });
  await Promise.all([http, grpc].map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
});

afterEach(async () => {
  await sidecar.stop();
  for (const session of sessions) session.destroy();
  http.closeAllConnections();
  await Promise.all([http, grpc].map((server) => new Promise((resolve) => server.close(resolve))));
  await rm(folder, { recursive: true, force: true });
});

async function start(ports: readonly ("http" | "grpc")[] = ["http", "grpc"]): Promise<void> {
  const at = (server: Server | Http2Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sidecar = await startSidecar({
    appId: "app",
    resourcesPath: folder,
    httpPort: 0,
    grpcPort: 0,
    env: {},
    clock,
    upstream: { ...(ports.includes("http") && { http: at(http) }), ...(ports.includes("grpc") && { grpc: at(grpc) }) },
  });
}

/** What comes back for bytes as they are, until the connection closes. */
async function raw(...lines: string[]): Promise<string> {
  const socket = connect(sidecar.httpPort, "127.0.0.1");
  socket.write(lines.join("\r\n"));
  let answer = "";
  for await (const piece of socket.setEncoding("latin1")) answer += piece;
  return answer;
}

test.each(["DELETE", "GET", "OPTIONS", "POST"])("a body in chunks stays the body of its %s", async (method) => {
  await start();
  const hidden = "GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n";
  const chunk = `${hidden.length.toString(16)}\r\n${hidden}`;
  const answer = await raw(
    `${method} /v1.0/x HTTP/1.1`,
    "host: localhost",
    "connection: close",
    "transfer-encoding: chunked",
    "",
    chunk,
    "0\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(requests.map(({ request, body }) => [request.method, request.url, body])).toEqual([
    [method, "/v1.0/x", hidden],
  ]);
});

test("a body over HTTP/2 stays the body of a method that seldom has one", async () => {
  await start();
  const session = connectHttp2(`http://127.0.0.1:${sidecar.httpPort}`);
  const stream = session.request({ ":method": "DELETE", ":path": "/v1.0/x" }, { endStream: false });
  stream.end("four");
  await once(stream.resume(), "close");
  session.close();
  expect(requests.map(({ body }) => body)).toEqual(["four"]);
});

test("trailers come through, and headers of one connection do not", async () => {
  await start();
  answerHttp = (_, response) => {
    response.writeHead(200, { trailer: "x-sum", connection: "close, x-hop", "x-hop": "1" });
    response.write("body");
    response.addTrailers({ "x-sum": "42" });
    response.end();
  };
  const head = ["POST /v1.0/x HTTP/1.1", "host: localhost", "trailer: x-md5", "connection: x-mine, close", "x-mine: 1"];
  const answer = await raw(...head, "transfer-encoding: chunked", "", "2\r\nhi", "0", "x-md5: abc", "\r\n");
  expect(answer).toMatch(/\r\n0\r\nx-sum: 42\r\n\r\n$/);
  expect(answer).not.toMatch(/x-hop/);
  expect(requests[0]?.request.trailers).toEqual({ "x-md5": "abc" });
  expect(requests[0]?.request.headers).not.toHaveProperty("x-mine");
});

/** Metadata as daprd's HTTP port says it: the rules of a subscription are a list. */
const METADATA = {
  id: "real",
  components: [{ name: "pubsub", type: "pubsub.redis", version: "v1" }],
  subscriptions: [
    { pubsubname: "pubsub", topic: "t", rules: [{ path: "/t" }], deadLetterTopic: "", type: "DECLARATIVE" },
  ],
  actorRuntime: { runtimeStatus: "RUNNING", hostReady: false },
  fieldOfTheNextRelease: { a: 1 },
};

test("metadata over HTTP is the daprd's to the last field", async () => {
  await start();
  answerHttp = (_, response) => response.end(JSON.stringify(METADATA));
  const answer = await fetch(`http://127.0.0.1:${sidecar.httpPort}/v1.0/metadata`);
  expect(await answer.json()).toEqual({ ...METADATA, enabledFeatures: ["Sluice.ConversationStreaming"], extended: {} });
});

test("metadata over gRPC of a daprd that is known by its HTTP port", async () => {
  await start(["http"]);
  answerHttp = (_, response) => response.end(JSON.stringify(METADATA));
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` });
  const metadata = await createClient(Dapr, transport).getMetadata({});
  expect(metadata.subscriptions[0]?.rules?.rules).toMatchObject([{ path: "/t" }]);
  answerHttp = (_, response) => response.end('{"subscriptions":1}');
  expect(await createClient(Dapr, transport).getMetadata({})).toMatchObject({ id: "app" });
});

test("metadata over HTTP of a daprd that is known by its gRPC port comes over one connection, which ends", async () => {
  await start(["grpc"]);
  let opened = 0;
  let closed: Promise<unknown> = Promise.resolve();
  grpc.on("session", (session) => {
    opened++;
    session.on("error", () => {});
    closed = new Promise((resolve) => session.once("close", resolve));
  });
  // The id "real", a subscription with one rule, and a field 99 that nobody knows.
  const rule = [0x12, 2, 0x2f, 0x74];
  const rules = [0x0a, rule.length, ...rule];
  const subscription = [0x22, rules.length, ...rules];
  const known = [0x0a, 4, ...Buffer.from("real"), 0x2a, subscription.length, ...subscription];
  const message = Buffer.from([0, 0, 0, 0, 0, ...known, 0x9a, 0x06, 1, 0x7a]);
  message.writeUInt32BE(message.length - 5, 1);
  answerGrpc = (stream) => {
    stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(message);
  };
  for (let i = 0; i < 3; i++) {
    const answer = await fetch(`http://127.0.0.1:${sidecar.httpPort}/v1.0/metadata`);
    expect(await answer.json()).toMatchObject({ id: "real", subscriptions: [{ rules: [{ path: "/t" }] }] });
  }
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` });
  const metadata = await createClient(Dapr, transport).getMetadata({});
  expect(metadata.$unknown).toMatchObject([{ no: 99 }]);
  expect(opened).toBe(1);
  await sidecar.stop();
  await closed;
});

test.each(["http", "grpc"] as const)("an application that ends the sidecar ends the daprd, over %s", async (port) => {
  await start([port]);
  const called: unknown[] = [];
  answerHttp = ({ method, url }, response) => {
    called.push(`${method} ${url}`);
    response.writeHead(204).end();
  };
  answerGrpc = (stream, headers) => {
    called.push(headers[":path"]);
    stream.respond({ "content-type": "application/grpc", "grpc-status": "0" }, { endStream: true });
  };
  await fetch(`http://127.0.0.1:${sidecar.httpPort}/v1.0/shutdown`, { method: "POST" });
  await sidecar.ended;
  expect(called).toEqual([port === "http" ? "POST /v1.0/shutdown" : "/dapr.proto.runtime.v1.Dapr/Shutdown"]);
});

test("a daprd that does not answer is left out of the metadata", async () => {
  await start();
  answerHttp = () => clock.advance(5_000);
  const answer = await fetch(`http://127.0.0.1:${sidecar.httpPort}/v1.0/metadata`);
  expect(await answer.json()).toMatchObject({ id: "app", actorRuntime: { runtimeStatus: "DISABLED" } });
});

test("a gRPC call that breaks off at the daprd breaks off, and does not end", async () => {
  await start();
  answerGrpc = (stream) => {
    stream.respond({ "content-type": "application/grpc" });
    stream.write("half", () => stream.session?.destroy());
  };
  const session = connectHttp2(`http://127.0.0.1:${sidecar.grpcPort}`);
  const stream = session.request({ ":method": "POST", ":path": "/a.B/C", "content-type": "application/grpc" });
  const failed = once(stream, "close").catch((error) => error);
  const trailers: unknown[] = [];
  stream.on("trailers", (received) => trailers.push(received));
  stream.resume().end();
  await failed;
  session.destroy();
  expect([stream.rstCode, trailers]).toEqual([2, []]);
});

test("a gRPC call to a daprd that is gone has a status, however much the caller has to say", async () => {
  await start();
  await new Promise((resolve) => grpc.close(resolve));
  const session = connectHttp2(`http://127.0.0.1:${sidecar.grpcPort}`);
  const stream = session.request({ ":method": "POST", ":path": "/a.B/C", "content-type": "application/grpc" });
  stream.on("error", () => {});
  const responded = once(stream, "response");
  stream.resume().end(Buffer.alloc(200_000));
  const [headers] = await responded;
  await new Promise((resolve) => stream.once("close", resolve));
  session.close();
  expect([headers["grpc-status"], stream.rstCode]).toEqual(["14", 0]);
});

test("a slow reader of a gRPC call that has ended already gets all of it, and its trailers", async () => {
  await start();
  answerGrpc = (stream) => {
    stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(1_000_000));
  };
  const session = connectHttp2(`http://127.0.0.1:${sidecar.grpcPort}`);
  const stream = session.request({ ":method": "POST", ":path": "/a.B/C", "content-type": "application/grpc" });
  stream.end();
  await once(stream, "response");
  const ended = once(stream, "trailers");
  let length = 0;
  for await (const piece of stream) length += piece.length;
  const [trailers] = await ended;
  session.close();
  expect([length, trailers["grpc-status"]]).toEqual([1_000_000, "0"]);
});
