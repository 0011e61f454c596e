import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { Dialect } from "../../src/dialects/dialect.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import { httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { collect } from "../support/collect.js";
import { ManualClock } from "../support/manual-clock.js";
import { cutAfter, framesOf, refuse, stallAfter, whole } from "./behaviours.js";
import { REQUEST } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";

const EVENTS: readonly ChatEvent[] = [
  { type: "start", id: "answer-1", model: "model-1" },
  { type: "text-delta", text: "Hel" },
  { type: "text-delta", text: "lo" },
  { type: "finish", reason: "stop", usage: { inputTokens: 3, outputTokens: 2 } },
];
const END_GRACE_MS = 2_000;

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function ask(dialect: Dialect, behaviour: Behaviour, more: { clock?: ManualClock; streaming?: boolean } = {}) {
  server = await FaultServer.start(behaviour);
  const { clock, streaming = true } = more;
  const model = httpModel({
    id: "m",
    model: "m",
    dialect,
    baseUrl: server.url,
    ...(clock && { clock }),
    retry: { retries: 2, baseDelayMs: 0 },
  });
  return model.stream(REQUEST, { streaming });
}

async function failure(dialect: Dialect, behaviour: Behaviour, streaming = true): Promise<SluiceError> {
  const stream = await ask(dialect, behaviour, { streaming });
  const error = await stream.fullText.catch((thrown: unknown) => thrown);
  if (error instanceof SluiceError) return error;
  throw new Error(`the stream did not fail: ${String(error)}`);
}

