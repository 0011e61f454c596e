import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import type { HttpModelOptions } from "../../src/models/http/http-model.js";
import type { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { cuts, recut } from "../laws/recut.js";
import { collect } from "../support/collect.js";
import { ManualClock } from "../support/manual-clock.js";
import { cutAfter, drip, earlyClose, hangUp, refuse, silent, stallAfter, whole } from "./behaviours.js";
import { BEGINNING, BEGINNING_TEXT, EVENTS, FRAMES, modelAt, REQUEST, TEXT } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";

const BYTES = Buffer.from(FRAMES.join(""));
const NO_RETRY = { retries: 0 };
const RATE_LIMITED = { error: { message: "slow down", type: "rate_limit_exceeded" } };
const OVERLOADED = 'data: {"error":{"message":"too many people","type":"overloaded_error"}}\n\n';

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Asks a server that does these things, one a request. */
async function ask(options: Partial<HttpModelOptions>, ...behaviours: Behaviour[]): Promise<ChatStream> {
  server = await FaultServer.start(...behaviours);
  return modelAt(server, options).stream(REQUEST);
}

/** The error that ends a stream. */
async function failure(stream: ChatStream): Promise<SluiceError> {
  const error = await stream.fullText.catch((thrown: unknown) => thrown);
  if (error instanceof SluiceError) return error;
  throw new Error(`the stream did not fail: ${String(error)}`);
}

const transports = {
  undici: {},
  fetch: { transport: fetchTransport() },
} satisfies Record<string, Partial<HttpModelOptions>>;

describe.each(Object.entries(transports))("through %s", (_name, options: Partial<HttpModelOptions>) => {
  it("a whole answer arrives whole", async () => {
    const events = await collect(await ask(options, whole([BYTES])));
    expect(events).toEqual(expect.arrayContaining([...EVENTS.slice(0, -1)]));
    expect(events.at(-1)).toMatchObject(EVENTS.at(-1) ?? {});
  });

  it("a byte at a time makes no difference", async () => {
    const stream = await ask(options, drip(Array.from(BYTES, (byte) => Uint8Array.of(byte))));
    expect(await stream.fullText).toBe(TEXT);
    expect(await stream.usage).toMatchObject({ inputTokens: 3, outputTokens: 21 });
    expect(await stream.finishReason).toBe("tool-calls");
  });

  it("a connection that breaks is truncated, with what had arrived", async () => {
    const error = await failure(await ask({ ...options, retry: NO_RETRY }, cutAfter(BEGINNING)));
    expect(error).toMatchObject({ code: "truncated", retryable: true, model: "test/model-1" });
    expect(error.partial?.text).toBe(BEGINNING_TEXT);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("an orderly close without the end marker is truncated too", async () => {
    const error = await failure(await ask(options, earlyClose([BEGINNING])));
    expect(error).toMatchObject({ code: "truncated", retryable: true, partial: { text: BEGINNING_TEXT } });
  });

  it("a body that is shorter than it said is truncated", async () => {
    const error = await failure(
      await ask({ ...options, retry: NO_RETRY }, async (reply) => {
        await reply.head(200, { "content-length": "100000" });
        await reply.raw(BEGINNING);
        reply.socket.end();
      }),
    );
    expect(error).toMatchObject({ code: "truncated", partial: { text: BEGINNING_TEXT } });
  });

  it("a frame that is no JSON is malformed, and says what it was", async () => {
    const error = await failure(await ask(options, whole([BEGINNING, 'data: {"choices": [}\n\n', ...FRAMES.slice(3)])));
    expect(error).toMatchObject({
      code: "malformed-frame",
      frame: '{"choices": [}',
      partial: { text: BEGINNING_TEXT },
    });
  });

  it("bytes that are no text end in a typed error", async () => {
    const garbage = Uint8Array.from({ length: 300 }, (_, i) => (i * 151 + 7) % 256);
    const error = await failure(await ask({ ...options, retry: NO_RETRY }, whole([BEGINNING, garbage])));
    expect(["truncated", "malformed-frame"]).toContain(error.code);
    expect(error.partial?.text).toBe(BEGINNING_TEXT);
  });

  it("an error in mid-stream is the provider's, after what came before it in the same read", async () => {
    const stream = await ask(options, whole([BEGINNING + OVERLOADED]));
    const seen: string[] = [];
    const error = await (async () => {
      for await (const text of stream.text) seen.push(text);
    })().catch((thrown: unknown) => thrown);
    expect(seen.join("")).toBe(BEGINNING_TEXT);
    expect(error).toMatchObject({ code: "overloaded", providerMessage: "too many people", retryable: true });
    expect(server?.received).toHaveLength(1);
  });

  it("nobody listening is a failed connection, after the retries", async () => {
    server = await FaultServer.start(silent);
    const { url } = server;
    await server.stop();
    server = undefined;
    const error = await failure(modelAt(url, { ...options, retry: { retries: 1, baseDelayMs: 0 } }).stream(REQUEST));
    expect(error).toMatchObject({ code: "connect-failed", retryable: true, partial: { text: "" } });
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("a redirect is not followed, and says where to", async () => {
    const error = await failure(await ask(options, refuse(307, {}, { location: "https://elsewhere.example/v1" })));
    expect(error).toMatchObject({ code: "provider-error", status: 307 });
    expect(error.message).toContain("https://elsewhere.example/v1");
    expect(server?.received).toHaveLength(1);
  });

  it("an answer in one body is taken for what it is", async () => {
    const body = {
      id: "chatcmpl-1",
      model: "model-1",
      choices: [{ index: 0, message: { role: "assistant", content: TEXT }, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 21 },
    };
    const stream = await ask(options, refuse(200, body, { "content-type": "Application/JSON" }));
    const events = await collect(stream);
    expect(events[0]).toMatchObject({ type: "start", simulated: true });
    expect(await stream.fullText).toBe(TEXT);
    expect(await stream.usage).toMatchObject({ outputTokens: 21 });
  });

  it("a connection that breaks before the answer is truncated", async () => {
    const error = await failure(await ask({ ...options, retry: NO_RETRY }, hangUp));
    expect(error).toMatchObject({ code: "truncated", retryable: true });
  });

  it("what is not HTTP, or too much of it, is malformed and not tried again", async () => {
    const big = `HTTP/1.1 200 OK\r\nx-big: ${"a".repeat(1_048_576)}\r\n\r\n`;
    for (const bytes of ["220 mail.example ESMTP\r\n", big]) {
      const error = await failure(await ask(options, (reply) => reply.raw(bytes)));
      expect(error).toMatchObject({ code: "malformed-frame", retryable: false });
      expect(server?.received).toHaveLength(1);
      await server?.stop();
    }
    server = undefined;
  });

  it("what no header can carry is refused before anything is sent", async () => {
    const stream = await ask({ ...options, headers: { "x-team": "a\nb" } }, whole([BYTES]));
    expect(await failure(stream)).toMatchObject({ code: "invalid-argument" });
    expect(server?.received).toHaveLength(0);
  });

  it("a host that does not exist is not tried again", async () => {
    const error = await failure(modelAt("http://models.invalid/v1", options).stream(REQUEST));
    expect(error).toMatchObject({ code: "connect-failed", retryable: false });
  });

  it("a byte order mark is no text", async () => {
    const stream = await ask(options, whole([Uint8Array.of(0xef, 0xbb), Uint8Array.of(0xbf), BYTES]));
    expect(await stream.fullText).toBe(TEXT);
  });

  it.each(["text/html; charset=utf-8", "Text/HTML"])("a web page is no answer: %s", async (type) => {
    const error = await failure(await ask(options, refuse(200, "<html>", { "content-type": type })));
    expect(error).toMatchObject({ code: "malformed-frame", frame: '"<html>"' });
  });
});

describe("what breaks an answer off and says why", () => {
  it.each([
    ["upstream connect error or disconnect/reset before headers", "upstream connect error"],
    ["<html><head><title>504 Gateway Time-out</title></head></html>", "504 Gateway Time-out"],
  ])("is told in its own words: %s", async (words, told) => {
    const error = await failure(await ask({}, earlyClose([BEGINNING, words])));
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false, partial: { text: BEGINNING_TEXT } });
    expect(error.message).toContain(told);
    expect(server?.received).toHaveLength(1);
  });
});

describe("what is cut, wherever it is cut, is an error or the whole", () => {
  it("by a broken connection", () => cutAnywhere((bytes) => cutAfter(bytes)));
  it("by an orderly close", () => cutAnywhere((bytes) => earlyClose([bytes])));

  async function cutAnywhere(behaviour: (bytes: Uint8Array) => Behaviour): Promise<void> {
    const reasonAt = BYTES.indexOf('"finish_reason":"tool_calls"');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: BYTES.length }), async (at) => {
        const stream = await ask({ retry: NO_RETRY }, behaviour(BYTES.subarray(0, at)));
        const outcome = await stream.fullText.catch((thrown: unknown) => thrown);
        await server?.stop();
        if (outcome === TEXT) {
          expect(at).toBeGreaterThan(reasonAt);
        } else {
          expect(outcome).toMatchObject({ code: "truncated", retryable: true });
          expect(TEXT.startsWith((outcome as SluiceError).partial?.text ?? "-")).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
    server = undefined;
  }

  it("and pieces of any size give the same answer", async () => {
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const stream = await ask({}, drip(recut(BYTES, at)));
        expect(await stream.fullText).toBe(TEXT);
        expect(await stream.finishReason).toBe("tool-calls");
        await server?.stop();
      }),
      { numRuns: 15 },
    );
    server = undefined;
  });
});

describe("a call is made again", () => {
  it("after 429, when the provider said, and nothing is said twice", async () => {
    const clock = new ManualClock();
    const stream = await ask({ clock }, refuse(429, RATE_LIMITED, { "retry-after": "2" }), whole([BYTES]));
    const text = stream.fullText;
    await clock.timer(2_000);
    clock.advance(1_999);
    // A connection is free one turn after its answer.
    await new Promise((resolve) => setImmediate(resolve));
    expect(server?.received).toHaveLength(1);
    clock.advance(1);
    expect(await text).toBe(TEXT);
    expect(server?.received).toHaveLength(2);
    expect(server?.connections).toBe(1);
  });

  it("after delays that double, drawn at random, then fails with the provider's error", async () => {
    const clock = new ManualClock();
    const stream = await ask({ clock, random: () => 0.5 }, refuse(500, { error: { message: "oops" } }));
    const failed = failure(stream);
    for (const delay of [250, 500]) {
      await clock.timer(delay);
      clock.advance(delay);
    }
    expect(await failed).toMatchObject({ code: "provider-error", status: 500, providerMessage: "oops" });
    expect(server?.received).toHaveLength(3);
  });

  it("not when the provider asks for more patience than the policy has", async () => {
    const stream = await ask({ retry: { maxDelayMs: 30_000 } }, refuse(429, RATE_LIMITED, { "retry-after": "31" }));
    expect(await failure(stream)).toMatchObject({ code: "rate-limited", retryAfterMs: 31_000 });
    expect(server?.received).toHaveLength(1);
  });

  it("not when the request is at fault", async () => {
    const stream = await ask({}, refuse(401, { error: { message: "no", code: "invalid_api_key" } }));
    expect(await failure(stream)).toMatchObject({ code: "authentication", status: 401, retryable: false });
    expect(server?.received).toHaveLength(1);
  });

  it("after an error, a cut or a close that came before the first delta", async () => {
    const start = FRAMES[0] ?? "";
    const retry = { retries: 4, baseDelayMs: 0 };
    const begun = [whole([start + OVERLOADED]), cutAfter(start), earlyClose([start]), hangUp];
    const events = await collect(await ask({ retry }, ...begun, whole([BYTES])));
    expect(server?.received).toHaveLength(5);
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
  });

  it("and nothing of the failed answer is left in the next one", async () => {
    const rest = (FRAMES[1] ?? "").repeat(400);
    const retry = { baseDelayMs: 0 };
    const stream = await ask({ retry }, whole([(FRAMES[0] ?? "") + OVERLOADED + rest]), whole([BYTES]));
    expect(await stream.fullText).toBe(TEXT);
  });

  it("not after the first delta", async () => {
    const stream = await ask({ retry: { retries: 4, baseDelayMs: 0 } }, cutAfter(BEGINNING), whole([BYTES]));
    expect(await failure(stream)).toMatchObject({ code: "truncated" });
    expect(server?.received).toHaveLength(1);
  });

  it("not while nobody waits for it any more", async () => {
    const clock = new ManualClock();
    const stream = await ask({ clock }, refuse(429, RATE_LIMITED, { "retry-after": "2" }), whole([BYTES]));
    const failed = failure(stream);
    await clock.timer(2_000);
    stream.cancel("enough");
    expect(await failed).toMatchObject({ code: "cancelled", cause: "enough" });
    expect(clock.pending).toEqual([]);
    expect(server?.received).toHaveLength(1);
  });
});

describe("a limit has an error of its own", () => {
  it("for the first byte, when nothing comes back", async () => {
    const clock = new ManualClock();
    const failed = failure(await ask({ clock, retry: NO_RETRY }, silent));
    await server?.until(() => server?.received.length === 1);
    clock.advance(119_999);
    expect(server?.open).toBe(1);
    clock.advance(1);
    expect(await failed).toMatchObject({ code: "first-byte-timeout", retryable: true });
    await server?.until(() => server?.open === 0);
  });

  it("for the first byte, when only headers come", async () => {
    const clock = new ManualClock();
    server = await FaultServer.start(stallAfter());
    const model = modelAt(server, { clock, retry: NO_RETRY, timeouts: { firstByteMs: 500 } });
    let answered = () => {};
    const head = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const failed = failure(model.stream(REQUEST, { onWire: ({ type }) => type === "response" && answered() }));
    await head;
    clock.advance(500);
    expect(await failed).toMatchObject({ code: "first-byte-timeout" });
    await server.until(() => server?.open === 0);
  });

  it("for a silence in the middle, with what had arrived", async () => {
    const clock = new ManualClock();
    const stream = await ask({ clock }, stallAfter(BEGINNING));
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const waiting = reader.next().catch((error: unknown) => error);
    clock.advance(60_000);
    expect(await waiting).toMatchObject({ code: "idle-timeout", retryable: true, partial: { text: BEGINNING_TEXT } });
    await server?.until(() => server?.open === 0);
  });

  it("but a reader that takes its time is not a silence", async () => {
    const clock = new ManualClock();
    const stream = await ask({ clock }, drip(FRAMES));
    let text = "";
    for await (const piece of stream.text) {
      text += piece;
      clock.advance(3_600_000);
    }
    expect(text).toBe(TEXT);
  });

  it("for the whole, retries included", async () => {
    const clock = new ManualClock();
    const stream = await ask(
      { clock, timeouts: { totalMs: 5_000 } },
      refuse(429, RATE_LIMITED, { "retry-after": "8" }),
    );
    const failed = failure(stream);
    await clock.timer(8_000);
    clock.advance(5_000);
    const error = await failed;
    expect(error).toMatchObject({ code: "total-timeout", retryable: false });
    expect(error.cause).toMatchObject({ code: "rate-limited" });
  });

  it("for the whole, while it streams", async () => {
    const clock = new ManualClock();
    const stream = await ask({ clock, timeouts: { totalMs: 5_000 } }, stallAfter(BEGINNING));
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    clock.advance(5_000);
    await server?.until(() => server?.open === 0);
    expect((await reader.next()).done).toBe(false);
    await expect(reader.next()).rejects.toMatchObject({ code: "total-timeout", partial: { text: BEGINNING_TEXT } });
  });

  it("and a stream that is over leaves no timer behind", async () => {
    const clock = new ManualClock();
    expect(await (await ask({ clock }, whole([BYTES]))).fullText).toBe(TEXT);
    expect(clock.pending).toEqual([]);
  });
});

describe("what is not HTTP", () => {
  it("is malformed", async () => {
    const error = await failure(await ask({}, (reply) => reply.raw("220 mail.example ESMTP\r\n")));
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false });
  });

  it("is malformed in the middle of an answer too", async () => {
    const error = await failure(
      await ask({}, async (reply) => {
        await reply.head();
        await reply.chunk(BEGINNING);
        await reply.raw("no length of a chunk\r\n");
      }),
    );
    expect(error).toMatchObject({ code: "malformed-frame", partial: { text: BEGINNING_TEXT } });
  });

  it("a body without length and chunks that ends before the end marker is truncated", async () => {
    const error = await failure(
      await ask({}, async (reply) => {
        await reply.raw("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n");
        await reply.raw(BEGINNING);
        reply.socket.end();
      }),
    );
    expect(error).toMatchObject({ code: "truncated", partial: { text: BEGINNING_TEXT } });
  });

  it("a chunk that is cut short is truncated", async () => {
    const error = await failure(
      await ask({}, async (reply) => {
        await reply.raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
        await reply.chunk(BEGINNING);
        await reply.raw("ffff\r\ndata: ");
        reply.socket.end();
      }),
    );
    expect(error).toMatchObject({ code: "truncated", partial: { text: BEGINNING_TEXT } });
  });

  it("and an encoding that nobody knows is refused", async () => {
    const error = await failure(
      await ask({ retry: NO_RETRY }, async (reply) => {
        await reply.head(200, { "content-encoding": "zstd" });
        await reply.chunk(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2, 3));
      }),
    );
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false });
    expect(error.message).toContain("zstd");
    expect(server?.received[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("a key that no header can carry is refused before anything is sent", async () => {
    const stream = await ask({ headers: { authorization: "Bearer a\nb" } }, whole([BYTES]));
    expect(await failure(stream)).toMatchObject({ code: "invalid-argument" });
    expect(server?.received).toHaveLength(0);
  });
});
