import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema, type ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { deferred } from "../support/deferred.js";
import { startRedis } from "../support/local-server.js";
import { asking, clerk } from "./mcp-agents.js";
import { replicatedLogs } from "./replicated-logs.js";
import { type Serving, serve } from "./serve.js";

let gate = deferred();
const slow = defineModel({
  id: "slow",
  async *stream(_, { signal }) {
    yield "one ";
    await Promise.race([gate.promise, new Promise((_, reject) => signal.addEventListener("abort", reject))]);
    yield "two ";
    yield "three";
  },
});

const redis = await startRedis();
afterAll(() => redis?.stop());

describe.each(replicatedLogs(redis))("a session of MCP, in $name", ({ open }) => {
  let one: Serving;
  let other: Serving;
  let closeLogs: () => Promise<unknown>;
  const ends: (string | undefined)[] = [];
  const clients: Client[] = [];
  beforeAll(async () => {
    const [first, second] = await open();
    closeLogs = () => Promise.all([first.close(), second.close()]);
    const settings = {
      agents: { clerk, asking, slow },
      onRun: ({ error }: { error?: string }) => void ends.push(error),
    };
    [one, other] = await Promise.all([serve({ ...settings, log: first }), serve({ ...settings, log: second })]);
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all([one.close(), other.close()]);
    await closeLogs();
  });

  /** Calls begin at one replica; whatever else the client sends goes to the other. */
  async function connect({ elicit, wrap = (response) => response, method }: Connecting = {}): Promise<Client> {
    const client = new Client(
      { name: "tests", version: "1.0.0" },
      { capabilities: elicit === undefined ? {} : { elicitation: {} } },
    );
    if (elicit !== undefined) client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicit(params));
    const spread: typeof fetch = async (input, init) => {
      const url = new URL(String(input));
      const isCall = typeof init?.body === "string" && init.body.includes('"tools/call"');
      if (!isCall) url.port = new URL(other.url).port;
      const response = await fetch(url, init);
      method?.(`${init?.method} ${response.status}`);
      return isCall ? wrap(response) : response;
    };
    const transport = new StreamableHTTPClientTransport(new URL(`${one.url}/mcp`), { fetch: spread });
    await client.connect(transport as Parameters<Client["connect"]>[0]);
    expect(transport.sessionId).toBeTypeOf("string");
    clients.push(client);
    return client;
  }
  interface Connecting {
    elicit?: (params: { message: string; requestedSchema?: unknown }) => ElicitResult;
    wrap?: (response: Response) => Response;
    method?: (seen: string) => void;
  }

  test("asks the user, who says yes or no at any replica", async () => {
    const asked: unknown[] = [];
    let approve = true;
    const client = await connect({
      elicit: (params) => {
        asked.push(params);
        return { action: "accept", content: { approve } };
      },
    });
    const call = () => client.callTool({ name: "clerk", arguments: { message: "Pay" } });
    expect((await call()).content).toEqual([{ type: "text", text: 'Let me see. It said "paid".' }]);
    expect(asked).toMatchObject([
      {
        message: 'May pay run with {"to":"Ada"}?',
        requestedSchema: { type: "object", properties: { approve: { type: "boolean" } }, required: ["approve"] },
      },
    ]);
    approve = false;
    expect(JSON.stringify((await call()).content)).toContain("did not run");
  });

  test("asks what a tool asks, and hears that nobody answers", async () => {
    let result: ElicitResult = { action: "accept", content: { city: "Oslo" } };
    const client = await connect({ elicit: () => result });
    const call = () => client.callTool({ name: "asking", arguments: { message: "Go" } });
    expect(JSON.stringify((await call()).content)).toContain("Oslo");
    result = { action: "decline" };
    expect(JSON.stringify((await call()).content)).toContain("the user declined");
  });

  test("of a client without forms is told what is missing", async () => {
    const called = await (await connect()).callTool({ name: "clerk", arguments: { message: "Pay" } });
    expect(called).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("May pay run") }] });
  });

  test("goes on where the connection broke, with what the client has not heard", async () => {
    gate = deferred();
    const client = await connect({
      wrap: (response) => {
        const cut = new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            controller.enqueue(chunk);
            if (new TextDecoder().decode(chunk).includes("one ")) controller.terminate();
          },
        });
        return new Response(response.body?.pipeThrough(cut) ?? null, response);
      },
    });
    const told: string[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) => {
      told.push(message ?? "");
      gate.resolve();
    };
    const called = await client.callTool({ name: "slow", arguments: { message: "Go" } }, undefined, { onprogress });
    expect(called.content).toEqual([{ type: "text", text: "one two three" }]);
    expect(told.join("")).toBe("one two three");
  });

  test("ends a call that is given up, at any replica, while it runs and while it waits", async () => {
    gate = deferred();
    const asked = deferred();
    const client = await connect({
      elicit: () => {
        asked.resolve();
        return new Promise(() => {}) as never;
      },
    });
    ends.length = 0;
    const running = new AbortController();
    const options = { signal: running.signal, onprogress: () => running.abort() };
    await expect(client.callTool({ name: "slow", arguments: { message: "Go" } }, undefined, options)).rejects.toThrow();
    await expect.poll(() => ends).toEqual(["cancelled"]);
    const waiting = new AbortController();
    const called = client.callTool({ name: "clerk", arguments: { message: "Pay" } }, undefined, {
      signal: waiting.signal,
    });
    await asked.promise;
    waiting.abort();
    await expect(called).rejects.toThrow();
  });

  test("is told twice that a call is given up which waits, and takes both", async () => {
    const headers = {
      "mcp-session-id": `${crypto.randomUUID()}.forms`,
      accept: "application/json, text/event-stream",
    };
    const post = (message: object) =>
      fetch(`${one.url}/mcp`, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
    const params = { name: "clerk", arguments: { message: "Pay" } };
    const called = await post({ id: 9, method: "tools/call", params });
    const reader = called.body?.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("elicitation/create")) said += (await reader?.read())?.value ?? "";
    const cancel = { method: "notifications/cancelled", params: { requestId: 9 } };
    expect([(await post(cancel)).status, (await post(cancel)).status]).toEqual([202, 202]);
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) said += read.value;
    // A call that was given up is not answered (MCP 2025-11-25, Cancellation), and there is nothing to come back for.
    expect(framesIn(said).map(({ data }) => data)).toHaveLength(1);
    const id = framesIn(said)[0]?.id ?? "";
    expect((await fetch(`${other.url}/mcp`, { headers: { ...headers, "last-event-id": id } })).status).toBe(405);
  });

  test("has no answer to a call that is given up, streamed or whole, at any replica", async () => {
    for (const accept of ["application/json, text/event-stream", "application/json"]) {
      gate = deferred();
      ends.length = 0;
      const headers = { "mcp-session-id": crypto.randomUUID(), "mcp-protocol-version": "2025-11-25", accept };
      const post = (url: string, message: object) =>
        fetch(`${url}/mcp`, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
      const params = { name: "slow", arguments: { message: "Go" }, _meta: { progressToken: "p" } };
      const called = post(one.url, { id: 3, method: "tools/call", params }).then((response) => ({
        status: response.status,
        text: response.text(),
      }));
      const cancel = { method: "notifications/cancelled", params: { requestId: 3 } };
      // A cancellation that comes before the call is about nothing: it is sent until the run has ended.
      await expect.poll(async () => [await post(other.url, cancel), ends.length][1]).toBe(1);
      const { status, text } = await called;
      expect(status).toBe(accept.includes("event-stream") ? 200 : 202);
      expect(await text).not.toContain("result");
      expect(ends).toEqual(["cancelled"]);
    }
  });

  test("leaves a client in peace whose call was given up", async () => {
    gate = deferred();
    const methods: string[] = [];
    const client = await connect({ method: (method) => void methods.push(method) });
    const errors: unknown[] = [];
    client.onerror = (error) => errors.push(error);
    ends.length = 0;
    const running = new AbortController();
    const options = { signal: running.signal, onprogress: () => running.abort() };
    await expect(client.callTool({ name: "slow", arguments: { message: "Go" } }, undefined, options)).rejects.toThrow();
    await expect.poll(() => ends).toEqual(["cancelled"]);
    // Its transport comes back once, and hears that there is nothing.
    await expect.poll(() => methods.filter((method) => method === "GET 405").length).toBe(2);
    expect(errors).toEqual([]);
  });

  test("goes on after an answer to nothing, and an event that there is not", async () => {
    const headers = { "mcp-session-id": crypto.randomUUID() };
    const body = JSON.stringify({ jsonrpc: "2.0", id: crypto.randomUUID(), result: {} });
    const answered = await fetch(`${one.url}/mcp`, { method: "POST", headers, body });
    const id = `${crypto.randomUUID()}/1/0`;
    const resumed = await fetch(`${one.url}/mcp`, { headers: { ...headers, "last-event-id": id } });
    // 404 would say that the session is over (MCP 2025-11-25, Session Management).
    expect([answered.status, resumed.status]).toEqual([400, 400]);
  });

  test("can be taken up behind each of its events, and says the rest", async () => {
    gate = deferred();
    gate.resolve();
    const params = { name: "slow", arguments: { message: "Go" }, _meta: { progressToken: "p" } };
    const headers = { "mcp-session-id": `${crypto.randomUUID()}`, "mcp-protocol-version": "2025-11-25" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params });
    const whole = framesIn(await (await fetch(`${one.url}/mcp`, { method: "POST", headers, body })).text());
    expect(whole[0]?.data).toBe("");
    const said = (frames: typeof whole) =>
      frames
        .flatMap(({ data }) => (data === "" ? [] : [JSON.parse(data)]))
        .map((message) => message.params?.message ?? message.result);
    const text = (frames: typeof whole) =>
      said(frames)
        .filter((one) => typeof one === "string")
        .join("");
    for (const [index, { id }] of whole.entries()) {
      const resumed = await fetch(`${other.url}/mcp`, { headers: { ...headers, "last-event-id": id } });
      const rest = framesIn(await resumed.text());
      expect(text(rest)).toBe(text(whole.slice(index + 1)));
      if (index < whole.length - 1) expect(said(rest).at(-1)).toEqual(said(whole).at(-1));
    }
  });
});