/** An answer with these headers. */
function labelled(headers: Record<string, string>, ...pieces: (string | Uint8Array)[]): Behaviour {
  return async (reply) => {
    await reply.head(200, headers);
    for (const piece of pieces) await reply.chunk(piece);
    await reply.end();
  };
}

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("an answer of %s", (name, dialect) => {
  const frames = framesOf(dialect, EVENTS);
  const bytes = frames.join("");

  it("ends with its marker, whatever the connection does", async () => {
    const clock = new ManualClock();
    const stream = await ask(dialect, stallAfter(bytes), { clock });
    const reader = stream.batches();
    const events: ChatEvent[] = [];
    const ended = (async () => {
      for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) events.push(...batch);
    })();
    // Gemini has no marker: its reason is waited after for a moment.
    if (name === "gemini") {
      await clock.timer(END_GRACE_MS);
      clock.advance(END_GRACE_MS);
    }
    await ended;
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop", usage: { outputTokens: 2 } });
  });

  it("ends soon after its reason, also where heartbeats go on", async () => {
    const beat = dialect.framing === "sse" ? ": ping\n\n" : "\n";
    const clock = new ManualClock();
    const last = bytes.replace("data: [DONE]\n\n", "").replace(/event: message_stop\n.*\n\n/, "");
    const stream = await ask(
      dialect,
      async (reply) => {
        await reply.head();
        await reply.chunk(last);
        await clock.timer(END_GRACE_MS);
        clock.advance(END_GRACE_MS / 2);
        await reply.chunk(beat);
        await clock.timer(END_GRACE_MS / 2);
        clock.advance(END_GRACE_MS / 2);
      },
      { clock },
    );
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toMatchObject({ outputTokens: 2 });
  });

  it("is whole where the connection breaks after its reason", async () => {
    const last = bytes.replace("data: [DONE]\n\n", "");
    expect(await (await ask(dialect, cutAfter(last))).fullText).toBe("Hello");
  });

  it("is whole without the last line ends, and with events that hold nothing", async () => {
    const blank = dialect.framing === "sse" ? "data:\n\n" : "\n\n";
    const pieces = [blank, ...frames.flatMap((frame) => [frame, blank])]
      .join("")
      .trimEnd()
      .replace(/\n+data:$/, "");
    const stream = await ask(dialect, whole([pieces]));
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toMatchObject({ outputTokens: 2 });
  });

  it.each([
    ["JSON", "application/json"],
    ["a page", "text/html; charset=utf-8"],
    ["text", "text/plain"],
    ["events", "text/event-stream"],
    ["lines", "application/x-ndjson"],
    ["bytes", "application/octet-stream"],
  ])("is read although it is labelled as %s", async (_, type) => {
    const stream = await ask(dialect, labelled({ "content-type": type }, bytes));
    expect(await stream.fullText).toBe("Hello");
    expect(await stream.usage).toMatchObject({ outputTokens: 2 });
  });

  it("is read although its encoding is not the one it is labelled with", async () => {
    const encoded: [string, Record<string, string>, Uint8Array][] = [
      ["plain, labelled gzip", { "content-encoding": "gzip" }, Buffer.from(bytes)],
      ["plain, labelled br", { "content-encoding": "br" }, Buffer.from(bytes)],
      ["gzip, not asked for", { "content-encoding": "gzip" }, gzipSync(bytes)],
      ["gzip, not labelled", {}, gzipSync(bytes)],
      ["gzip, labelled br", { "content-encoding": "br" }, gzipSync(bytes)],
      ["deflate", { "content-encoding": "deflate" }, deflateSync(bytes)],
      ["br", { "content-encoding": "br" }, brotliCompressSync(bytes)],
    ];
    for (const [kind, headers, body] of encoded) {
      const text = await (await ask(dialect, labelled(headers, body.subarray(0, 20), body.subarray(20)))).fullText;
      expect([kind, text]).toEqual([kind, "Hello"]);
      await server?.stop();
      server = undefined;
    }
  });

  it("is read over fetch where nobody says that it is gzip, and fails with what is wrong where it is not", async () => {
    const overFetch = async (headers: Record<string, string>, body: Uint8Array) => {
      server = await FaultServer.start(labelled(headers, body.subarray(0, 20), body.subarray(20)));
      const model = httpModel({ id: "m", model: "m", dialect, baseUrl: server.url, transport: fetchTransport() });
      return model.stream(REQUEST).fullText.finally(() => server?.stop());
    };
    expect(await overFetch({}, gzipSync(bytes))).toBe("Hello");
    await expect(overFetch({ "content-encoding": "gzip" }, Buffer.from(bytes))).rejects.toMatchObject({
      code: "malformed-frame",
      retryable: false,
      message: expect.stringContaining("Content-Encoding"),
    });
  });

  it.each([
    ["on one line", 0],
    ["on several lines", 2],
  ])("is read where it comes whole, %s, under any label", async (_, indent) => {
    const answer = {
      id: "answer-1",
      model: "m",
      message: { role: "assistant" as const, content: [{ type: "text" as const, text: "Hello" }] },
      reason: "stop" as const,
      usage: { inputTokens: 3, outputTokens: 2 },
    };
    const body = JSON.stringify(dialect.writeBody(answer, { model: "m", request: REQUEST }), null, indent);
    for (const type of ["text/event-stream", "application/json", "application/x-ndjson"]) {
      const events = await collect(await ask(dialect, labelled({ "content-type": type }, body)));
      expect(events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("")).toBe("Hello");
      await server?.stop();
      server = undefined;
    }
  });

  it("is read where events come although one body was asked for", async () => {
    const stream = await ask(dialect, labelled({ "content-type": "application/json" }, bytes), { streaming: false });
    expect(await stream.fullText).toBe("Hello");
  });

  it("that breaks off with an error in any shape fails with the words of it", async () => {
    const some = frames.slice(0, dialect.framing === "sse" ? 2 : 1).join("");
    const errors = [
      '{"error":{"message":"boom"}}\n',
      '\n{\n  "error": {\n    "message": "boom",\n    "code": 500\n  }\n}\n',
      'data: {"error":"boom"}\n\n',
      'event: error\ndata: {"message":"boom"}\n\n',
      "event: error\ndata: boom\n\n",
      'error: {"code":500,"message":"boom"}\n\n',
      'data: {"object":"error","message":"boom"}\n\n',
      'data: {"success":false,"errors":[{"code":1,"message":"boom"}]}\n\n',
    ];
    const fitting = dialect.framing === "sse" ? errors : errors.slice(0, 1);
    for (const error of fitting) {
      const failed = await failure(dialect, whole([some, error, "data: [DONE]\n\n"]));
      expect([error, failed.providerMessage]).toEqual([error, "boom"]);
      await server?.stop();
      server = undefined;
    }
  });

  it.each([
    ["a page", "<html><h1>Bad gateway</h1></html>", /Bad gateway/],
    ["a sentence", "upstream connect error or disconnect", /upstream connect error/],
    ["JSON", '{"error":{"message":"boom","code":"bad_thing"}}', /boom/],
    ["JSON on several lines", '{\n  "detail": "boom"\n}\n', /boom/],
  ])("in place of which comes %s fails once, with the server's words", async (_, body, words) => {
    for (const streaming of [true, false]) {
      const error = await failure(dialect, labelled({ "content-type": "text/event-stream" }, body), streaming);
      expect(error.message).toMatch(words);
      expect(error.code).not.toBe("truncated");
      if (body.startsWith("<") || body.startsWith("up")) expect(server?.received).toHaveLength(1);
      await server?.stop();
      server = undefined;
    }
  });

  it("in another protocol says so, in a stream, whole, and in an error", async () => {
    const answer = {
      id: "a",
      model: "m",
      message: { role: "assistant" as const, content: [{ type: "text" as const, text: "Hi" }] },
      reason: "stop" as const,
      usage: {},
    };
    for (const other of DIALECTS) {
      const related = [name, other.name].every((one) => one.startsWith("ollama"));
      if (other === dialect || related) continue;
      const streamed = await failure(dialect, whole([framesOf(other, EVENTS).join("")]));
      expect([other.name, streamed.message]).toEqual([other.name, expect.stringMatching(/was asked for/)]);
      expect(server?.received).toHaveLength(1);
      await server?.stop();
      const body = other.writeBody(answer, { model: "m", request: REQUEST });
      const bodily = await failure(dialect, refuse(200, body), false);
      expect([other.name, bodily.message]).toEqual([other.name, expect.stringMatching(/was asked for/)]);
      await server?.stop();
      server = undefined;
    }
  });
});

it.each([
  [
    "openai-chat",
    404,
    { type: "error", error: { type: "not_found_error", message: "Not Found" } },
    /Anthropic's messages/,
  ],
  [
    "anthropic",
    404,
    { error: { message: "Invalid URL", type: "invalid_request_error", param: null, code: null } },
    /OpenAI's chat/,
  ],
  ["ollama", 404, { error: { code: 404, message: "Not found", status: "NOT_FOUND" } }, /Gemini's/],
])("a path that the service of another protocol does not have: %s", async (name, status, body, words) => {
  const dialect = DIALECTS.find((one) => one.name === name);
  if (dialect === undefined) throw new Error(name);
  const error = await failure(dialect, refuse(status, body));
  expect(error).toMatchObject({ code: "not-found", status });
  expect(error.message).toMatch(words);
});
