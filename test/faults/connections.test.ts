import { once } from "node:events";
import { createServer, connect as dial, type Server } from "node:net";
import { Agent } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { nodeTransport } from "../../src/models/http/default-transport.js";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import type { HttpModelOptions } from "../../src/models/http/http-model.js";
import { cutAfter, drip, refuse, whole } from "./behaviours.js";
import { BEGINNING, BEGINNING_TEXT, FRAMES, modelAt, REQUEST, TEXT } from "./chat-answer.js";
import { type Behaviour, FaultServer, type Reply } from "./fault-server.js";

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(...behaviours: Behaviour[]): Promise<FaultServer> {
  const server = await FaultServer.start(...behaviours);
  cleanUps.push(() => server.stop());
  return server;
}

/** One turn of the event loop, which client and server share. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the end of the body arrive, which follows the end of the answer, and undici take the connection back. */
async function takenBack(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn();
}

describe("connections are used again", () => {
  it("for calls one after the other", async () => {
    const server = await start(whole(FRAMES), drip(FRAMES));
    for (let i = 0; i < 5; i++) {
      expect(await modelAt(server).stream(REQUEST).fullText).toBe(TEXT);
      await takenBack();
    }
    expect(server.connections).toBe(1);
  });

  it("when the end of the body comes after the end of the answer", async () => {
    let finish = async () => {};
    const server = await start(async (reply) => {
      await reply.head();
      await reply.chunk(FRAMES.join(""));
      finish = () => reply.end();
    }, whole(FRAMES));
    expect(await modelAt(server).stream(REQUEST).fullText).toBe(TEXT);
    await finish();
    await takenBack();
    expect(await modelAt(server).stream(REQUEST).fullText).toBe(TEXT);
    expect(server.connections).toBe(1);
  });

  it("after an error that was no break", async () => {
    const server = await start(refuse(400, { error: { message: "no" } }), whole(FRAMES));
    await expect(modelAt(server).stream(REQUEST).fullText).rejects.toMatchObject({ code: "rejected" });
    await takenBack();
    expect(await modelAt(server).stream(REQUEST).fullText).toBe(TEXT);
    expect(server.connections).toBe(1);
  });

  it("but not when too much follows the end of the answer", async () => {
    const server = await start(async (reply) => {
      await reply.head();
      await reply.chunk(FRAMES.join(""));
      while (!reply.socket.destroyed) {
        await reply.chunk(": still here\n\n".repeat(100));
        await turn();
      }
    });
    expect(await modelAt(server).stream(REQUEST).fullText).toBe(TEXT);
    await server.until(() => server.open === 0);
  });

  it("and one that the server closed meanwhile costs nothing but a new one", async () => {
    const resets = async (reply: Reply) => {
      await whole(FRAMES)(reply);
      reply.socket.end();
    };
    const server = await start(resets, whole(FRAMES));
    const model = modelAt(server, { retry: { retries: 0 } });
    expect(await model.stream(REQUEST).fullText).toBe(TEXT);
    await server.until(() => server.open === 0);
    expect(await model.stream(REQUEST).fullText).toBe(TEXT);
    expect(server.connections).toBe(2);
  });

  it("and one that is reset as it is used again is replaced", async () => {
    const server = await start(whole(FRAMES), (reply) => reply.cut(), whole(FRAMES));
    const model = modelAt(server, { retry: { baseDelayMs: 0 } });
    expect(await model.stream(REQUEST).fullText).toBe(TEXT);
    await takenBack();
    expect(await model.stream(REQUEST).fullText).toBe(TEXT);
    expect(server.received.map(({ connection }) => connection)).toEqual([0, 0, 1]);
  });
});

