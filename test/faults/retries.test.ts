import { describe, expect, it } from "vitest";
import { collect } from "../support/collect.js";
import { ManualClock } from "../support/manual-clock.js";
import { cutAfter, earlyClose, hangUp, refuse, whole } from "./behaviours.js";
import { BEGINNING, FRAMES, TEXT } from "./chat-answer.js";
import { failureOf, useFaultServer } from "./use-fault-server.js";

const BYTES = Buffer.from(FRAMES.join(""));
const RATE_LIMITED = { error: { message: "slow down", type: "rate_limit_exceeded" } };
const OVERLOADED = 'data: {"error":{"message":"too many people","type":"overloaded_error"}}\n\n';

const faults = useFaultServer();

describe("a call is made again", () => {
  it("after 429, when the provider asked, and nothing is emitted twice", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask({ clock }, refuse(429, RATE_LIMITED, { "retry-after": "2" }), whole([BYTES]));
    const text = stream.fullText;
    await clock.timer(2_000);
    clock.advance(1_999);
    // A connection is free one turn after its answer.
    await new Promise((resolve) => setImmediate(resolve));
    expect(faults.server?.received).toHaveLength(1);
    clock.advance(1);
    expect(await text).toBe(TEXT);
    expect(faults.server?.received).toHaveLength(2);
    expect(faults.server?.connections).toBe(1);
  });

  it("after delays that double, drawn at random, then fails with the provider's error", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask({ clock, random: () => 0.5 }, refuse(500, { error: { message: "oops" } }));
    const failed = failureOf(stream);
    for (const delay of [250, 500]) {
      await clock.timer(delay);
      clock.advance(delay);
    }
    expect(await failed).toMatchObject({ code: "provider-error", status: 500, providerMessage: "oops" });
    expect(faults.server?.received).toHaveLength(3);
  });

  it("not when the provider asks for more patience than the policy has", async () => {
    const stream = await faults.ask(
      { retry: { maxDelayMs: 30_000 } },
      refuse(429, RATE_LIMITED, { "retry-after": "31" }),
    );
    expect(await failureOf(stream)).toMatchObject({ code: "rate-limited", retryAfterMs: 31_000 });
    expect(faults.server?.received).toHaveLength(1);
  });

  it("not when the request is at fault", async () => {
    const stream = await faults.ask({}, refuse(401, { error: { message: "no", code: "invalid_api_key" } }));
    expect(await failureOf(stream)).toMatchObject({ code: "authentication", status: 401, retryable: false });
    expect(faults.server?.received).toHaveLength(1);
  });

  it("after an error, a cut or a close that came before the first delta", async () => {
    const start = FRAMES[0] ?? "";
    const retry = { retries: 4, baseDelayMs: 0 };
    const begun = [whole([start + OVERLOADED]), cutAfter(start), earlyClose([start]), hangUp];
    const events = await collect(await faults.ask({ retry }, ...begun, whole([BYTES])));
    expect(faults.server?.received).toHaveLength(5);
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
  });

  it("and nothing of the failed answer is left in the next one", async () => {
    const rest = (FRAMES[1] ?? "").repeat(400);
    const retry = { baseDelayMs: 0 };
    const stream = await faults.ask({ retry }, whole([(FRAMES[0] ?? "") + OVERLOADED + rest]), whole([BYTES]));
    expect(await stream.fullText).toBe(TEXT);
  });

  it("not after the first delta", async () => {
    const stream = await faults.ask({ retry: { retries: 4, baseDelayMs: 0 } }, cutAfter(BEGINNING), whole([BYTES]));
    expect(await failureOf(stream)).toMatchObject({ code: "truncated" });
    expect(faults.server?.received).toHaveLength(1);
  });

  it("not while nobody waits for it any more", async () => {
    const clock = new ManualClock();
    const stream = await faults.ask({ clock }, refuse(429, RATE_LIMITED, { "retry-after": "2" }), whole([BYTES]));
    const failed = failureOf(stream);
    await clock.timer(2_000);
    stream.cancel("enough");
    expect(await failed).toMatchObject({ code: "cancelled", cause: "enough" });
    expect(clock.pending).toEqual([]);
    expect(faults.server?.received).toHaveLength(1);
  });
});
