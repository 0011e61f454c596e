import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { scripted } from "../../src/models/scripted.js";
import { type McpTools, mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import type { McpToolsOptions } from "../../src/tools/mcp/mcp-tools-options.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { deferred } from "../support/deferred.js";
import { call, outputOf } from "./call-tool.js";

interface Message {
  id?: number;
  method: string;
}

/** How a server answers a call of a tool; `undefined`: as it should. */
type Behaviour = (message: Message, response: ServerResponse, request: IncomingMessage) => boolean;

const TOOLS = [{ name: "work", inputSchema: { type: "object" } }];
const open: { http: Server; client: McpTools }[] = [];

afterEach(async () => {
  for (const { http, client } of open.splice(0)) {
    http.closeAllConnections();
    http.close();
    await client.close();
  }
});

/** An MCP server of a few lines that fails as it is told, and a client of it. */
async function start(behave: Behaviour, options: McpToolsOptions = {}, tools: readonly unknown[] = TOOLS) {
  const seen: string[] = [];
  const http = createServer(async (request, response) => {
    const body = await read(request);
    const message: Message = body === "" ? { method: request.method ?? "" } : JSON.parse(body);
    seen.push(message.method);
    if (behave(message, response, request)) return;
    const reply = (result: object) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
    };
    switch (message.method) {
      case "initialize":
        response.setHeader("mcp-session-id", crypto.randomUUID());
        reply({ protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } });
        return;
      case "tools/list":
        reply({ tools });
        return;
      case "tools/call":
        reply({ content: [{ type: "text", text: "done" }] });
        return;
      case "GET":
        response.writeHead(405).end();
        return;
      default:
        // What is a request of a later version is none that it knows.
        response.writeHead(message.id === undefined ? 202 : 400).end();
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp?key=secret`;
  const client = mcpTools({ url, onError: () => {}, ...options });
  open.push({ http, client });
  return { client, seen };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

const stream = (response: ServerResponse, text: string) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(text);
};

test.each([
  ["a text", "data: oops\n\n", /oops/],
  ["JSON that is no message", 'data: {"content":[]}\n\n', /content/],
  ["a list", "data: []\n\n", /\[\]/],
  ["a result that is no object", 'data: {"jsonrpc":"2.0","id":ID,"result":7}\n\n', /7/],
  ["an answer without JSON-RPC's version", 'data: {"id":ID,"result":{"content":[]}}\n\n', /not valid/],
  [
    "an error for nobody",
    'data: {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no JSON"}}\n\n',
    /no JSON/,
  ],
  ["an answer to another request", 'data: {"jsonrpc":"2.0","id":"other","result":{"content":[]}}\n\n', /other/],
])("a call fails where %s stands in its answer's place, in a stream that stays open", async (_, event, says) => {
  let asked = 0;
  const { client } = await start(({ method, id }, response) => {
    if (method !== "tools/call" || asked++ > 0) return false;
    // What the server says of its own accord is passed over, by the letter or not.
    stream(response, ': hello\n\nevent: ping\ndata: now\n\ndata: {"method":"notifications/odd"}\n\n');
    response.write(event.replace("ID", String(id)));
    return true;
  });
  const [result] = await call(client, "work");
  expect(result).toMatchObject({ isError: true, output: expect.stringMatching(/answer is not valid/) });
  expect(result).toMatchObject({ output: expect.stringMatching(says) });
  expect(await outputOf(client, "work")).toBe("done");
});

describe("a call whose answer cannot come any more fails", () => {
  test.each<[string, Behaviour]>([
    [
      "the stream ends",
      ({ method }, response) =>
        method === "tools/call" &&
        !!response.writeHead(200, { "content-type": "text/event-stream" }).end(": hello\n\n"),
    ],
    [
      "the connection is cut",
      ({ method }, response) => {
        if (method !== "tools/call") return false;
        stream(response, ": hello\n\n");
        setImmediate(() => response.destroy());
        return true;
      },
    ],
    [
      "it is accepted, and that is all",
      ({ method }, response) => method === "tools/call" && !!response.writeHead(202).end(),
    ],
    [
      "its stream could be resumed, and the server does not let it",
      ({ method }, response) => {
        if (method !== "tools/call") return false;
        stream(response, "id: 1\nretry: 1\ndata:\n\n");
        response.end();
        return true;
      },
    ],
    [
      "the body is no answer",
      ({ method }, response) =>
        method === "tools/call" && !!response.writeHead(200, { "content-type": "application/json" }).end("[]"),
    ],
    ["the connection breaks before it", ({ method }, response) => method === "tools/call" && !!response.destroy()],
  ])("%s", async (_, behave) => {
    const { client, seen } = await start(behave);
    const [result] = await call(client, "work");
    expect(result).toMatchObject({
      isError: true,
      output: expect.stringMatching(/^the MCP server http:\/\/127[^?]*\/mcp was lost: ./),
    });
    expect(seen.filter((method) => method === "tools/call")).toHaveLength(1);
  });

  test("and goes on where the server lets it be resumed", async () => {
    let id = 0;
    const { client } = await start((message, response, request) => {
      if (message.method === "tools/call") {
        id = message.id ?? 0;
        stream(response, "id: 1\nretry: 1\ndata:\n\n");
        response.end();
        return true;
      }
      if (request.headers["last-event-id"] !== "1") return false;
      const answer = { jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "late" }] } };
      stream(response, `id: 2\ndata: ${JSON.stringify(answer)}\n\n`);
      return true;
    });
    expect(await outputOf(client, "work")).toBe("late");
  });
});

test.each([400, 404, 410])("a session that the server has lost (%i) is begun again", async (status) => {
  let lost = true;
  const { client, seen } = await start(({ method }, response) => {
    if (method !== "tools/call" || !lost) return false;
    lost = false;
    response.writeHead(status).end("Bad Request: Server not initialized");
    return true;
  });
  expect(await outputOf(client, "work")).toBe("done");
  expect(seen.filter((method) => method === "initialize")).toHaveLength(2);
});

test.each([
  ["BuilderIO/agent-native#5547", "Session not found"],
  ["modelcontextprotocol/python-sdk#1676", JSON.stringify({ error: { code: -32_600, message: "Session terminated" } })],
  [
    "anthropics/claude-code#83404, samanhappy/mcphub#742",
    JSON.stringify({ jsonrpc: "2.0", id: "server-error", error: { code: -32_600, message: "Session not found" } }),
  ],
])("a session that is gone is begun again whatever the server says of it (%s)", async (_, body) => {
  let session: unknown;
  const { client, seen } = await start(({ method }, response, request) => {
    if (method !== "tools/call") return false;
    session ??= request.headers["mcp-session-id"];
    if (request.headers["mcp-session-id"] !== session) return false;
    response.writeHead(404, { "content-type": "application/json" }).end(body);
    return true;
  });
  expect(await outputOf(client, "work")).toBe("done");
  expect(seen.filter((method) => method === "tools/call")).toHaveLength(2);
});

test("calls that run while a session is lost are each made once more, and none is cut off", async () => {
  let lost: unknown;
  let asked = 0;
  const slow = deferred();
  const { client, seen } = await start(({ method, id }, response, request) => {
    const session = request.headers["mcp-session-id"];
    if (method !== "tools/call") return false;
    lost ??= session;
    if (session !== lost) return false;
    const turn = asked++;
    const refuse = () => response.writeHead(404).end("Session not found");
    // One of them got through to where the session is still known, and its answer takes its time.
    const content = [{ type: "text", text: "slow" }];
    if (turn === 0) {
      void slow.promise.then(() => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content } }));
      });
    } else if (turn === 1) refuse();
    else setTimeout(refuse, 50);
    return true;
  });
  const calls = Array.from({ length: 4 }, () => outputOf(client, "work"));
  await Promise.race(calls);
  slow.resolve();
  expect((await Promise.all(calls)).toSorted()).toEqual(["done", "done", "done", "slow"]);
  expect(seen.filter((method) => method === "initialize")).toHaveLength(2);
});

test("a server that is away for two requests is asked again by the next call (anthropics/claude-code#94273)", async () => {
  let away = 0;
  const { client } = await start(({ method }, response) => {
    if (away === 0 || (method !== "tools/call" && method !== "initialize")) return false;
    away--;
    response.writeHead(404).end("404 page not found");
    return true;
  });
  expect(await outputOf(client, "work")).toBe("done");
  away = 2;
  expect((await call(client, "work"))[0]).toMatchObject({ isError: true, output: expect.stringContaining("404") });
  expect(await outputOf(client, "work")).toBe("done");
});

test.each([500, 502, 503])(
  "a call that is answered %i ends, is not made again, and the next one works (strands-agents/harness-sdk#1169)",
  async (status) => {
    let fails = true;
    const { client, seen } = await start(({ method }, response) => {
      if (method !== "tools/call" || !fails) return false;
      fails = false;
      response.writeHead(status).end("upstream is away");
      return true;
    });
    expect((await call(client, "work"))[0]).toMatchObject({
      isError: true,
      output: expect.stringContaining("upstream is away"),
    });
    expect(await outputOf(client, "work")).toBe("done");
    expect(seen.filter((method) => method === "tools/call")).toHaveLength(2);
  },
);

test("a call that is never answered ends with the loop's time (anthropics/claude-code#69593)", async () => {
  const { client } = await start(({ method }) => method === "tools/call", { timeoutMs: 50 });
  expect((await call(client, "work"))[0]).toMatchObject({
    isError: true,
    output: expect.stringContaining("longer than 50 ms"),
  });
});

test.each([
  [200, "text/plain"],
  [200, "application/json"],
  [204, ""],
  [406, "text/plain"],
])(
  "a server without messages of its own that answers %i %s is asked for them once (malloydata/malloyyo#133, f/prompts.chat#1117, modelcontextprotocol/typescript-sdk#1637)",
  async (status, type) => {
    // The SDK waits a second before it asks again.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const errors: unknown[] = [];
    const answered = deferred();
    const { client, seen } = await start(
      (message, response) => {
        if (message.method !== "GET") return false;
        answered.resolve();
        response.writeHead(status, type === "" ? {} : { "content-type": type }).end();
        return true;
      },
      { onError: (error) => errors.push(error) },
    );
    try {
      expect(await outputOf(client, "work")).toBe("done");
      await answered.promise;
      expect(await outputOf(client, "work")).toBe("done");
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await outputOf(client, "work")).toBe("done");
    } finally {
      vi.useRealTimers();
    }
    expect(seen.filter((method) => method === "GET")).toHaveLength(1);
    expect(errors).toEqual([]);
  },
);

test("a request that is refused for good is sent twice at most, and says why", async () => {
  const { client, seen } = await start(({ method }, response) => {
    if (method !== "tools/call") return false;
    response.writeHead(400).end("no such thing");
    return true;
  });
  expect((await call(client, "work"))[0]).toMatchObject({
    isError: true,
    output: expect.stringContaining("no such thing"),
  });
  expect(seen.filter((method) => method === "tools/call")).toHaveLength(2);
});

test("a tool that is not described rightly is left out, and the others are there", async () => {
  const errors: string[] = [];
  const tools = [
    { name: "bad", inputSchema: "x" },
    { inputSchema: {} },
    null,
    { name: "no arguments" },
    ...TOOLS,
    { name: "list", inputSchema: { type: "array" } },
  ];
  const { client } = await start(() => false, { onError: ({ message }) => errors.push(message) }, tools);
  const names = (await client.tools()).map(({ definition }) => definition.name);
  expect(names).toEqual(["no_arguments", "work"]);
  expect(errors).toHaveLength(4);
  expect(errors[0]).toMatch(/describes a tool bad that is left out: its arguments are not an object/);
});

test("a server that may be missing takes no other tools with it", async () => {
  const errors: string[] = [];
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/mcp`;
  await new Promise((resolve) => gone.close(resolve));
  const missing = mcpTools({
    url,
    optional: true,
    onError: ({ message }) => errors.push(message),
  });
  const here = tool({ name: "here", input: { type: "object" }, run: () => "yes" });
  const model = scripted([[{ type: "tool-call", callId: "1", name: "here", input: {} }], ["Done"]]);
  const answer = withTools(model, [missing, here]).stream({ messages: [{ role: "user", content: "Go." }] });
  expect(await answer.fullText).toBe("Done");
  expect(errors).toEqual([
    expect.stringMatching(/^the MCP server http:\/\/127.0.0.1:\d+\/mcp cannot be used: .*ECONNREFUSED/),
  ]);
  await expect(mcpTools({ url }).tools()).rejects.toMatchObject({ code: "connect-failed" });
});
