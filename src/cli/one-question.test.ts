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
