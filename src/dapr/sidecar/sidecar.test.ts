import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:http2";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromJson, toBinary } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { credentials, Client as GrpcJsClient } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import { ConversationRequestAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { ErrorInfoSchema } from "../proto/generated/google/rpc/error_details_pb.js";
import { ServerReflection } from "../proto/generated/grpc/reflection/v1/reflection_pb.js";
import { type Sidecar, type SidecarOptions, startSidecar } from "./sidecar.js";

const ECHO = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: echo
spec:
  type: conversation.echo
  version: v1
`;

const OLLAMA = (endpoint: string) => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: llm }
spec: { type: conversation.ollama, version: v1, metadata: [{ name: endpoint, value: "${endpoint}" }] }
`;

let folder: string;
let sidecar: Sidecar;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-sidecar-"));
  await writeFile(join(folder, "echo.yaml"), ECHO);
});

afterEach(async () => {
  await sidecar?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<SidecarOptions> = {}): Promise<Sidecar> {
  sidecar = await startSidecar({
    appId: "app",
    resourcesPath: folder,
    httpPort: 0,
    grpcPort: 0,
    echoPauseMs: 0,
    env: {},
    ...options,
  });
  return sidecar;
}

function grpc(): Client<typeof Dapr> {
  return createClient(Dapr, createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` }));
}

function url(path: string): string {
  return `http://127.0.0.1:${sidecar.httpPort}${path}`;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url(path), {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
  });
}

const USER = (text: string) => ({ messages: [{ ofUser: { content: [{ text }] } }] });

