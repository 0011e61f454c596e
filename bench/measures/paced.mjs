import { setTimeout } from "node:timers/promises";
import { median } from "../median.mjs";
import { STAMP_DIGITS } from "../server/modes.mjs";
import { cpuClock } from "./cpu-clock.mjs";
import { readFor } from "./read-for.mjs";

/** Between the starts of two streams. */
const START_EACH_MS = 5;

const STAMP = new RegExp(`\\d{${STAMP_DIGITS}}`);

/**
 * Streams as people see them: a token each 10 ms, a new stream each 5 ms. The first token says when it was written, on
 * the clock that all processes of a machine share. The CPU time is that of the whole, requests included.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, { streams, warmUpMs }) {
  await readFor(client.answers("one-per-write").read, warmUpMs);
  // Requests are few in a second: their code takes longer to be compiled.
  await readFor(client.answers("short").read, 2 * warmUpMs);
  const { read, tokens } = client.answers("paced");

  /** @type {number[]} */
  const latencies = [];
  const clock = cpuClock();
  const all = [];
  for (let i = 0; i < streams; i++) {
    all.push(timed(read, latencies));
    await setTimeout(START_EACH_MS);
  }
  await Promise.all(all);
  return { pacedCpuUsPerToken: clock().cpuUs / (streams * tokens), firstTokenUs: median(latencies) };
}

/**
 * @param {import("../rows.mjs").Read} read
 * @param {number[]} latencies
 */
function timed(read, latencies) {
  let first = true;
  return read((piece) => {
    if (!first) return;
    const now = process.hrtime.bigint();
    first = false;
    const stamp = STAMP.exec(String(piece));
    if (stamp === null) throw new Error("the first piece holds no time stamp");
    latencies.push(Number(now - BigInt(stamp[0])) / 1_000);
  });
}
