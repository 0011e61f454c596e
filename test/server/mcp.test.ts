import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import { mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { type Serving, serve } from "./serve.js";

let ended = 0;
const agent = {
  ...defineModel({
    id: "agent",
    *stream({ messages }) {
      yield "You said: ";
      yield String(messages.at(-1)?.content);
    },
  }),
  description: "Says back what it is told.",
};
const hanging = defineModel({
  id: "hanging",
  async *stream(_request, { signal }) {
    yield "one ";
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  },
});

const key = createApiKey();
let serving: Serving;
let client: Client;
beforeAll(async () => {
  const document = {
    name: "greet",
    description: "Greets somebody.",
    inputs: { who: { type: "string" }, how: { type: "string" } },
    steps: [{ id: "say", type: "llm_chat", inputs: { message: "{{ how }}, {{ who }}" } }],
  };
  const workflow = await loadWorkflow(document, { model: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) });
  serving = await serve({
    agents: { agent, hanging },
    workflows: { greet: workflow.asModel() },
    keys: [{ name: "web", hash: key.hash }],
    onRun: ({ model, error }) => {
      if (model === "hanging" && error === "cancelled") ended++;
    },
  });
  client = await connect();
});
afterAll(async () => {
  await client.close();
  await serving.close();
});

async function connect(): Promise<Client> {
  const made = new Client({ name: "tests", version: "1.0.0" });
  const requestInit = { headers: { authorization: `Bearer ${key.key}` } };
  const transport = new StreamableHTTPClientTransport(new URL(`${serving.url}/mcp`), { requestInit });
  await made.connect(transport as Parameters<Client["connect"]>[0]);
  return made;
}

test("agents and workflows are tools, workflows with their inputs", async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name, description }) => [name, description])).toEqual([
    ["agent", "Says back what it is told."],
    ["hanging", "Asks the agent hanging."],
    ["greet", "Greets somebody."],
  ]);
  expect(tools[2]?.inputSchema.properties).toHaveProperty("who");
});

test("a call is answered, and its text is progress", async () => {
  const told: string[] = [];
  const onprogress = ({ message }: { message?: string | undefined }) => void told.push(message ?? "");
  const called = await client.callTool({ name: "agent", arguments: { message: "Hi" } }, undefined, { onprogress });
  expect(called.content).toEqual([{ type: "text", text: "You said: Hi" }]);
  expect(told.join("")).toBe("You said: Hi");
  const greeted = await client.callTool({ name: "greet", arguments: { who: "Ada", how: "Hello" } });
  expect(greeted.content).toEqual([{ type: "text", text: "Hello, Ada" }]);
  const wrong = await client.callTool({ name: "agent", arguments: {} });
  expect(wrong.isError).toBe(true);
});

test("a call that is given up ends its run, and so does a client without a session that leaves", async () => {
  const calling = new AbortController();
  const asked = { name: "hanging", arguments: { message: "Go" } };
  const called = client.callTool(asked, undefined, { signal: calling.signal, onprogress: () => calling.abort() });
  await expect(called).rejects.toThrow();
  await expect.poll(() => ended).toBe(1);
  const leaving = new AbortController();
  const answered = await fetch(`${serving.url}/mcp`, {
    method: "POST",
    headers: { "x-api-key": key.key },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: asked }),
    signal: leaving.signal,
  });
  expect(answered.headers.get("content-type")).toContain("text/event-stream");
  leaving.abort();
  await expect.poll(() => ended).toBe(2);
});

test("our own tools of MCP servers take them", async () => {
  const source = mcpTools({ url: `${serving.url}/mcp`, headers: { "x-api-key": key.key } });
  const tools = await source.tools();
  expect(tools.map((one) => one.definition.name)).toEqual(["agent", "hanging", "greet"]);
  await source.close();
});

test("nobody comes in without a key, and what is not served is said in words", async () => {
  expect((await fetch(`${serving.url}/mcp`, { method: "POST", body: "{}" })).status).toBe(401);
  const headers = { "x-api-key": key.key };
  expect((await fetch(`${serving.url}/mcp`, { headers })).status).toBe(405);
  const send = async (body: unknown, more = {}) => {
    const init = { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(body) };
    const answered = await fetch(`${serving.url}/mcp`, init);
    return [answered.status, await answered.text()] as const;
  };
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  expect(await send(ping)).toEqual([200, JSON.stringify({ jsonrpc: "2.0", id: 1, result: {} })]);
  expect(await send([ping])).toMatchObject([400, expect.stringContaining("batches")]);
  expect(await send({ ...ping, method: "prompts/list" })).toMatchObject([200, expect.stringContaining("-32601")]);
  expect(await send(ping, { "mcp-session-id": "mine" })).toMatchObject([404, expect.stringContaining("session")]);
  expect(await send(ping, { "mcp-protocol-version": "1" })).toMatchObject([400, expect.stringContaining("2025-11-25")]);
  const call = { ...ping, method: "tools/call", params: { name: "agent", arguments: { message: "Hi" } } };
  expect(await send(call, { accept: "application/json" })).toMatchObject([
    200,
    expect.stringContaining("You said: Hi"),
  ]);
  expect((await fetch(`${serving.url}/mcp`, { headers: { ...headers, "last-event-id": "x" } })).status).toBe(400);
});
