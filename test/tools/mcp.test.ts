import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { approve, type InputRequest } from "../../src/tools/input-response.js";
import { mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import { withTools } from "../../src/tools/with-tools.js";
import { deferred } from "../support/deferred.js";
import { call, namesOf, outputOf } from "./call-tool.js";

const SERVER = { command: process.execPath, args: [fileURLToPath(new URL("mcp-server.mjs", import.meta.url))] };

describe("a server over stdio", () => {
  const server = mcpTools({ ...SERVER, env: { MCP_TEST: "set" } });
  afterAll(() => server.close());

  test("lists all pages of its tools, with names that providers allow", async () => {
    const tools = await server.tools();
    const names = [
      "add",
      "files_read",
      "parts",
      "weather",
      "fail",
      "wait",
      "cancelled",
      "grow",
      "environment",
      "exit",
      "research",
    ];
    expect(tools.map(({ definition }) => definition.name)).toEqual(names);
    expect(tools[0]?.definition).toMatchObject({
      description: "Adds two numbers.",
      inputSchema: { type: "object", properties: { a: { type: "number" } }, required: ["a", "b"] },
    });
  });

  test("runs a tool by the server's own name; one text is the result", async () => {
    expect(await call(server, "add", { a: 2, b: 3 })).toEqual([
      { type: "tool-result", callId: "a", name: "add", output: "5" },
    ]);
    expect(await outputOf(server, "files_read")).toBe("read");
  });

  test("keeps every part of a result, and what is not for the model beside it", async () => {
    const [result] = await call(server, "parts");
    expect(result?.output).toEqual([
      { type: "text", text: "Look:", annotations: { audience: ["user"], priority: 1 } },
      { type: "image", data: "aGk=", mimeType: "image/png", _meta: { width: 1 } },
      { type: "audio", data: "aGk=", mimeType: "audio/wav" },
      { type: "resource_link", uri: "file:///a.txt", name: "a.txt", mimeType: "text/plain" },
      { type: "resource", resource: { uri: "file:///b.txt", text: "b", mimeType: "text/plain" } },
    ]);
    expect(result?.opaque).toEqual({ dialect: "mcp", data: { "tests/trace": "t1" } });
  });

  test("gives structured content as a value", async () => {
    expect(await outputOf(server, "weather")).toEqual({ degrees: 20 });
  });

  test("tells errors of the tool and arguments that the server refuses as errors", async () => {
    expect(await call(server, "fail")).toMatchObject([{ isError: true, output: "out of order" }]);
    const [refused] = await call(server, "add", { a: "two" });
    expect(refused).toMatchObject({ isError: true, output: expect.stringMatching(/add.*(expected number|Invalid)/s) });
  });

  test("passes progress on, and a reader that leaves cancels the call on the server", async () => {
    const model = scripted([[{ type: "tool-call", callId: "a", name: "wait", input: {} }]]);
    const seen: ChatEvent[] = [];
    for await (const event of withTools(model, [server]).stream({ messages: [{ role: "user", content: "Go." }] })) {
      seen.push(event);
      if (event.type === "tool-result") break;
    }
    expect(seen.at(-1)).toEqual({
      type: "tool-result",
      callId: "a",
      name: "wait",
      output: { progress: 1, total: 2, message: "halfway" },
      preliminary: true,
    });
    // The server reads its messages in order.
    expect(await outputOf(server, "cancelled")).toBe("1");
  });

  test("runs a tool that is a task of the server", async () => {
    const results = await call(server, "research", { fails: false });
    expect(results.at(-1)).toMatchObject({ type: "tool-result", callId: "a", name: "research", output: "found it" });
    expect(results.at(-2)).toMatchObject({ preliminary: true, output: { status: "completed" } });
    expect((await call(server, "research", { fails: true })).at(-1)).toMatchObject({
      isError: true,
      output: "found nothing",
    });
  });

  test("reads the list again when the server says that it has changed", async () => {
    const before = await namesOf(server);
    await call(server, "grow");
    expect(await namesOf(server)).toEqual([...before, "grown"]);
    expect(await outputOf(server, "grown")).toBe("new");
  });

  test("hands on only the variables that it is given and those that are safe", async () => {
    process.env.MCP_SECRET = "secret";
    expect(await outputOf(server, "environment")).toBe("set none");
    delete process.env.MCP_SECRET;
  });

  test("connects again after the server has ended", async () => {
    expect(await call(server, "exit")).toMatchObject([
      { isError: true, output: expect.stringMatching(/MCP server .* was lost.*exit code 7; it said: out of memory/) },
    ]);
    expect(await namesOf(server)).not.toContain("grown");
    expect(await outputOf(server, "add", { a: 1, b: 1 })).toBe("2");
  });
});

test("names, choice, approval and limits are the caller's", async () => {
  const server = mcpTools({
    ...SERVER,
    prefix: "tests.",
    filter: ({ name }) => name !== "exit",
    approval: ({ annotations }) => annotations?.destructiveHint === true,
    timeoutMs: 5_000,
    concurrency: 1,
  });
  const tools = await server.tools();
  const names = tools.map(({ definition }) => definition.name);
  expect(names.slice(0, 2)).toEqual(["tests_add", "tests_files_read"]);
  expect(names).not.toContain("tests_exit");
  expect(tools[0]).toMatchObject({ timeoutMs: 5_000 });
  const asked: string[] = [];
  const onInput = (request: InputRequest) => {
    if (request.kind === "approval") asked.push(request.name);
    return approve(request.id);
  };
  const calls = ["tests_add", "tests_files_read"].map((name, i): ChatEvent => {
    return { type: "tool-call", callId: String(i), name, input: { a: 1, b: 1 } };
  });
  const model = scripted([calls, ["Done."]]);
  await withTools(model, [server], { onInput }).stream({ messages: [{ role: "user", content: "Go." }] }).fullText;
  expect(asked).toEqual(["tests_files_read"]);
  expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([{ output: "2" }, { output: "read" }]);
  await server.close();
  await expect(server.tools()).rejects.toMatchObject({
    code: "connect-failed",
    message: expect.stringContaining("closed"),
  });
});

test("a server that cannot start says why, and the next one to ask tries again", async () => {
  const server = mcpTools({ ...SERVER, args: [...SERVER.args, "--broken"] });
  const error = { code: "connect-failed", message: expect.stringContaining("exit code 3; it said: no licence found") };
  await expect(server.tools()).rejects.toMatchObject(error);
  await expect(server.tools()).rejects.toMatchObject(error);
  const missing = mcpTools({ command: "/no/such/server" });
  await expect(missing.tools()).rejects.toMatchObject({
    code: "connect-failed",
    message: expect.stringContaining("ENOENT"),
  });
});

test.each<[string, object]>([
  ["url", { url: "nowhere" }],
  ["connectTimeoutMs", { ...SERVER, connectTimeoutMs: 0 }],
  ["timeoutMs", { ...SERVER, timeoutMs: -1 }],
  ["concurrency", { ...SERVER, concurrency: 0 }],
])("%s that cannot be is refused", (field, options) => {
  expect(() => mcpTools(options as Parameters<typeof mcpTools>[0])).toThrow(
    expect.objectContaining({ code: "invalid-argument", field }),
  );
});

describe("a server over streamable HTTP", () => {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let http: HttpServer;
  let url: string;
  let ended = deferred<string>();

  beforeAll(async () => {
    http = createServer(async (request, response) => {
      const known = request.headers.authorization === "Bearer token";
      const id = request.headers["mcp-session-id"];
      const session = !known ? undefined : typeof id === "string" ? sessions.get(id) : await newSession();
      if (session === undefined) response.writeHead(known ? 404 : 401).end();
      else await session.handleRequest(request, response);
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });

  async function newSession(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => ended.resolve(id),
    });
    const server = new McpServer({ name: "http", version: "1.0.0" });
    server.registerTool("sessions", {}, () => ({ content: [{ type: "text", text: String(sessions.size) }] }));
    await server.connect(transport as Transport);
    return transport;
  }

  test("sends its headers, opens a new session where the server has forgotten it, and ends it", async () => {
    const server = mcpTools({ url, headers: { authorization: "Bearer token" } });
    expect(await outputOf(server, "sessions")).toBe("1");
    sessions.clear();
    expect(await outputOf(server, "sessions")).toBe("1");
    const [id] = sessions.keys();
    ended = deferred();
    await server.close();
    expect(await ended.promise).toBe(id);
  });

  test("says what the server says when it refuses", async () => {
    await expect(mcpTools({ url }).tools()).rejects.toMatchObject({ code: "authentication", status: 401 });
    const closed = mcpTools({ url: "http://127.0.0.1:1/mcp" });
    await expect(closed.tools()).rejects.toMatchObject({ code: "connect-failed" });
  });
});

test("a server that does not answer is given up when it is closed", async () => {
  const asked = deferred();
  const silent = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const server = mcpTools({ url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp` });
  const tools = server.tools();
  const refused = expect(tools).rejects.toMatchObject({ code: "connect-failed" });
  await asked.promise;
  await server.close();
  await refused;
  silent.closeAllConnections();
  silent.close();
});
