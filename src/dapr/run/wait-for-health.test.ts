import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { outboundHealth, waitForHealth } from "./wait-for-health.js";

function start(answers: (boolean | Error | "never")[], clock: ManualClock, signal = new AbortController().signal) {
  let asked = 0;
  const probe = async (late: AbortSignal) => {
    const answer = answers[asked++] ?? false;
    if (answer instanceof Error) throw answer;
    if (answer === "never") await new Promise((_, reject) => late.addEventListener("abort", reject));
    return answer === true;
  };
  return { waiting: waitForHealth({ probe, clock, signal, timeoutMs: 1_000, intervalMs: 100 }), asked: () => asked };
}

test("asks again and again until the answer is yes", async () => {
  const clock = new ManualClock();
  const { waiting, asked } = start([new Error("refused"), false, true], clock);
  for (let i = 0; i < 2; i++) {
    await clock.timer(100);
    clock.advance(100);
  }
  expect(await waiting).toBe(true);
  expect(asked()).toBe(3);
  expect(clock.pending).toEqual([]);
});

test("gives up when the time is over, also on an answer that never comes", async () => {
  const clock = new ManualClock();
  const { waiting, asked } = start([false, "never"], clock);
  await clock.timer(100);
  clock.advance(100);
  await clock.timer(900);
  clock.advance(900);
  await clock.timer(0);
  clock.advance(0);
  expect(await waiting).toBe(false);
  expect(asked()).toBe(2);
});

test("is called off by its signal", async () => {
  const clock = new ManualClock();
  const leaving = new AbortController();
  const { waiting } = start([false], clock, leaving.signal);
  await clock.timer(100);
  leaving.abort("SIGINT");
  await expect(waiting).rejects.toBe("SIGINT");
  expect(clock.pending).toEqual([]);
});

test("a sidecar is healthy when it answers with a success", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(asked.length === 1 ? 500 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const probe = outboundHealth(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { signal } = new AbortController();
  expect([await probe(signal), await probe(signal)]).toEqual([false, true]);
  expect(asked).toEqual(["GET /v1.0/healthz/outbound", "GET /v1.0/healthz/outbound"]);
  server.close();
});
