import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import type { HttpModelOptions } from "../../src/models/http/http-model.js";
import type { SluiceError } from "../../src/stream/error.js";
import { cuts, recut } from "../laws/recut.js";
import { collect } from "../support/collect.js";
import { cutAfter, drip, earlyClose, hangUp, refuse, silent, whole } from "./behaviours.js";
import { BEGINNING, BEGINNING_TEXT, EVENTS, FRAMES, modelAt, REQUEST, TEXT } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";
import { failureOf, useFaultServer } from "./use-fault-server.js";

const BYTES = Buffer.from(FRAMES.join(""));
const NO_RETRY = { retries: 0 };
const OVERLOADED = 'data: {"error":{"message":"too many people","type":"overloaded_error"}}\n\n';

const faults = useFaultServer();
const transports = {
  undici: {},
  fetch: { transport: fetchTransport() },
} satisfies Record<string, Partial<HttpModelOptions>>;

describe.each(Object.entries(transports))("through %s", (_name, options: Partial<HttpModelOptions>) => {
  it("a whole answer arrives whole", async () => {
    const events = await collect(await faults.ask(options, whole([BYTES])));
    expect(events).toEqual(expect.arrayContaining([...EVENTS.slice(0, -1)]));
    expect(events.at(-1)).toMatchObject(EVENTS.at(-1) ?? {});
  });

  it("a byte at a time makes no difference", async () => {
    const stream = await faults.ask(options, drip(Array.from(BYTES, (byte) => Uint8Array.of(byte))));
    expect(await stream.fullText).toBe(TEXT);
    expect(await stream.usage).toMatchObject({ inputTokens: 3, outputTokens: 21 });
    expect(await stream.finishReason).toBe("tool-calls");
  });

  it("a connection that breaks is truncated, with what had arrived", async () => {
    const error = await failureOf(await faults.ask({ ...options, retry: NO_RETRY }, cutAfter(BEGINNING)));
    expect(error).toMatchObject({ code: "truncated", retryable: true, model: "test/model-1" });
    expect(error.partial?.text).toBe(BEGINNING_TEXT);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("an orderly close without the end marker is truncated too", async () => {
    const error = await failureOf(await faults.ask(options, earlyClose([BEGINNING])));
    expect(error).toMatchObject({ code: "truncated", retryable: true, partial: { text: BEGINNING_TEXT } });
  });

  it("a body that is shorter than it said is truncated", async () => {
    const error = await failureOf(
      await faults.ask({ ...options, retry: NO_RETRY }, async (reply) => {
        await reply.head(200, { "content-length": "100000" });
        await reply.raw(BEGINNING);
        reply.socket.end();
      }),
    );
    expect(error).toMatchObject({ code: "truncated", partial: { text: BEGINNING_TEXT } });
  });

  it("a frame that is no JSON is malformed, and says what it was", async () => {
    const error = await failureOf(
      await faults.ask(options, whole([BEGINNING, 'data: {"choices": [}\n\n', ...FRAMES.slice(3)])),
    );
    expect(error).toMatchObject({
      code: "malformed-frame",
      frame: '{"choices": [}',
      partial: { text: BEGINNING_TEXT },
    });
  });

  it("bytes that are no text end in a typed error", async () => {
    const garbage = Uint8Array.from({ length: 300 }, (_, i) => (i * 151 + 7) % 256);
    const error = await failureOf(await faults.ask({ ...options, retry: NO_RETRY }, whole([BEGINNING, garbage])));
    expect(["truncated", "malformed-frame"]).toContain(error.code);
    expect(error.partial?.text).toBe(BEGINNING_TEXT);
  });

  it("an error in mid-stream is the provider's, after what came before it in the same read", async () => {
    const stream = await faults.ask(options, whole([BEGINNING + OVERLOADED]));
    const seen: string[] = [];
    const error = await (async () => {
      for await (const text of stream.text) seen.push(text);
    })().catch((thrown: unknown) => thrown);
    expect(seen.join("")).toBe(BEGINNING_TEXT);
    expect(error).toMatchObject({ code: "overloaded", providerMessage: "too many people", retryable: true });
    expect(faults.server?.received).toHaveLength(1);
  });

  it("nobody listening is a failed connection, after the retries", async () => {
    const server = await FaultServer.start(silent);
    const { url } = server;
    await server.stop();
    const error = await failureOf(modelAt(url, { ...options, retry: { retries: 1, baseDelayMs: 0 } }).stream(REQUEST));
    expect(error).toMatchObject({ code: "connect-failed", retryable: true, partial: { text: "" } });
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("a redirect is not followed, and says where to", async () => {
    const error = await failureOf(
      await faults.ask(options, refuse(307, {}, { location: "https://elsewhere.example/v1" })),
    );
    expect(error).toMatchObject({ code: "provider-error", status: 307 });
    expect(error.message).toContain("https://elsewhere.example/v1");
    expect(faults.server?.received).toHaveLength(1);
  });

  it("an answer in one body is taken for what it is", async () => {
    const body = {
      id: "chatcmpl-1",
      model: "model-1",
      choices: [{ index: 0, message: { role: "assistant", content: TEXT }, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 21 },
    };
    const stream = await faults.ask(options, refuse(200, body, { "content-type": "Application/JSON" }));
    const events = await collect(stream);
    expect(events[0]).toMatchObject({ type: "start", simulated: true });
    expect(await stream.fullText).toBe(TEXT);
    expect(await stream.usage).toMatchObject({ outputTokens: 21 });
  });

  it("a connection that breaks before the answer is truncated", async () => {
    const error = await failureOf(await faults.ask({ ...options, retry: NO_RETRY }, hangUp));
    expect(error).toMatchObject({ code: "truncated", retryable: true });
  });

  it("what is not HTTP, or too much of it, is malformed and not tried again", async () => {
    const big = `HTTP/1.1 200 OK\r\nx-big: ${"a".repeat(1_048_576)}\r\n\r\n`;
    for (const bytes of ["220 mail.example ESMTP\r\n", big]) {
      const error = await failureOf(await faults.ask(options, (reply) => reply.raw(bytes)));
      expect(error).toMatchObject({ code: "malformed-frame", retryable: false });
      expect(faults.server?.received).toHaveLength(1);
      await faults.server?.stop();
    }
    faults.server = undefined;
  });

  it("what no header can carry is refused before anything is sent", async () => {
    const stream = await faults.ask({ ...options, headers: { "x-team": "a\nb" } }, whole([BYTES]));
    expect(await failureOf(stream)).toMatchObject({ code: "invalid-argument" });
    expect(faults.server?.received).toHaveLength(0);
  });

  it("a host that does not exist is not tried again", async () => {
    const error = await failureOf(modelAt("http://models.invalid/v1", options).stream(REQUEST));
    expect(error).toMatchObject({ code: "connect-failed", retryable: false });
  });

  it("a byte order mark is no text", async () => {
    const stream = await faults.ask(options, whole([Uint8Array.of(0xef, 0xbb), Uint8Array.of(0xbf), BYTES]));
    expect(await stream.fullText).toBe(TEXT);
  });

  it.each(["text/html; charset=utf-8", "Text/HTML"])("a web page is no answer: %s", async (type) => {
    const error = await failureOf(await faults.ask(options, refuse(200, "<html>", { "content-type": type })));
    expect(error).toMatchObject({ code: "malformed-frame", frame: '"<html>"' });
  });
});

describe("what breaks an answer off and says why", () => {
  it.each([
    ["upstream connect error or disconnect/reset before headers", "upstream connect error"],
    ["<html><head><title>504 Gateway Time-out</title></head></html>", "504 Gateway Time-out"],
  ])("is told in its own words: %s", async (words, told) => {
    const error = await failureOf(await faults.ask({}, earlyClose([BEGINNING, words])));
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false, partial: { text: BEGINNING_TEXT } });
    expect(error.message).toContain(told);
    expect(faults.server?.received).toHaveLength(1);
  });
});

describe("what is cut, wherever it is cut, is an error or the whole", () => {
  it("by a broken connection", () => cutAnywhere((bytes) => cutAfter(bytes)));
  it("by an orderly close", () => cutAnywhere((bytes) => earlyClose([bytes])));

  async function cutAnywhere(behaviour: (bytes: Uint8Array) => Behaviour): Promise<void> {
    const reasonAt = BYTES.indexOf('"finish_reason":"tool_calls"');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: BYTES.length }), async (at) => {
        const stream = await faults.ask({ retry: NO_RETRY }, behaviour(BYTES.subarray(0, at)));
        const outcome = await stream.fullText.catch((thrown: unknown) => thrown);
        await faults.server?.stop();
        if (outcome === TEXT) {
          expect(at).toBeGreaterThan(reasonAt);
        } else {
          expect(outcome).toMatchObject({ code: "truncated", retryable: true });
          expect(TEXT.startsWith((outcome as SluiceError).partial?.text ?? "-")).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
    faults.server = undefined;
  }

  it("and pieces of any size give the same answer", async () => {
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const stream = await faults.ask({}, drip(recut(BYTES, at)));
        expect(await stream.fullText).toBe(TEXT);
        expect(await stream.finishReason).toBe("tool-calls");
        await faults.server?.stop();
      }),
      { numRuns: 15 },
    );
    faults.server = undefined;
  });
});

