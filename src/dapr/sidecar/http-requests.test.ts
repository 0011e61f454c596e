import { request } from "node:http";
import { connect } from "node:http2";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { useSidecar } from "../../../test/support/use-sidecar.js";
import { ErrorInfoSchema } from "../proto/generated/google/rpc/error_details_pb.js";
import { ServerReflection } from "../proto/generated/grpc/reflection/v1/reflection_pb.js";

const { grpc, post, running, start, url } = useSidecar();
const USER = (text: string) => ({ messages: [{ ofUser: { content: [{ text }] } }] });

describe("requests to the sidecar", () => {
  test.each([
    [
      "/v1.0-alpha2/conversation/nope/converse",
      {},
      400,
      "ERR_CONVERSATION_NOT_FOUND",
      "failed finding conversation component nope",
    ],
    [
      "/v1.0-alpha2/conversation/echo/converse",
      "",
      400,
      "ERR_CONVERSATION_MISSING_INPUTS",
      "failed conversing with component echo: missing inputs in request",
    ],
    [
      "/v1.0-alpha2/conversation/echo/converse/stream",
      { inputs: [{ messages: [{}] }] },
      400,
      "ERR_CONVERSATION_INVALID_PARMS",
      "failed conversing with component echo: invalid params: message type cannot be nil",
    ],
    [
      "/v1.0-alpha2/conversation/echo/converse",
      { inputs: [USER("x")], toolChoice: "required" },
      400,
      "ERR_CONVERSATION_INVALID_PARMS",
      /tool choice must be 'auto', 'none', 'required', or a specific tool name/,
    ],
    ["/v1.0-alpha2/conversation/echo/converse", "{", 400, "ERR_MALFORMED_REQUEST", /^failed deserializing HTTP body: /],
    [
      "/v1.0-alpha2/conversation/echo/converse",
      {
        inputs: [USER("x")],
        tools: [{ function: { name: "f", parameters: { type: "object", properties: "no" } } }],
      },
      500,
      "ERR_CONVERSATION_INVOKE",
      /failed conversing with component echo: tool function properties must be a map\[string\]any/,
    ],
  ])("%s with %j is refused", async (path, body, status, errorCode, message) => {
    await start();
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      errorCode,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  test("a body that is too large is refused, over HTTP/2 as well", async () => {
    await start({ maxBodyBytes: 100 });
    const path = "/v1.0-alpha1/conversation/echo/converse";
    const said = { errorCode: "ERR_BODY_READ", message: "failed to read request body: stream too large" };
    const answer = await post(path, { inputs: [{ content: "x".repeat(200) }] });
    expect([answer.status, await answer.json()]).toEqual([400, said]);
    const set = await fetch(url("/v1.0/metadata/k"), { method: "PUT", body: "x".repeat(200) });
    expect([set.status, await set.json()]).toEqual([400, said]);
    const session = connect(url(""));
    const stream = session.request({ ":method": "POST", ":path": path });
    let status: unknown;
    stream.on("response", (headers) => {
      status = headers[":status"];
    });
    stream.end("x".repeat(5_000_000));
    let text = "";
    for await (const piece of stream.setEncoding("utf8")) text += piece;
    session.close();
    expect([status, JSON.parse(text)]).toEqual([400, said]);
  });

  test("a body that is not UTF-8 is refused", async () => {
    await start();
    const body = Buffer.from('{"inputs":[{"content":"?"}]}');
    body[body.indexOf("?")] = 0xff;
    const answer = await fetch(url("/v1.0-alpha1/conversation/echo/converse"), { method: "POST", body });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { errorCode: "ERR_MALFORMED_REQUEST", message: "failed deserializing HTTP body: invalid UTF-8" },
    ]);
  });

  test("a path may begin with two slashes, or with the server's address", async () => {
    await start();
    const get = (path: string) =>
      new Promise((resolve, reject) => {
        const asking = request({ host: "127.0.0.1", port: running().httpPort, path }, ({ statusCode }) =>
          resolve(statusCode),
        );
        asking.on("error", reject).end();
      });
    expect(await get("//v1.0/healthz?appid=app")).toBe(204);
    expect(await get("//v1.0/healthz?appid=other")).toBe(500);
    expect(await get("http://sidecar:3500/v1.0/healthz?appid=app")).toBe(204);
  });

  test("a token is asked of all but the health checks", async () => {
    await start({ env: { DAPR_API_TOKEN: "secret" } });
    const path = "/v1.0-alpha1/conversation/echo/converse";
    const refused = await post(path, { inputs: [{ content: "x" }] });
    expect([refused.status, await refused.text()]).toEqual([401, "invalid api token"]);
    expect((await post(path, { inputs: [{ content: "x" }] }, { "dapr-api-token": "secret" })).status).toBe(200);
    expect((await fetch(url("/v1.0/healthz"))).status).toBe(204);
    const error = await grpc()
      .getMetadata({})
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConnectError);
    expect([error.code, error.rawMessage]).toEqual([Code.Unauthenticated, "Unauthorized"]);
    expect(await grpc().getMetadata({}, { headers: { "dapr-api-token": "secret" } })).toMatchObject({ id: "app" });
  });

  test.each([
    [{}, "missing api token in request metadata"],
    [{ "dapr-api-token": "guess" }, "authentication error: api token mismatch"],
  ])("no call over gRPC passes with %j, not even reflection", async (headers, reason) => {
    await start({ apiToken: "secret" });
    const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${running().grpcPort}` });
    const asked = (async function* () {
      yield { messageRequest: { case: "listServices" as const, value: "" } };
    })();
    const answers = [
      () => grpc().converseAlpha2({ name: "echo" }, { headers }),
      () => collect(grpc().converseStreamAlpha2({ name: "echo" }, { headers })),
      () => grpc().getState({ storeName: "s" }, { headers }),
      () => collect(createClient(ServerReflection, transport).serverReflectionInfo(asked, { headers })),
    ];
    for (const ask of answers) {
      const error = ConnectError.from(await ask().catch((thrown: unknown) => thrown));
      expect([error.code, error.rawMessage]).toEqual([Code.Unauthenticated, "Unauthorized"]);
      expect(error.findDetails(ErrorInfoSchema)).toMatchObject([
        { reason: "Unauthorized", domain: "dapr.io", metadata: { "http.code": "401", "http.error_message": reason } },
      ]);
    }
  });

  test("HTTP/2 without TLS is spoken to those who begin with it", async () => {
    await start();
    const session = connect(url(""));
    const stream = session.request({ ":path": "/v1.0/metadata" });
    let text = "";
    for await (const piece of stream.setEncoding("utf8")) text += piece;
    session.close();
    expect(JSON.parse(text)).toMatchObject({ id: "app" });
  });
});
