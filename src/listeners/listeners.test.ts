import { once } from "node:events";
import { type IncomingMessage, type RequestListener, request, type ServerResponse } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.js";
import { ConnectionSweep, resolveLimits } from "./connection-limits.js";
import { Drain } from "./drain.js";
import { httpListener } from "./http-listener.js";

const clock = () => new ManualClock();
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server on loopback whose time a test lets pass. */
async function start(answer: RequestListener, time = clock()) {
  // Both versions of HTTP answer alike.
  const handle = (...exchange: unknown[]) => answer(exchange[0] as IncomingMessage, exchange[1] as ServerResponse);
  const listener = httpListener(handle, { h2c: true, sweep: new ConnectionSweep({}, time) });
  const drain = new Drain({ graceMs: 1_000, clock: time });
  drain.watch(listener.server);
  listener.server.listen(0, "127.0.0.1");
  await once(listener.server, "listening");
  const { port } = listener.server.address() as AddressInfo;
  const end = () => {
    const ended = drain.end([listener]);
    time.advance(1_000);
    return ended;
  };
  ends.push(end);
  return { port, time, drain, end };
}

async function open(port: number, text = ""): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  if (text !== "") await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  return socket;
}

/** Lets time pass, in steps at which the server can take in what was sent, until the connection is closed. */
async function closedAfter(socket: Socket, time: ManualClock, longestMs: number): Promise<number> {
  let closed = false;
  socket.once("close", () => {
    closed = true;
  });
  const began = time.now();
  while (time.now() - began < longestMs) {
    for (let turn = 0; turn < 20 && !closed; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    if (closed) return time.now() - began;
    time.advance(5_000);
  }
  for (let turn = 0; turn < 200 && !closed; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  return closed ? time.now() - began : Number.POSITIVE_INFINITY;
}

const hello: RequestListener = (_request, response) => {
  response.end("hello");
};

const POST = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
const H2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

describe("a slow client is left", () => {
  test.each([
    ["nothing", "", 15_000],
    ["a letter", "P", 15_000],
    ["half a preface of HTTP/2", "PRI * HT", 15_000],
    ["half a request line", "GET / HT", 15_000],
    ["headers without an end", "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n", 15_000],
    ["HTTP/2 without settings", H2, 15_000],
    ["headers without their body", POST, 60_000],
    ["half a body", `${POST}half`, 60_000],
  ])("that sends %s", async (_what, text, limitMs) => {
    const { port, time } = await start((incoming, response) => {
      incoming.resume().on("end", () => response.end());
    });
    const socket = await open(port, text);
    socket.resume();
    const took = await closedAfter(socket, time, limitMs * 3);
    expect(took).toBeGreaterThanOrEqual(limitMs);
    expect(took).toBeLessThanOrEqual(limitMs + 15_000);
  });

  test("that drips the headers of its second request", async () => {
    const { port, time } = await start(hello);
    const socket = await open(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "data");
    socket.resume();
    time.advance(60_000);
    socket.write("GET / HTTP");
    expect(await closedAfter(socket, time, 60_000)).toBeLessThanOrEqual(30_000);
  });

  test("that asks nothing more on a connection that it keeps", async () => {
    const { port, time } = await start(hello);
    const socket = await open(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/keep-alive: timeout=120/i);
    socket.resume();
    const took = await closedAfter(socket, time, 400_000);
    expect(took).toBeGreaterThanOrEqual(120_000);
    expect(took).toBeLessThanOrEqual(140_000);
  });

  test("that takes nothing of its answer", async () => {
    const { port, time } = await start((_request, response) => {
      response.end(Buffer.alloc(30_000_000));
    });
    const socket = await open(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "readable");
    const took = await closedAfter(socket, time, 295_000);
    expect(took).toBe(Number.POSITIVE_INFINITY);
    time.advance(20_000);
    // Reading what had been sent shows that the connection is gone.
    socket.resume();
    await once(socket, "close");
  });

  test("over HTTP/2 as well: idle, without the rest of a body, or taking nothing", async () => {
    const { port, time } = await start((incoming, response) => {
      if (incoming.url === "/big") response.end(Buffer.alloc(1_000_000));
      else incoming.resume().on("end", () => response.end("done"));
    });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on("error", () => {});
    const half = session.request({ ":method": "POST" }, { endStream: false });
    half.write("half");
    const big = session.request({ ":path": "/big" });
    await once(big, "response");
    const halfClosed = once(half.resume(), "close");
    half.on("error", () => {});
    while (time.now() < 80_000) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      time.advance(5_000);
    }
    await halfClosed;
    big.on("error", () => {});
    const bigClosed = once(big, "close");
    time.advance(320_000);
    big.resume();
    await bigClosed;
    expect([half.rstCode, big.rstCode]).toEqual([8, 8]);
    const sessionClosed = once(session, "close");
    while (time.now() < 700_000) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      time.advance(5_000);
    }
    await sessionClosed;
  });
});

