import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Dialect } from "../../src/dialects/dialect.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { type HttpModelOptions, httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { writeNdjson, writeSse } from "../../src/stream/framing/write-frame.js";
import { cuts, recut } from "../laws/recut.js";
import { ManualClock } from "../support/manual-clock.js";
import { cutAfter, drip, earlyClose, framesOf, hangUp, refuse, stallAfter, whole } from "./behaviours.js";
import { REQUEST, TEXT } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";

const EVENTS: readonly ChatEvent[] = [
  { type: "start", id: "answer-1", model: "model-1" },
  ...(TEXT.match(/.{1,5}/gu) ?? []).map((text): ChatEvent => ({ type: "text-delta", text })),
  { type: "finish", reason: "length", usage: { inputTokens: 3, outputTokens: 21 } },
];

const FAILURES = [
  { name: "too many requests", error: new SluiceError("rate-limited", "slow down", { retryable: true }) },
  { name: "an overload", error: new SluiceError("overloaded", "too many people", { retryable: true }) },
  { name: "a wrong key", error: new SluiceError("authentication", "who are you") },
  { name: "a request that is refused", error: new SluiceError("rejected", "not like this") },
];

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))(
  "a model that speaks %s",
  (_name, dialect) => {
    const frames = framesOf(dialect, EVENTS);
    const bytes = Buffer.from(frames.join(""));
    /** Frames up to and including the second piece of text. */
    const beginning = frames.slice(0, frames.findIndex((frame) => frame.includes(TEXT.slice(5, 10))) + 1).join("");

    async function ask(options: Partial<HttpModelOptions>, ...behaviours: Behaviour[]): Promise<ChatStream> {
      server = await FaultServer.start(...behaviours);
      return httpModel({ id: "test/m", model: "model-1", dialect, baseUrl: server.url, ...options }).stream(REQUEST);
    }

    it("answers, whatever the reads", () =>
      fc.assert(
        fc.asyncProperty(cuts, async (at) => {
          const stream = await ask({}, drip(recut(bytes, at)));
          expect(await stream.fullText).toBe(TEXT);
          expect(await stream.finishReason).toBe("length");
          expect(await stream.usage).toMatchObject({ inputTokens: 3, outputTokens: 21 });
          await server?.stop();
        }),
        { numRuns: 8 },
      ));

    it.each([
      ["a broken connection", cutAfter],
      ["an orderly close", (...pieces: Uint8Array[]) => earlyClose(pieces)],
    ])("that is cut by %s fails with what had arrived, or was whole", (_how, behaviour) =>
      fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (at) => {
          const stream = await ask({ retry: { retries: 0 } }, behaviour(bytes.subarray(0, at)));
          const outcome = await stream.fullText.catch((thrown: unknown) => thrown);
          await server?.stop();
          if (outcome === TEXT) return;
          expect(outcome).toMatchObject({ code: "truncated", retryable: true });
          expect(TEXT.startsWith((outcome as SluiceError).partial?.text ?? "-")).toBe(true);
        }),
        { numRuns: 15 },
      ),
    );

    it("fails at a frame that cannot be read, and shows it", async () => {
      const broken = dialect.framing === "sse" ? writeSse({ data: "<oops" }) : writeNdjson({ data: "<oops" });
      const error = await failure(await ask({}, whole([beginning + broken])));
      expect(error).toMatchObject({ code: "malformed-frame", frame: "<oops", partial: { text: TEXT.slice(0, 10) } });
    });

    it.each(FAILURES)("fails with $name in the middle of its answer", async ({ error }) => {
      const failed = await failure(await ask({}, whole([beginning + failureOf(dialect, error)])));
      expect(wordsOf(dialect, failed)).toContain(error.message);
      expect(failed.partial?.text).toBe(TEXT.slice(0, 10));
    });

    it.each(FAILURES)("refuses with $name before its answer, as it says it", async ({ error }) => {
      const { status, headers, body } = dialect.writeError(error);
      const failed = await failure(await ask({ retry: { retries: 0 } }, refuse(status, body, headers)));
      expect(failed).toMatchObject({ code: error.code, status, retryable: error.retryable });
      expect(wordsOf(dialect, failed)).toContain(error.message);
    });

    it("is asked again after a refusal that passes, and says nothing twice", async () => {
      const clock = new ManualClock();
      const { status, body } = dialect.writeError(new SluiceError("rate-limited", "slow down", { retryable: true }));
      const stream = await ask({ clock }, refuse(status, body, { "retry-after": "2" }), hangUp, whole([bytes]));
      const text = stream.fullText;
      await clock.timer(2_000);
      clock.advance(2_000);
      await server?.until(() => server?.received.length === 2);
      while (server?.received.length === 2) {
        clock.advance(500);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await text).toBe(TEXT);
      expect(server?.received).toHaveLength(3);
    });

    it("fails after a silence, with what had arrived", async () => {
      const clock = new ManualClock();
      const stream = await ask({ clock }, stallAfter(beginning));
      const reader = stream.text[Symbol.asyncIterator]();
      await reader.next();
      await reader.next();
      const waiting = reader.next().catch((error: unknown) => error);
      clock.advance(60_000);
      expect(await waiting).toMatchObject({ code: "idle-timeout", partial: { text: TEXT.slice(0, 10) } });
    });

    it("is left, and its connection closes", async () => {
      const stream = await ask({}, stallAfter(beginning));
      for await (const _ of stream.text) break;
      await server?.until(() => server?.open === 0);
    });
  },
);

/** The error that ends a stream. */
async function failure(stream: ChatStream): Promise<SluiceError> {
  const error = await stream.fullText.catch((thrown: unknown) => thrown);
  if (error instanceof SluiceError) return error;
  throw new Error(`the stream did not fail: ${String(error)}`);
}

/** What the server said. The native protocol carries errors whole: its message is the server's, whose provider has none here. */
function wordsOf(dialect: Dialect, failed: SluiceError): string | undefined {
  return dialect.name === "native" ? failed.message : failed.providerMessage;
}

/** An error in the middle of an answer, as a dialect says it. */
function failureOf(dialect: Dialect, error: SluiceError): string {
  const written: string[] = [];
  const writer = dialect.writer({ model: "model-1", request: REQUEST });
  const ignore = () => {};
  for (const event of EVENTS.slice(0, 3)) writer.push(event, ignore);
  writer.fail(error, (frame) => written.push(dialect.framing === "sse" ? writeSse(frame) : writeNdjson(frame)));
  return written.join("");
}