describe("the reader sets the pace", () => {
  const transports = { undici: {}, fetch: { transport: fetchTransport() } } satisfies Record<
    string,
    Partial<HttpModelOptions>
  >;
  const LIMIT = 200_000_000;
  const frame = FRAMES[1] ?? "";
  const block = Buffer.from(frame.repeat(Math.ceil(65_536 / frame.length)));

  it.each(Object.entries(transports))("of a server that would send 200 MB, through %s", async (_name, options) => {
    let sent = 0;
    const server = await start(async (reply) => {
      await reply.head();
      await reply.chunk(FRAMES[0] ?? "");
      while (sent < LIMIT && !reply.socket.destroyed) {
        await reply.chunk(block);
        sent += block.length;
      }
    });
    const stream = modelAt(server, options).stream(REQUEST, { retain: false });
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    await settled(() => sent);
    const held = sent;
    // The system's own buffers on both sides are what is left.
    expect(held).toBeLessThan(16_000_000);
    for (let i = 0; i < 100_000; i++) await reader.next();
    await settled(() => sent);
    expect(sent).toBeGreaterThan(held);
    expect(sent).toBeLessThan(held + 100_000 * frame.length + 16_000_000);
    stream.cancel();
    await server.until(() => server.open === 0);
  });

  it("and what is cut while it waits to be read is an error after what had arrived", async () => {
    const server = await start(async (reply) => {
      await reply.raw("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n");
      await reply.raw(BEGINNING);
      for (let i = 0; i < 10; i++) await Promise.race([reply.raw(block), turn()]);
      reply.cut();
    });
    const stream = modelAt(server).stream(REQUEST, { retain: false });
    const reader = stream.text[Symbol.asyncIterator]();
    const first = [(await reader.next()).value, (await reader.next()).value];
    expect(first.join("")).toBe(BEGINNING_TEXT);
    await server.until(() => server.open === 0);
    const drained = async () => {
      while (!(await reader.next()).done);
    };
    await expect(drained()).rejects.toMatchObject({ code: "truncated" });
  });

  /** Resolves once a count has stood still for 200 turns of the event loop. */
  async function settled(count: () => number): Promise<void> {
    let last = count();
    for (let still = 0; still < 200; still++) {
      await turn();
      if (count() !== last) still = 0;
      last = count();
    }
  }
});

describe("proxies", () => {
  it("of the environment carry calls to other hosts, and not to loopback", async () => {
    const server = await start(whole(FRAMES));
    const proxy = await startProxy(server.port);
    const env = { HTTP_PROXY: `http://ada:secret@127.0.0.1:${proxy.port}` };
    const transport = await nodeTransport({ env });
    expect(await modelAt("http://models.example/v1", { transport }).stream(REQUEST).fullText).toBe(TEXT);
    expect(proxy.asked).toEqual(["CONNECT models.example:80"]);
    expect(proxy.credentials).toEqual([`Basic ${btoa("ada:secret")}`]);
    expect(server.received[0]).toMatchObject({ line: "POST /v1/chat/completions" });
    expect(await modelAt(server, { transport }).stream(REQUEST).fullText).toBe(TEXT);
    expect(proxy.asked).toHaveLength(1);
  });

  it("are passed by for the hosts of NO_PROXY, in lower case as well", async () => {
    const proxy = await startProxy(1);
    const env = { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: "models.invalid" };
    const model = modelAt("http://models.invalid/v1", { transport: nodeTransport({ env }), retry: { retries: 0 } });
    await expect(model.stream(REQUEST).fullText).rejects.toMatchObject({ code: "connect-failed" });
    expect(proxy.asked).toEqual([]);
  });

  it("that refuse are failed connections", async () => {
    const proxy = await startProxy(undefined);
    const env = { https_proxy: `http://127.0.0.1:${proxy.port}` };
    const model = modelAt("https://models.example/v1", { transport: nodeTransport({ env }), retry: { retries: 0 } });
    const error = await model.stream(REQUEST).fullText.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "connect-failed" });
    expect(String(error)).toContain("407");
  });

  it("and a dispatcher of one's own is used for everything", async () => {
    const server = await start(whole(FRAMES));
    const dispatcher = new Agent({
      connect: (_options, callback) => {
        const socket = dial(server.port, "127.0.0.1");
        socket.once("connect", () => callback(null, socket));
      },
    });
    const model = modelAt("http://anywhere.example", { transport: nodeTransport({ dispatcher }) });
    expect(await model.stream(REQUEST).fullText).toBe(TEXT);
    await dispatcher.close();
  });
});

it("a break in mid-answer does not harm other calls at the same time", async () => {
  const server = await start(drip(FRAMES), cutAfter(BEGINNING), drip(FRAMES));
  const model = modelAt(server);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => model.stream(REQUEST).fullText));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
});

/** A proxy that opens tunnels, all to one port of the loopback; without a port it asks for credentials. */
async function startProxy(
  target: number | undefined,
): Promise<{ port: number; asked: string[]; credentials: string[] }> {
  const asked: string[] = [];
  const credentials: string[] = [];
  const proxy: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      const head = bytes.toString("latin1");
      asked.push(head.split(" HTTP")[0] ?? "");
      const given = /^proxy-authorization: (.*)$/im.exec(head)?.[1];
      if (given !== undefined) credentials.push(given.trim());
      if (target === undefined) {
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        return;
      }
      const upstream = dial(target, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      upstream.on("error", () => socket.destroy());
      socket.on("close", () => upstream.destroy());
      upstream.on("close", () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const sockets = new Set<{ destroy(): void }>();
  proxy.on("connection", (socket) => sockets.add(socket));
  cleanUps.push(async () => {
    const closed = new Promise((resolve) => proxy.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
  return { port: address.port, asked, credentials };
}