test("no frame waits for the acknowledgement of the one before it", () => {
  const { server } = httpListener(() => {}, { h2c: true, sweep: new ConnectionSweep({}, clock()) });
  // Nagle's algorithm cannot be read off a socket, and to time it would test the machine: this is what Node applies to each.
  expect(Reflect.get(server, "noDelay")).toBe(true);
});

test("an answer that takes long, and a long body that arrives, are not cut", async () => {
  const { port, time } = await start((incoming, response) => {
    incoming.resume().on("end", () => response.write("begun"));
  });
  const socket = await open(port, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n");
  socket.on("close", () => {
    throw new Error("it was closed");
  });
  for (let sent = 0; sent < 200_000; sent += 10_000) {
    await new Promise<void>((resolve) => socket.write("x".repeat(10_000), () => resolve()));
    for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    time.advance(9_000);
  }
  await once(socket, "data");
  time.advance(3_600_000);
  socket.write("GET /");
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  expect(socket.destroyed).toBe(false);
  socket.removeAllListeners("close");
  socket.destroy();
});

test("a connection whose body nobody read answers the next request", async () => {
  const { port } = await start((incoming, response) => {
    incoming.once("readable", () => response.writeHead(502).end("no"));
  });
  const socket = await open(port, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n");
  let text = "";
  socket.setEncoding("utf8").on("data", (piece) => {
    text += piece;
  });
  socket.write("x".repeat(500_000));
  socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\ny");
  while (text.split("502 Bad Gateway").length < 3) await once(socket, "data");
  socket.destroy();
});

test("a drain lets an answer end, says that its connection closes, and cuts it after the grace", async () => {
  const answers: (() => void)[] = [];
  const { port, time, drain, end } = await start((_incoming, response) => {
    response.write("begun");
    answers.push(() => response.end());
  });
  const [ends, stays] = [await get(port), await get(port)];
  const idle = await open(port);
  const idleClosed = once(idle.resume(), "close");
  const ended = drain.end([]);
  expect(drain.begun).toBe(true);
  await ended;
  idle.destroy();
  await idleClosed;
  answers[0]?.();
  await once(ends.resume(), "end");
  stays.on("error", () => {});
  const cut = once(stays.resume(), "close");
  void end();
  time.advance(1_000);
  answers[1]?.();
  await cut;
});

function get(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1" }, (answer) => {
      answer.once("readable", () => resolve(answer));
    })
      .on("error", reject)
      .end();
  });
}

test("limits are numbers above 0, by their names", () => {
  expect(resolveLimits({ idleMs: 5 })).toMatchObject({ idleMs: 5, headersMs: 15_000 });
  expect(() => resolveLimits({ idleMs: 0 })).toThrow("limits.idleMs");
  expect(() => resolveLimits({ idle: 5 } as object)).toThrow("limits.idle");
});

test("no timer runs while there are no connections", async () => {
  const { port, time } = await start(hello);
  expect(time.pending).toEqual([]);
  const socket = await open(port, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  expect(time.pending).toHaveLength(1);
  await once(socket.resume(), "close");
  for (let turn = 0; turn < 100 && time.pending.length > 0; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(time.pending).toEqual([]);
});
