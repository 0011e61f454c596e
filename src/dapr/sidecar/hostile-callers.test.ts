import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { DaprWorld, failure } from "../../../test/support/dapr-world.js";
import { freePort } from "../../../test/support/free-port.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import type { Sidecar } from "./sidecar.js";

const world = new DaprWorld();
const CONVERSE = "/v1.0-alpha2/conversation/echo/converse";
const BODY = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: "hi" }] } }] }] });

/** Status and body of a request whose headers are as given; Node's fetch does not let callers set all of them. */
function ask(port: number, path: string, headers: Record<string, string>, method = "POST", body = BODY) {
  return new Promise<[number | undefined, string]>((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece) => {
        text += piece;
      });
      answer.on("error", reject).on("end", () => resolve([answer.statusCode, text]));
    });
    asking.on("error", reject).end(method === "GET" ? undefined : body);
  });
}

/** The gRPC status of a call with these headers. */
async function callGrpc({ grpcPort }: Sidecar, headers: Record<string, string>): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${grpcPort}`);
  const stream = session.request({
    ":method": "POST",
    ":path": "/dapr.proto.runtime.v1.Dapr/Shutdown",
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  let status: unknown;
  stream.on("response", (answer) => {
    status = answer["grpc-status"];
  });
  stream.on("trailers", (trailers) => {
    status ??= trailers["grpc-status"];
  });
  stream.end(Buffer.alloc(5));
  await once(stream.resume(), "close");
  session.destroy();
  return String(status);
}

describe("a web page", () => {
  test.each([
    [{ origin: "http://evil.example.com", "content-type": "text/plain" }],
    [{ origin: "null", "content-type": "text/plain" }],
    [{ host: "rebound.example.com" }],
    [{ host: "rebound.example.com", origin: "http://rebound.example.com" }],
    [{ "sec-fetch-site": "cross-site" }],
  ])("with %j reaches nothing, on no port", async (headers) => {
    const sidecar = await world.sidecar({ metricsPort: 0 });
    const { httpPort, metricsPort = 0 } = sidecar;
    let ended = false;
    void sidecar.ended.then(() => {
      ended = true;
    });
    for (const path of [CONVERSE, `${CONVERSE}/stream`, "/v1.0/shutdown", "/v1.0/publish/a/b"]) {
      const [status, text] = await ask(httpPort, path, headers);
      expect([path, status, JSON.parse(text)]).toMatchObject([path, 403, { errorCode: "ERR_PERMISSION_DENIED" }]);
    }
    expect((await ask(httpPort, "/v1.0/metadata/k", headers, "PUT"))[0]).toBe(403);
    expect((await ask(httpPort, "/v1.0/metadata", headers, "GET"))[0]).toBe(403);
    expect((await ask(metricsPort, "/metrics", headers, "GET"))[0]).toBe(403);
    const { host, ...rest } = headers as Record<string, string>;
    const authority = host === undefined ? {} : { ":authority": host };
    expect(await callGrpc(sidecar, { ...rest, ...authority })).toBe("7");
    expect(ended).toBe(false);
  });

  test("over HTTP/2 without TLS reaches nothing either", async () => {
    const { httpPort } = await world.sidecar();
    const session = connectHttp2(`http://127.0.0.1:${httpPort}`);
    const stream = session.request({ ":path": "/v1.0/metadata", ":authority": "rebound.example.com" });
    const [headers] = await once(stream, "response");
    session.destroy();
    expect(headers[":status"]).toBe(403);
  });

  test("that is allowed may ask, and so may one who has the token", async () => {
    const allowed = { allowedOrigins: ["http://localhost:5173"], allowedHosts: ["box"] };
    const { httpPort } = await world.sidecar(allowed);
    expect((await ask(httpPort, CONVERSE, { host: "box:3500", origin: "http://localhost:5173" }))[0]).toBe(200);
    const guarded = await world.sidecar({ apiToken: "secret" });
    const headers = { host: "sidecar.example.com", origin: "http://evil.example.com" };
    expect((await ask(guarded.httpPort, CONVERSE, headers))[0]).toBe(401);
    expect((await ask(guarded.httpPort, CONVERSE, { ...headers, "dapr-api-token": "secret" }))[0]).toBe(200);
    expect(await callGrpc(guarded, { ":authority": "sidecar.example.com", "dapr-api-token": "secret" })).toBe("0");
    await guarded.ended;
  });

  test("does not read metrics of a sidecar with a token, whose other ports ask for it", async () => {
    const { metricsPort = 0 } = await world.sidecar({ apiToken: "secret", metricsPort: 0 });
    expect((await ask(metricsPort, "/metrics", { host: "rebound.example.com" }, "GET"))[0]).toBe(403);
    expect((await ask(metricsPort, "/metrics", {}, "GET"))[0]).toBe(200);
  });
});