describe("what is not HTTP", () => {
  it("is malformed", async () => {
    const error = await failureOf(await faults.ask({}, (reply) => reply.raw("220 mail.example ESMTP\r\n")));
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false });
  });

  it("is malformed in the middle of an answer too", async () => {
    const error = await failureOf(
      await faults.ask({}, async (reply) => {
        await reply.head();
        await reply.chunk(BEGINNING);
        await reply.raw("no length of a chunk\r\n");
      }),
    );
    expect(error).toMatchObject({ code: "malformed-frame", partial: { text: BEGINNING_TEXT } });
  });

  it("a body without length and chunks that ends before the end marker is truncated", async () => {
    const error = await failureOf(
      await faults.ask({}, async (reply) => {
        await reply.raw("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n");
        await reply.raw(BEGINNING);
        reply.socket.end();
      }),
    );
    expect(error).toMatchObject({ code: "truncated", partial: { text: BEGINNING_TEXT } });
  });

  it("a chunk that is cut short is truncated", async () => {
    const error = await failureOf(
      await faults.ask({}, async (reply) => {
        await reply.raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
        await reply.chunk(BEGINNING);
        await reply.raw("ffff\r\ndata: ");
        reply.socket.end();
      }),
    );
    expect(error).toMatchObject({ code: "truncated", partial: { text: BEGINNING_TEXT } });
  });

  it("and an encoding that nobody knows is refused", async () => {
    const error = await failureOf(
      await faults.ask({ retry: NO_RETRY }, async (reply) => {
        await reply.head(200, { "content-encoding": "zstd" });
        await reply.chunk(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2, 3));
      }),
    );
    expect(error).toMatchObject({ code: "malformed-frame", retryable: false });
    expect(error.message).toContain("zstd");
    expect(faults.server?.received[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("a key that no header can carry is refused before anything is sent", async () => {
    const stream = await faults.ask({ headers: { authorization: "Bearer a\nb" } }, whole([BYTES]));
    expect(await failureOf(stream)).toMatchObject({ code: "invalid-argument" });
    expect(faults.server?.received).toHaveLength(0);
  });
});