describe("over HTTP", () => {
  test("Alpha1 answers as daprd does", async () => {
    await start();
    const answer = await post("/v1.0-alpha1/conversation/echo/converse", { inputs: [{ content: "well hello there" }] });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    // Clients learn how long the connection may wait for the next call.
    expect(answer.headers.get("keep-alive")).toBe("timeout=120");
    expect(await answer.json()).toEqual({ outputs: [{ result: "well hello there" }] });
  });

  test("Alpha2 answers as daprd does, with tools", async () => {
    await start();
    const tools = [
      {
        function: {
          name: "test_function",
          description: "d",
          parameters: { type: "object", properties: { param1: { type: "string" } }, required: ["param1"] },
        },
      },
    ];
    const body = { contextId: "c1", inputs: [USER("well hello there")], tools, toolChoice: "auto", temperature: 0.7 };
    const answer = await post("/v1.0-alpha2/conversation/echo/converse", body);
    expect(await answer.json()).toEqual({
      contextId: "c1",
      outputs: [
        {
          choices: [
            {
              finishReason: "tool_calls",
              message: {
                content: "well hello there",
                toolCalls: [{ id: "0", function: { name: "test_function", arguments: "param1" } }],
              },
            },
          ],
          usage: { completionTokens: "3", promptTokens: "3", totalTokens: "6" },
        },
      ],
    });
  });

  test("a whole answer of echo comes without the pauses of a streamed one", async () => {
    await start({ echoPauseMs: 60_000 });
    const body = { inputs: [USER("one two three")], scrubPii: true };
    const answer = await post("/v1.0-alpha2/conversation/echo/converse", body);
    expect((await answer.json()).outputs[0].choices[0].message.content).toBe("one two three");
    const { outputs } = await grpc().converseAlpha1({ name: "echo", inputs: [{ content: "one two" }] });
    expect(outputs[0]?.result).toBe("one two");
  });

  test("Alpha2 streams as server-sent events, its end last", async () => {
    await start();
    const body = { contextId: "c1", inputs: [USER("one two three")] };
    const answer = await post("/v1.0-alpha2/conversation/echo/converse/stream", body);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const frames = framesOf(await answer.text());
    expect(frames[0]).toHaveProperty("start");
    expect(frames.map((frame) => frame.text?.content ?? "").join("")).toBe("one two three");
    expect(frames.at(-1)).toEqual({
      complete: {
        contextId: "c1",
        finishReason: "stop",
        usage: { completionTokens: "3", promptTokens: "3", totalTokens: "6" },
      },
    });
  });

  test("Alpha1 streams in the shape of the streaming branch", async () => {
    await start();
    const answer = await post("/v1.0-alpha1//conversation/echo/converse/stream/", { inputs: [{ content: "one two" }] });
    const frames = framesOf(await answer.text());
    expect(frames.map((frame) => frame.chunk?.content ?? "").join("")).toBe("one two");
    expect(frames.at(-1)).toEqual({ complete: { usage: { promptTokens: 2, completionTokens: 2, totalTokens: 4 } } });
  });

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
        const asking = request({ host: "127.0.0.1", port: sidecar.httpPort, path }, ({ statusCode }) =>
          resolve(statusCode),
        );
        asking.on("error", reject).end();
      });
    expect(await get("//v1.0/healthz?appid=app")).toBe(204);
    expect(await get("//v1.0/healthz?appid=other")).toBe(500);
    expect(await get("http://sidecar:3500/v1.0/healthz?appid=app")).toBe(204);
  });

  test("health, metadata, and the end that a client asks for", async () => {
    await start();
    expect((await fetch(url("/v1.0/healthz"))).status).toBe(204);
    expect((await fetch(url("/v1.0/healthz?appid=app"))).status).toBe(204);
    expect((await fetch(url("/v1.0/healthz?appid=other"))).status).toBe(500);
    expect((await fetch(url("/v1.0/healthz/outbound"))).status).toBe(204);
    expect((await fetch(url("/v1.0/metadata/color"), { method: "PUT", body: "blue" })).status).toBe(204);
    const metadata = await (await fetch(url("/v1.0/metadata"))).json();
    expect(metadata).toMatchObject({
      id: "app",
      components: [{ name: "echo", type: "conversation.echo", version: "v1" }],
      enabledFeatures: ["Sluice.ConversationStreaming"],
      extended: { color: "blue" },
    });
    expect((await post("/v1.0/shutdown", "")).status).toBe(204);
    await sidecar.ended;
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
    const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` });
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

  test("what is not answered here says what is missing", async () => {
    await start();
    const answer = await fetch(url("/v1.0/state/store/key"));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      errorCode: "ERR_NOT_FOUND",
      message: expect.stringContaining("--upstream"),
    });
  });

  test("personal data is taken out, of what is said and of what is answered", async () => {
    await start();
    const inputs = [{ ...USER("write to anna@example.com now"), scrubPii: true }];
    const input = await post("/v1.0-alpha2/conversation/echo/converse", { inputs });
    expect((await input.json()).outputs[0].choices[0].message.content).toBe("write to <EMAIL_ADDRESS> now");
    const body = { inputs: [USER("write to anna@example.com now")], scrubPii: true };
    const streamed = await post("/v1.0-alpha2/conversation/echo/converse/stream", body);
    const text = framesOf(await streamed.text()).map((frame) => frame.text?.content ?? "");
    expect(text.join("")).toBe("write to <EMAIL_ADDRESS> now");
  });

  test("with a store, a context id continues a conversation", async () => {
    const store = new MemoryStore();
    await start({ store });
    const say = async (text: string) => {
      const body = { contextId: "c1", inputs: [USER(text)] };
      return (await (await post("/v1.0-alpha2/conversation/echo/converse", body)).json()).outputs[0].choices[0].message
        .content;
    };
    expect(await say("first")).toBe("first");
    // Echo says back all that it is sent.
    expect(await say("second")).toBe("first\nfirst\nsecond");
    expect((await store.load("c1"))?.messages).toHaveLength(4);
  });

  test("a client that leaves ends the model's answer", async () => {
    await start({ echoPauseMs: 60_000 });
    const left = new Promise<void>((resolve) => {
      const asking = request(url("/v1.0-alpha2/conversation/echo/converse/stream"), { method: "POST" }, (answer) => {
        answer.once("data", () => {
          asking.destroy();
          resolve();
        });
        answer.on("error", () => {});
      });
      asking.on("error", () => {});
      asking.end(JSON.stringify({ inputs: [USER("one two three")] }));
    });
    await left;
    // Nothing holds it: no answer is open any more.
    await sidecar.stop();
  });

  test("metrics are counted under daprd's names", async () => {
    await start({ metricsPort: 0 });
    await post("/v1.0-alpha2/conversation/echo/converse", { inputs: [USER("one two")] });
    await (await post("/v1.0-alpha2/conversation/echo/converse/stream", { inputs: [USER("one")] })).text();
    await post("/v1.0-alpha2/conversation/echo/converse", "");
    const text = await (await fetch(`http://127.0.0.1:${sidecar.metricsPort}/metrics`)).text();
    const tags = 'app_id="app",component="echo",namespace=""';
    expect(text).toContain(`dapr_component_conversation_count{${tags},success="true",type="non_streaming"} 1`);
    expect(text).toContain(`dapr_component_conversation_count{${tags},success="true",type="streaming"} 1`);
    expect(text).toContain(
      'dapr_error_code_total{app_id="app",category="conversation",error_code="ERR_CONVERSATION_MISSING_INPUTS"} 1',
    );
    expect(text).toContain(`usage_prompt_tokens{${tags},success="true",type="non_streaming"} 2`);
  });
});

