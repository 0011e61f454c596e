import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { Timeouts } from "../../stream/chat-model.js";
import { Deadlines, END_GRACE_MS, resolveTimeouts } from "./deadlines.js";
import { DEFAULT_TIMEOUTS } from "./default-timeouts.js";

function start(timeouts: Timeouts = {}): { clock: ManualClock; deadlines: Deadlines; expired: string[] } {
  const clock = new ManualClock();
  const expired: string[] = [];
  const deadlines = new Deadlines(resolveTimeouts(timeouts), clock, ({ code }) => expired.push(code));
  deadlines.connecting();
  return { clock, deadlines, expired };
}

describe("the limits of a call", () => {
  it("are the defaults, the model's and the call's, the later ones winning", () => {
    expect(resolveTimeouts()).toEqual(DEFAULT_TIMEOUTS);
    expect(resolveTimeouts({ idleMs: 5, connectMs: 1 }, undefined, { idleMs: Number.POSITIVE_INFINITY })).toEqual({
      ...DEFAULT_TIMEOUTS,
      connectMs: 1,
      idleMs: Number.POSITIVE_INFINITY,
    });
  });

  it.each([0, -1, Number.NaN])("are refused when they are %d", (idleMs) => {
    expect(() => resolveTimeouts({ idleMs })).toThrow("timeouts.idleMs");
  });
});

describe("a limit", () => {
  it("is reported at its time, with its own code", () => {
    const { clock, expired } = start();
    clock.advance(9_999);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual(["connect-timeout"]);
  });

  it("begins anew with each phase", () => {
    const { clock, deadlines, expired } = start();
    clock.advance(9_000);
    deadlines.connected();
    clock.advance(119_999);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual(["first-byte-timeout"]);
  });

  it("that is shorter than the one before is kept too", () => {
    const { clock, deadlines, expired } = start({ idleMs: 100 });
    deadlines.connected();
    clock.advance(50_000);
    deadlines.arrived();
    deadlines.waiting();
    clock.advance(99);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual(["idle-timeout"]);
  });

  it("on silence counts only while the reader waits", () => {
    const { clock, deadlines, expired } = start();
    deadlines.connected();
    for (let i = 0; i < 5; i++) {
      deadlines.arrived();
      clock.advance(1_000_000);
      deadlines.waiting();
      clock.advance(59_999);
    }
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual(["idle-timeout"]);
  });

  it("costs no timer a read", () => {
    const { clock, deadlines } = start();
    deadlines.connected();
    deadlines.arrived();
    const before = clock.set;
    for (let i = 0; i < 1_000; i++) {
      deadlines.waiting();
      deadlines.arrived();
    }
    expect(clock.set).toBe(before);
  });

  it("that is infinite sets no timer", () => {
    const never = Number.POSITIVE_INFINITY;
    const { clock, deadlines } = start({ connectMs: never, firstByteMs: never, idleMs: never });
    deadlines.connected();
    deadlines.arrived();
    deadlines.waiting();
    expect(clock.pending).toEqual([]);
  });

  it("on the whole goes on through pauses, and is the last", () => {
    const { clock, deadlines, expired } = start({ totalMs: 15_000 });
    clock.advance(10_000);
    deadlines.pause();
    clock.advance(4_999);
    expect(expired).toEqual(["connect-timeout"]);
    deadlines.connecting();
    clock.advance(1_000_000);
    expect(expired).toEqual(["connect-timeout", "total-timeout"]);
    expect(clock.pending).toEqual([]);
  });

  it("that is stopped is never reported", () => {
    const { clock, deadlines, expired } = start({ totalMs: 5 });
    deadlines.stop();
    clock.advance(1_000_000);
    expect(expired).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});

describe("an answer that said why it ended", () => {
  it("is waited for a little longer, however often something arrives", () => {
    const { clock, deadlines, expired } = start();
    deadlines.connected();
    deadlines.arrived();
    deadlines.waiting(true);
    for (let i = 0; i < 3; i++) {
      clock.advance(END_GRACE_MS / 4);
      deadlines.arrived();
      deadlines.waiting(true);
    }
    expect(expired).toEqual([]);
    clock.advance(END_GRACE_MS / 4);
    expect(expired).toEqual(["idle-timeout"]);
  });

  it("has its whole time again where it goes on", () => {
    const { clock, deadlines, expired } = start();
    deadlines.connected();
    deadlines.arrived();
    deadlines.waiting(true);
    clock.advance(END_GRACE_MS - 1);
    deadlines.arrived();
    deadlines.waiting(false);
    clock.advance(DEFAULT_TIMEOUTS.idleMs - 1);
    expect(expired).toEqual([]);
  });
});
