import { Client, type ElicitResult, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { startRedis } from "../support/local-server.js";
import { asking, clerk } from "./mcp-agents.js";
import { replicatedLogs } from "./replicated-logs.js";
import { type Serving, serve } from "./serve.js";

const VERSION = "2026-07-28";
const hanging = defineModel({
  id: "hanging",
  async *stream(_, { signal }) {
    yield "one ";
    await new Promise((_, reject) => signal.addEventListener("abort", reject));
  },
});
const told = defineModel({ id: "told", stream: () => ["You said: Hi"] });

const redis = await startRedis();
afterAll(() => redis?.stop());

describe.each(replicatedLogs(redis))("MCP without a handshake, in $name", ({ open }) => {
  let one: Serving;
  let other: Serving;
  let closeLogs: () => Promise<unknown>;
  const ends: (string | undefined)[] = [];
  const clients: Client[] = [];
  beforeAll(async () => {
    const [first, second] = await open();
    closeLogs = () => Promise.all([first.close(), second.close()]);
    const settings = {
      agents: { clerk, asking, hanging, told },
      onRun: ({ error }: { error?: string }) => void ends.push(error),
    };
    [one, other] = await Promise.all([serve({ ...settings, log: first }), serve({ ...settings, log: second })]);
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all([one.close(), other.close()]);
    await closeLogs();
  });

  /** The official client, each of whose requests goes to another replica than the one before. */
  async function connect(elicit?: (params: unknown) => ElicitResult): Promise<Client> {
    const client = new Client(
      { name: "tests", version: "1.0.0" },
      { capabilities: elicit ? { elicitation: { form: {} } } : {}, versionNegotiation: { mode: "auto" } },
    );
    if (elicit !== undefined) client.setRequestHandler("elicitation/create", ({ params }) => elicit(params));
    let sent = 0;
    const spread: typeof fetch = (input, init) => {
      const url = new URL(String(input));
      if (sent++ % 2 === 1) url.port = new URL(other.url).port;
      return fetch(url, init);
    };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${one.url}/mcp`), { fetch: spread }));
    expect(client.getNegotiatedProtocolVersion()).toBe(VERSION);
    clients.push(client);
    return client;
  }

  test("the official client finds the server, its tools, and what they say", async () => {
    const client = await connect();
    expect(client.getServerVersion()).toMatchObject({ name: "sluice" });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["clerk", "asking", "hanging", "told"]);
    const progress: string[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) => void progress.push(message ?? "");
    const called = await client.callTool({ name: "told", arguments: { message: "Hi" } }, { onprogress });
    expect(called.content).toEqual([{ type: "text", text: "You said: Hi" }]);
    expect(progress.join("")).toBe("You said: Hi");
    expect((await client.callTool({ name: "told", arguments: {} })).isError).toBe(true);
    await expect(client.callTool({ name: "nobody", arguments: {} })).rejects.toMatchObject({ code: -32602 });
  });

  test("what is asked is asked of the user, whose answer comes with another request to another replica", async () => {
    const asked: unknown[] = [];
    let result: ElicitResult = { action: "accept", content: { approve: true } };
    const client = await connect((params) => {
      asked.push(params);
      return result;
    });
    const pay = () => client.callTool({ name: "clerk", arguments: { message: "Pay" } });
    expect((await pay()).content).toEqual([{ type: "text", text: 'Let me see. It said "paid".' }]);
    expect(asked).toMatchObject([{ mode: "form", message: 'May pay run with {"to":"Ada"}?' }]);
    result = { action: "decline" };
    expect(JSON.stringify((await pay()).content)).toContain("did not run");
    result = { action: "accept", content: { city: "Oslo" } };
    const found = await client.callTool({ name: "asking", arguments: { message: "Go" } });
    expect(JSON.stringify(found.content)).toContain("Oslo");
  });

  test("a client that asks nobody is told what it would need", async () => {
    const called = (await connect()).callTool({ name: "clerk", arguments: { message: "Pay" } });
    await expect(called).rejects.toMatchObject({ code: -32021, message: expect.stringContaining("May pay run") });
  });

  test("a client that leaves has given its call up", async () => {
    const client = await connect();
    ends.length = 0;
    const leaving = new AbortController();
    const options = { signal: leaving.signal, onprogress: () => leaving.abort() };
    await expect(client.callTool({ name: "hanging", arguments: { message: "Go" } }, options)).rejects.toThrow();
    await expect.poll(() => ends).toEqual(["cancelled"]);
  });

  /** Posts a request as it stands. */
  async function post(method: string, params: object, more: Record<string, string | undefined> = {}, meta = {}) {
    const name = (params as { name?: string }).name;
    const headers = new Headers({ accept: "application/json" });
    const given = { "mcp-protocol-version": VERSION, "mcp-method": method, "mcp-name": name, ...more };
    for (const [header, value] of Object.entries(given)) if (value !== undefined) headers.set(header, value);
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": VERSION,
      "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
      ...meta,
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 5, method, params: { ...params, _meta } });
    const response = await fetch(`${one.url}/mcp`, { method: "POST", headers, body });
    return { status: response.status, ...((await response.json()) as { result?: object; error?: object }) };
  }
  const call = { name: "clerk", arguments: { message: "Pay" } };

  test("what it says of itself is in the body and in headers, which are the same", async () => {
    expect(await post("server/discover", {})).toMatchObject({
      status: 200,
      result: {
        resultType: "complete",
        supportedVersions: expect.arrayContaining([VERSION, "2025-11-25"]),
        cacheScope: "private",
        _meta: { "io.modelcontextprotocol/serverInfo": { name: "sluice" } },
      },
    });
    const mismatch = { status: 400, error: { code: -32020 } };
    expect(await post("tools/call", call, { "mcp-name": "told" })).toMatchObject(mismatch);
    expect(await post("tools/call", call, { "mcp-name": "=?base64?!?=" })).toMatchObject(mismatch);
    expect(await post("tools/list", {}, { "mcp-method": undefined })).toMatchObject(mismatch);
    expect(await post("tools/list", {}, { "mcp-protocol-version": undefined })).toMatchObject(mismatch);
    const encoded = { "mcp-name": `=?base64?${Buffer.from("clerk").toString("base64")}?=` };
    expect(await post("tools/call", call, encoded)).toMatchObject({ status: 200 });
    const later = { "io.modelcontextprotocol/protocolVersion": "2031-01-01" };
    expect(await post("tools/list", {}, { "mcp-protocol-version": "2031-01-01" }, later)).toMatchObject({
      status: 400,
      error: { code: -32022, data: { supported: expect.arrayContaining([VERSION]), requested: "2031-01-01" } },
    });
    const silent = { "io.modelcontextprotocol/clientCapabilities": undefined };
    expect(await post("tools/list", {}, {}, silent)).toMatchObject({ status: 400, error: { code: -32602 } });
    expect(await post("ping", {})).toMatchObject({ status: 404, error: { code: -32601 } });
  });

  test("what its user cannot be asked is an error of the request", async () => {
    const nothing = { "io.modelcontextprotocol/clientCapabilities": {} };
    expect(await post("tools/call", call, {}, nothing)).toMatchObject({
      status: 400,
      error: { code: -32021, data: { requiredCapabilities: { elicitation: { form: {} } } } },
    });
  });

  test("a state is taken for its call alone, once, and asks again for what is missing", async () => {
    const asked = (await post("tools/call", call)).result as { requestState: string; inputRequests: object };
    const { requestState } = asked;
    const [key = ""] = Object.keys(asked.inputRequests);
    const answered = {
      ...call,
      requestState,
      inputResponses: { [key]: { action: "accept", content: { approve: true } } },
    };
    expect(await post("tools/call", { ...answered, inputResponses: {} })).toMatchObject({ status: 200, result: asked });
    const refused = { status: 400, error: { code: -32602 } };
    for (const other of [
      { requestState: crypto.randomUUID() },
      { requestState: 7 },
      { name: "asking" },
      { arguments: { message: "Pay twice" } },
    ]) {
      expect(await post("tools/call", { ...answered, ...other })).toMatchObject(refused);
    }
    const done = await post("tools/call", answered);
    expect(done.result).toMatchObject({ resultType: "complete", content: [{ text: 'Let me see. It said "paid".' }] });
    expect(await post("tools/call", answered)).toMatchObject(refused);
  });
});