test("a call is kept whole from when its last turn ended", async () => {
  const log = new MemoryRunLog({ keepMs: 60_000 });
  const serving = await serve({ agents: { clerk }, log });
  const headers = { "mcp-session-id": `${crypto.randomUUID()}.forms`, "mcp-protocol-version": "2025-11-25" };
  const post = (message: object) =>
    fetch(`${serving.url}/mcp`, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
  const params = { name: "clerk", arguments: { message: "Pay" } };
  const called = await post({ id: 1, method: "tools/call", params });
  const reader = called.body?.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("elicitation/create")) said += (await reader?.read())?.value ?? "";
  const [first] = framesIn(said);
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    vi.setSystemTime(Date.now() + 40_000);
    const form = JSON.parse(framesIn(said).at(-1)?.data ?? "");
    await post({ id: form.id, result: { action: "accept", content: { approve: true } } });
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read());
    vi.setSystemTime(Date.now() + 40_000);
    const again = await fetch(`${serving.url}/mcp`, { headers: { ...headers, "last-event-id": first?.id ?? "" } });
    expect(await again.text()).toContain('It said \\"paid\\".');
  } finally {
    vi.useRealTimers();
    await serving.close();
  }
});

function framesIn(text: string): { id: string; data: string }[] {
  const frames = text.split("\n\n").filter((frame) => frame.startsWith("id: "));
  return frames.map((frame) => {
    const [, id = "", data = ""] = /^id: (.*)\ndata: (.*)$/.exec(frame) ?? [];
    return { id, data };
  });
}
