import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { scripted } from "../../src/models/scripted.js";
import { type McpTools, mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import { withTools } from "../../src/tools/with-tools.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { outputOf } from "./call-tool.js";

const MB = 1_000_000;
const ASK = { messages: [{ role: "user" as const, content: "Go." }] };

describe.each([
  ["server-sent events", false],
  ["JSON", true],
])("calls of the official server that answers with %s", (_, enableJsonResponse) => {
  let http: HttpServer;
  let tools: McpTools;
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const waiting = { begun: deferred(), cancelled: deferred<unknown>() };

  beforeAll(async () => {
    http = createServer(async (request, response) => {
      const id = request.headers["mcp-session-id"];
      const session = typeof id === "string" ? sessions.get(id) : await newSession();
      if (session === undefined) response.writeHead(404).end();
      else await session.handleRequest(request, response);
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    tools = mcpTools({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` });
  });
  afterAll(async () => {
    await tools.close();
    http.closeAllConnections();
    http.close();
  });

  async function newSession(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      enableJsonResponse,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = new McpServer({ name: "live", version: "1.0.0" });
    const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
    server.registerTool("length", { inputSchema: { of: z.string() } }, ({ of }) => text(String(of.length)));
    server.registerTool("long", { inputSchema: { characters: z.number() } }, ({ characters }) =>
      text(`${"x".repeat(characters)}end`),
    );
    server.registerTool("wait", {}, async ({ signal }) => {
      waiting.begun.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      waiting.cancelled.resolve(signal.reason);
      return text("never read");
    });
    await server.connect(transport as Transport);
    return transport;
  }

  test("take arguments of three megabytes", async () => {
    expect(await outputOf(tools, "length", { of: "ü".repeat(1.5 * MB) })).toBe(String(1.5 * MB));
  });

  test("bring a result of twenty megabytes, of which the model is shown the ends", async () => {
    const output = await outputOf(tools, "long", { characters: 20 * MB });
    expect(output).toMatch(/^x+\n\[… \d+ of 20000003 characters are left out …\]\nx+end$/);
    expect(String(output).length).toBeLessThan(MB);
  });

  test("are cancelled at the server when the reader leaves, and the next is answered", async () => {
    waiting.begun = deferred();
    waiting.cancelled = deferred();
    const model = scripted([[{ type: "tool-call", callId: "a", name: "wait", input: {} }]]);
    const stream = withTools(model, [tools]).stream(ASK);
    const left = collect(stream).catch(() => {});
    await waiting.begun.promise;
    stream.cancel("enough");
    await waiting.cancelled.promise;
    await left;
    expect(await outputOf(tools, "length", { of: "abc" })).toBe("3");
  });

  test("that take too long are cancelled at the server, and another beside them is answered", async () => {
    waiting.begun = deferred();
    waiting.cancelled = deferred();
    const patient = mcpTools({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`, timeoutMs: 200 });
    const calls = ["wait", "length"].map((name, index) => ({
      type: "tool-call" as const,
      callId: `c${index}`,
      name,
      input: name === "length" ? { of: "ab" } : {},
    }));
    const events = await collect(withTools(scripted([calls, ["Done."]]), [patient]).stream(ASK));
    const results = events.filter((event) => event.type === "tool-result");
    expect(results).toContainEqual(expect.objectContaining({ callId: "c1", output: "2" }));
    expect(results).toContainEqual(expect.objectContaining({ callId: "c0", isError: true }));
    await waiting.cancelled.promise;
    await patient.close();
  });
});