test.each(["0.0.0.0", "::", "192.0.2.1"])(
  "an address as %s needs a token, whatever is said in the environment",
  async (host) => {
    const error = await failure(() => world.sidecar({ host }));
    expect([error.code, error.field]).toEqual(["invalid-argument", "host"]);
    expect((await failure(() => world.sidecar({ host, apiToken: "" }))).field).toBe("host");
    expect((await failure(() => world.sidecar({ host, env: { DAPR_API_TOKEN: "" } }))).field).toBe("host");
  },
);

test("with a token any address will do", async () => {
  const { httpPort, metricsPort = 0 } = await world.sidecar({ host: "0.0.0.0", apiToken: "secret", metricsPort: 0 });
  expect((await ask(httpPort, CONVERSE, { "dapr-api-token": "secret", host: "10.1.2.3" }))[0]).toBe(200);
  expect((await ask(metricsPort, "/metrics", { host: "10.1.2.3:9090" }, "GET"))[0]).toBe(200);
});

describe("what callers store has bounds", () => {
  test("metadata", async () => {
    const { httpPort, grpcPort } = await world.sidecar();
    const put = (key: string, value: string) => ask(httpPort, `/v1.0/metadata/${key}`, {}, "PUT", value);
    for (let i = 0; i < 1_000; i++) expect((await put(`key-${i}`, "v"))[0]).toBe(204);
    const [status, text] = await put("another", "v");
    expect([status, JSON.parse(text)]).toMatchObject([400, { errorCode: "ERR_METADATA_LIMIT" }]);
    expect((await put("key-7", "changed"))[0]).toBe(204);
    expect((await put("key-8", "x".repeat(2_000_000)))[0]).toBe(400);
    const client = createClient(Dapr, createGrpcTransport({ baseUrl: `http://127.0.0.1:${grpcPort}` }));
    await expect(client.setMetadata({ key: "more", value: "v" })).rejects.toMatchObject({ code: Code.InvalidArgument });
  });

  test("labels of metrics: a name that no component has is none", async () => {
    const { httpPort, grpcPort, metricsPort = 0 } = await world.sidecar({ metricsPort: 0 });
    const client = createClient(Dapr, createGrpcTransport({ baseUrl: `http://127.0.0.1:${grpcPort}` }));
    for (let i = 0; i < 20; i++) {
      await ask(httpPort, `/v1.0-alpha2/conversation/made-up-${i}/converse`, {});
      await ask(httpPort, `/v1.0-alpha1/conversation/made-up-${i}/converse/stream`, {});
      await client.converseAlpha2({ name: `made-up-${i}` }).catch(() => {});
    }
    const [, text] = await ask(metricsPort, "/metrics", {}, "GET");
    expect(text).not.toContain("made-up");
    expect(text).toContain('error_code="ERR_CONVERSATION_NOT_FOUND"} 60');
  });
});

