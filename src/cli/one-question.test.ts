import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { askCommand } from "./commands/ask.js";

test("who waits for the end of stdin is told, and what comes then is asked", async () => {
  vi.useFakeTimers();
  try {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const io = { stdin, stdout, stderr, env: { HOME: "/nowhere" }, onInterrupt: () => () => {} };
    const ended = askCommand(["Say"], { model: "echo", quiet: true }, io);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(stderr.read()).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    expect(String(stderr.read())).toContain("waiting for the end of stdin");
    stdin.end("this");
    vi.useRealTimers();
    expect(await ended).toBe(0);
    expect(String(stdout.read())).toBe("Say\n\nthis\n");
  } finally {
    vi.useRealTimers();
  }
});

test("what is no text is refused in place of being asked with marks for what was lost", async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
  const io = { stdin, stdout, stderr, env: { HOME: "/nowhere" }, onInterrupt: () => () => {} };
  expect(await askCommand(["What is this?"], { model: "echo" }, io)).toBe(2);
  expect(String(stderr.read())).toContain("no UTF-8 text; a picture");
  expect(stdout.read()).toBe(null);
});
