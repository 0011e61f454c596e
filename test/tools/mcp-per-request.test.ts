import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import { type McpTools, mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import type { McpToolsOptions } from "../../src/tools/mcp/mcp-tools-options.js";
import { withTools } from "../../src/tools/with-tools.js";
import { asking, clerk } from "../server/mcp-agents.js";
import { type Serving, serve } from "../server/serve.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { namesOf, outputOf } from "./call-tool.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function connect(url: string, options: McpToolsOptions = {}): McpTools {
  const tools = mcpTools({ url: `${url}/mcp`, onError: () => {}, ...options });
  open.push(tools);
  return tools;
}

test("a server without a handshake is called without one, and its questions are the user's", async () => {
  const serving: Serving = await serve({ agents: { clerk, asking } });
  open.push(serving);
  const asked: unknown[] = [];
  const tools = connect(serving.url, {
    onElicitation: ({ message }) => {
      asked.push(message);
      return { action: "accept", content: message.startsWith("May") ? { approve: true } : { city: "Oslo" } };
    },
  });
  expect(JSON.stringify(await outputOf(tools, "clerk", { message: "Pay" }))).toContain("paid");
  expect(JSON.stringify(await outputOf(tools, "asking", { message: "Go" }))).toContain("Oslo");
  expect(asked).toEqual(['May pay run with {"to":"Ada"}?', "Which city?"]);
});

test("who leaves a call of such a server ends it there", async () => {
  const begun = deferred();
  const ended = deferred();
  const hanging = defineModel({
    id: "hanging",
    async *stream(_, { signal }) {
      begun.resolve();
      yield "one";
      await new Promise((_, reject) => signal.addEventListener("abort", reject));
    },
  });
  const serving = await serve({ agents: { hanging }, onRun: () => ended.resolve() });
  open.push(serving);
  const errors: unknown[] = [];
  const tools = connect(serving.url, { onError: (error) => errors.push(error) });
  const model = scripted([[{ type: "tool-call", callId: "a", name: "hanging", input: { message: "Go" } }], ["Done."]]);
  const stream = withTools(model, [tools]).stream({ messages: [{ role: "user", content: "Go." }] });
  const reading = collect(stream);
  await begun.promise;
  stream.cancel();
  await expect(reading).rejects.toThrow();
  await ended.promise;
  expect(errors).toEqual([]);
});

/** A server of that version in a few lines, and what it was sent. */
async function small() {
  const seen: { method: string; headers: IncomingHttpHeaders; params: Record<string, unknown> }[] = [];
  let changed = (_: string) => {};
  let names = ["query"];
  const http: Server = createServer(async (request, response) => {
    const { id, method, params } = JSON.parse((await text(request)) || "{}");
    seen.push({ method, headers: request.headers, params });
    const reply = (result: object) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { resultType: "complete", ...result } }));
    };
    if (method === "server/discover")
      reply({ supportedVersions: ["2026-07-28"], capabilities: { tools: { listChanged: true } } });
    else if (method === "tools/list") {
      const region = { type: "string", "x-mcp-header": "Region" };
      const tools = names.map((name) => ({ name, inputSchema: { type: "object", properties: { region } } }));
      const wrong = { type: "object", properties: { a: { type: "number", "x-mcp-header": "A" } } };
      reply({ tools: [...tools, { name: "wrong", inputSchema: wrong }] });
    } else if (method === "subscriptions/listen") {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      changed = (name) => {
        names = [name];
        const message = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };
        response.write(`data: ${JSON.stringify(message)}\n\n`);
      };
    } else if (method === "tools/call" && params.requestState === undefined)
      reply({ resultType: "input_required", requestState: "first" });
    else if (method === "tools/call") reply({ content: [{ type: "text", text: `after ${params.requestState}` }] });
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const close = () => {
    http.closeAllConnections();
    http.close();
  };
  open.push({ close });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    seen,
    change: (name: string) => changed(name),
  };
}

test("each request says what it is in its headers, arguments that are to be mirrored included", async () => {
  const { url, seen } = await small();
  const tools = connect(url);
  expect(await namesOf(tools)).toEqual(["query"]);
  expect(JSON.stringify(await outputOf(tools, "query", { region: "Zürich" }))).toContain("after first");
  const calls = seen.filter(({ method }) => method === "tools/call");
  expect(calls).toHaveLength(2);
  for (const { headers, params } of calls) {
    expect(headers).toMatchObject({
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "query",
      "mcp-param-region": `=?base64?${Buffer.from("Zürich").toString("base64")}?=`,
    });
    expect(params._meta).toMatchObject({
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "sluice" },
    });
  }
  expect(seen.map(({ method }) => method)).not.toContain("initialize");
});

test("a change of the tools is heard", async () => {
  const { url, seen, change } = await small();
  const tools = connect(url);
  await tools.tools();
  await expect.poll(() => seen.some(({ method }) => method === "subscriptions/listen")).toBe(true);
  change("other");
  await expect.poll(() => namesOf(tools)).toEqual(["other"]);
});
