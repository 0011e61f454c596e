import { describe, expect, it } from "vitest";
import { ManualClock } from "../support/manual-clock.js";
import { drip, refuse, silent, stallAfter, whole } from "./behaviours.js";
import { BEGINNING, BEGINNING_TEXT, FRAMES, modelAt, REQUEST, TEXT } from "./chat-answer.js";
import { FaultServer } from "./fault-server.js";
import { failureOf, useFaultServer } from "./use-fault-server.js";

const BYTES = Buffer.from(FRAMES.join(""));
const NO_RETRY = { retries: 0 };
const RATE_LIMITED = { error: { message: "slow down", type: "rate_limit_exceeded" } };

const faults = useFaultServer();

describe("a limit has an error of its own", () => {
  it("for the first byte, when nothing comes back", async () => {
    const clock = new ManualClock();
    const failed = failureOf(await faults.ask({ clock, retry: NO_RETRY }, silent));
    await faults.server?.until(() => faults.server?.received.length === 1);
    clock.advance(119_999);
    expect(faults.server?.open).toBe(1);
    clock.advance(1);
    expect(await failed).toMatchObject({ code: "first-byte-timeout", retryable: true });
    await faults.server?.until(() => faults.server?.open === 0);
  });

  it("for the first byte, when only headers come", async () => {
    const clock = new ManualClock();
    const server = await FaultServer.start(stallAfter());
    faults.server = server;
    const model = modelAt(server, { clock, retry: NO_RETRY, timeouts: { firstByteMs: 500 } });
    let answered = () => {};
    const head = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const failed = failureOf(model.stream(REQUEST, { onWire: ({ type }) => type === "response" && answered() }));
    await head;
    clock.advance(500);
    expect(await failed).toMatchObject({ code: "first-byte-timeout" });
    await server.until(() => server.open === 0);
  });

  it("for a silence in the middle, with what had arrived", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask({ clock }, stallAfter(BEGINNING));
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const waiting = reader.next().catch((error: unknown) => error);
    clock.advance(60_000);
    expect(await waiting).toMatchObject({ code: "idle-timeout", retryable: true, partial: { text: BEGINNING_TEXT } });
    await faults.server?.until(() => faults.server?.open === 0);
  });

  it("but a reader that takes its time is not a silence", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask({ clock }, drip(FRAMES));
    let text = "";
    for await (const piece of stream.text) {
      text += piece;
      clock.advance(3_600_000);
    }
    expect(text).toBe(TEXT);
  });

  it("for the whole, retries included", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask(
      { clock, timeouts: { totalMs: 5_000 } },
      refuse(429, RATE_LIMITED, { "retry-after": "8" }),
    );
    const failed = failureOf(stream);
    await clock.timer(8_000);
    clock.advance(5_000);
    const error = await failed;
    expect(error).toMatchObject({ code: "total-timeout", retryable: false });
    expect(error.cause).toMatchObject({ code: "rate-limited" });
  });

  it("for the whole, while it streams", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask({ clock, timeouts: { totalMs: 5_000 } }, stallAfter(BEGINNING));
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    clock.advance(5_000);
    await faults.server?.until(() => faults.server?.open === 0);
    expect((await reader.next()).done).toBe(false);
    await expect(reader.next()).rejects.toMatchObject({ code: "total-timeout", partial: { text: BEGINNING_TEXT } });
  });

  it("and a stream that is over leaves no timer behind", async () => {
    const clock = new ManualClock();
    expect(await (await faults.ask({ clock }, whole([BYTES]))).fullText).toBe(TEXT);
    expect(clock.pending).toEqual([]);
  });
});