describe("a body that nobody reads", () => {
  const big = "x".repeat(200_000);

  test.each([
    ["of a daprd that is down", "/v1.0/publish/pubsub/topic", {}, 502],
    ["of a health check", "/v1.0/healthz", {}, 502],
    ["of a page", CONVERSE, { origin: "http://evil.example.com" }, 403],
  ])("%s leaves its connection in order", async (_what, path, headers, status) => {
    const { httpPort } = await world.sidecar({ upstream: { http: `http://127.0.0.1:${await freePort()}` } });
    const socket = connect(httpPort, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1").on("data", (piece) => {
      text += piece;
    });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const post = `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join("")}Content-Length: ${big.length}\r\n\r\n${big}`;
    for (let asked = 1; asked <= 3; asked++) {
      socket.write(post);
      while (text.split("HTTP/1.1 ").length <= asked) await once(socket, "data");
    }
    socket.destroy();
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(Array(3).fill(`HTTP/1.1 ${status}`));
  });

  test.each([
    ["of a daprd that is down", "/v1.0/publish/pubsub/topic", {}, 502],
    ["of a page", CONVERSE, { origin: "http://evil.example.com" }, 403],
    ["of a daprd that answers before it has read all", "/early", {}, 413],
  ])("%s leaves its connection in order over HTTP/2", async (_what, path, headers, status) => {
    const early = await world.server((_request, response) => response.writeHead(413).end("no"));
    const port = path === "/early" ? early : await freePort();
    const { httpPort } = await world.sidecar({ upstream: { http: `http://127.0.0.1:${port}` } });
    const session = connectHttp2(`http://127.0.0.1:${httpPort}`);
    for (let asked = 0; asked < 5; asked++) {
      const stream = session.request({ ":method": "POST", ":path": path, ...headers });
      stream.on("error", () => {});
      stream.end(big);
      const [answer] = await once(stream, "response");
      expect(answer[":status"]).toBe(status);
      if (!stream.closed) await once(stream.resume(), "close");
    }
    session.destroy();
  });
});

test("an answer of the daprd that breaks off is broken off, over HTTP/1.1 and HTTP/2", async () => {
  const port = await world.server((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half", () => response.socket?.destroy());
  });
  const { httpPort } = await world.sidecar({ upstream: { http: `http://127.0.0.1:${port}` } });
  await expect(ask(httpPort, "/v1.0/state/a/b", {}, "GET")).rejects.toThrow();
  const session = connectHttp2(`http://127.0.0.1:${httpPort}`);
  const stream = session.request({ ":path": "/v1.0/state/a/b" });
  stream.on("error", () => {});
  await new Promise((resolve) => stream.resume().once("close", resolve));
  session.destroy();
  expect(stream.rstCode).not.toBe(constants.NGHTTP2_NO_ERROR);
});

test("calls that are being answered when the sidecar ends may go on for as long as is set", async () => {
  const clock = new ManualClock();
  const sidecar = await world.sidecar({ echoPauseMs: 60_000, graceMs: 7_000, clock });
  const answer = await fetch(`http://127.0.0.1:${sidecar.httpPort}${CONVERSE}/stream`, {
    method: "POST",
    body: BODY.replace("hi", "one two"),
  });
  const text = answer.text();
  const stopped = sidecar.stop();
  await clock.timer(7_000);
  clock.advance(7_000);
  await stopped;
  await expect(text).rejects.toThrow();
});

test("a start that waits for a store that does not answer is ended by its signal", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const asked = once(silent, "connection");
  const ending = new AbortController();
  const starting = failure(() => world.sidecar({ store: `redis://127.0.0.1:${port}`, signal: ending.signal }));
  const [socket] = await asked;
  ending.abort();
  expect((await starting).code).toBe("cancelled");
  socket.destroy();
  silent.close();
});

test("a folder may hold what is no file", async () => {
  const folder = await world.files({ "echo.yaml": "" });
  execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
  const notices: string[] = [];
  await world.sidecar({ resourcesPath: folder, report: ({ message }) => notices.push(message) });
  expect(notices).toContainEqual(expect.stringContaining("pipe.yaml is not a file"));
});

test.each([
  [{ resourcePath: "x" }, "resourcePath"],
  [{ api_token: "x" }, "api_token"],
  [{ allowedOrigin: ["x"] }, "allowedOrigin"],
  [{ upstream: { htpp: "x" } }, "upstream.htpp"],
  [{ httpPort: "3500" }, "httpPort"],
  [{ apiToken: 5 }, "apiToken"],
  [{ limits: { idle: 5 } }, "limits.idle"],
])("an option that is misspelt or of another kind is refused: %j", async (options, field) => {
  expect(await failure(() => world.sidecar(options as object))).toMatchObject({ code: "invalid-argument", field });
});