describe("over gRPC", () => {
  test("both versions answer, whole and streamed", async () => {
    await start();
    const client = grpc();
    const one = await client.converseAlpha1({ name: "echo", contextID: "c1", inputs: [{ content: "hello" }] });
    expect(one).toMatchObject({ contextID: "c1", outputs: [{ result: "hello" }] });
    const inputs = [
      { messages: [{ messageTypes: { case: "ofUser" as const, value: { content: [{ text: "one two" }] } } }] },
    ];
    const two = await client.converseAlpha2({ name: "echo", inputs });
    expect(two.outputs[0]?.choices[0]?.message?.content).toBe("one two");
    const chunks = await collect(client.converseStreamAlpha1({ name: "echo", inputs: [{ content: "one two" }] }));
    expect(
      chunks.map(({ responseType }) => (responseType.case === "chunk" ? responseType.value.content : "")).join(""),
    ).toBe("one two");
    expect(chunks.at(-1)?.responseType.case).toBe("complete");
    const events = await collect(client.converseStreamAlpha2({ name: "echo", inputs }));
    expect(events[0]?.responseType.case).toBe("start");
    expect(events.at(-1)?.responseType).toMatchObject({ case: "complete", value: { finishReason: "stop" } });
  });

  test("errors have their status and message", async () => {
    await start();
    const error = await grpc()
      .converseAlpha2({ name: "nope" })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConnectError);
    expect([error.code, error.rawMessage]).toEqual([3, "failed finding conversation component nope"]);
    const unknown = await grpc()
      .getState({ storeName: "s", key: "k" })
      .catch((thrown) => thrown);
    expect([unknown.code, unknown.rawMessage]).toEqual([12, expect.stringContaining("--upstream")]);
  });

  test("clients of grpc-js read the messages as they are", async () => {
    await start();
    const client = new GrpcJsClient(`127.0.0.1:${sidecar.grpcPort}`, credentials.createInsecure());
    const detailsOf = (method: string, name: string) =>
      new Promise((resolve) => {
        const bytes = toBinary(ConversationRequestAlpha2Schema, create(ConversationRequestAlpha2Schema, { name }));
        const same = (value: Buffer) => value;
        const path = `/dapr.proto.runtime.v1.Dapr/${method}`;
        client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error) => resolve(error?.details));
      });
    expect(await detailsOf("ConverseAlpha2", "echo")).toBe(
      "failed conversing with component echo: missing inputs in request",
    );
    const name = "a/b, 100%ü😀";
    expect(await detailsOf("ConverseAlpha2", name)).toBe(`failed finding conversation component ${name}`);
    expect(await detailsOf("GetState", "")).toMatch(/^\/dapr.proto.runtime.v1.Dapr\/GetState: this sidecar answers/);
    client.close();
  });

  test.each(["ConverseAlpha2", "ConverseStreamAlpha2"])("%s whose deadline passes says so itself", async (method) => {
    const silent = createTcp(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await writeFile(join(folder, "llm.yaml"), OLLAMA(`http://127.0.0.1:${port}`));
    await start();
    const session = connect(`http://127.0.0.1:${sidecar.grpcPort}`);
    const stream = session.request({
      ":method": "POST",
      ":path": `/dapr.proto.runtime.v1.Dapr/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": "50m",
    });
    const message = toBinary(
      ConversationRequestAlpha2Schema,
      fromJson(ConversationRequestAlpha2Schema, { name: "llm", inputs: [USER("one two three")] }),
    );
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
    const [trailers] = await once(stream.resume(), "trailers");
    session.destroy();
    silent.close();
    expect(trailers["grpc-status"]).toBe(String(Code.DeadlineExceeded));
  });

  test("reflection lists the service and gives its file with all imports", async () => {
    await start();
    const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${sidecar.grpcPort}` });
    async function* asked() {
      yield { host: "", messageRequest: { case: "listServices" as const, value: "" } };
      yield {
        host: "",
        messageRequest: {
          case: "fileContainingSymbol" as const,
          value: "dapr.proto.runtime.v1.Dapr.ConverseStreamAlpha2",
        },
      };
      yield { host: "", messageRequest: { case: "fileByFilename" as const, value: "nope.proto" } };
    }
    const answers = await collect(createClient(ServerReflection, transport).serverReflectionInfo(asked()));
    expect(answers.map(({ messageResponse }) => messageResponse.case)).toEqual([
      "listServicesResponse",
      "fileDescriptorResponse",
      "errorResponse",
    ]);
    const listed = answers[0]?.messageResponse;
    expect(listed?.case === "listServicesResponse" && listed.value.service.map(({ name }) => name)).toContain(
      "dapr.proto.runtime.v1.Dapr",
    );
  });
});

test("a port that is taken is explained, and nothing stays open", async () => {
  const first = await start();
  const second = startSidecar({ appId: "b", resourcesPath: folder, httpPort: first.httpPort, grpcPort: 0, env: {} });
  await expect(second).rejects.toMatchObject({
    code: "invalid-argument",
    field: "httpPort",
    message: expect.stringContaining(`the HTTP port ${first.httpPort} on 127.0.0.1 is not available`),
  });
});

type StreamedFrame = { chunk?: { content: string }; text?: { content: string }; complete?: object; start?: object };

function framesOf(text: string): StreamedFrame[] {
  return text
    .split("\n")
    .flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice("data: ".length))] : []));
}
