import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import type { McpToolsOptions } from "../../src/tools/mcp/mcp-tools-options.js";
import { outputOf } from "./call-tool.js";

/** How a server with a handshake answers the question what it speaks. */
type Probed = (response: ServerResponse, id: unknown) => void;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const RESULTS: Readonly<Record<string, object>> = {
  initialize: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } },
  "tools/list": { tools: [{ name: "work", inputSchema: { type: "object" } }] },
  "tools/call": { content: [{ type: "text", text: "done" }] },
};

async function start(probed: Probed, options: McpToolsOptions = {}) {
  const seen: string[] = [];
  const http = createServer(async (request, response) => {
    const { id, method = "GET" } = JSON.parse((await text(request)) || "{}");
    seen.push(method);
    const result = RESULTS[method];
    if (method === "server/discover") probed(response, id);
    else if (result === undefined) response.writeHead(id === undefined && method !== "GET" ? 202 : 405).end();
    else {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const errors: unknown[] = [];
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  const client = mcpTools({ url, onError: (error) => errors.push(error), ...options });
  open.push(() => {
    http.closeAllConnections();
    http.close();
    return client.close();
  });
  return { client, seen, errors };
}

const says =
  (body: string, type = "application/json", status = 200): Probed =>
  (response, id) =>
    void response.writeHead(status, { "content-type": type }).end(body.replace("ID", JSON.stringify(id)));
const refusal = '"error":{"code":-32601,"message":"no such method"}';

describe("a server that is asked what it speaks", () => {
  test.each([
    ["refuses that", says(`{"jsonrpc":"2.0","id":ID,${refusal}}`)],
    ["refuses that for nobody", says(`{"jsonrpc":"2.0","id":null,${refusal}}`)],
    ["refuses another request", says(`{"jsonrpc":"2.0","id":"other",${refusal}}`)],
    ["says nothing", says("")],
    ["says what is no JSON", says("{")],
    ["says a page", says("<html>", "text/html")],
    ["says a text", says("ok", "text/plain")],
    ["has nothing to say (204)", (response) => void response.writeHead(204).end()],
    ["knows no such path (404)", says("<html>", "text/html", 404)],
    ["knows no such method (405)", says("", "text/plain", 405)],
    ["breaks (500)", says("oops", "text/plain", 500)],
  ] satisfies [string, Probed][])("and %s gets the handshake", async (_, probed) => {
    const { client, seen, errors } = await start(probed);
    expect(await outputOf(client, "work")).toBe("done");
    expect(seen.slice(0, 2)).toEqual(["server/discover", "initialize"]);
    expect(errors).toEqual([]);
  });

  test.each([
    ["never answers", () => {}],
    ["answers without an id", says(`{"jsonrpc":"2.0",${refusal}}`)],
    [
      "opens a stream in which nothing comes",
      (response) => response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders(),
    ],
  ] satisfies [string, Probed][])("and %s gets the handshake before its time is over", async (_, probed) => {
    const { client, seen, errors } = await start(probed, { connectTimeoutMs: 1_500 });
    expect(await outputOf(client, "work")).toBe("done");
    expect(seen.slice(0, 2)).toEqual(["server/discover", "initialize"]);
    expect(errors).toEqual([]);
  });
});
