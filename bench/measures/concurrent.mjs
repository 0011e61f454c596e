import { setTimeout } from "node:timers/promises";
import { HELD_AFTER } from "../server/modes.mjs";
import { collectGarbage } from "./collect-garbage.mjs";
import { cpuClock } from "./cpu-clock.mjs";
import { readFor } from "./read-for.mjs";

/**
 * Many streams at once. The server holds each after its first 100 tokens: there the heap is measured. Then it releases
 * them all, and CPU time is taken until they are finished or the time is over; the requests are not in it.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, { streams, warmUpMs, ms }) {
  await readFor(client.answers("coalesced").read, warmUpMs);
  const { read, unitsPerToken } = client.answers("held");
  await client.ask("sent");

  let length = 0;
  const before = collectGarbage();
  const count = (/** @type {string | Uint8Array} */ piece) => {
    length += piece.length;
  };
  const all = Promise.all(Array.from({ length: streams }, () => read(count)));
  const held = streams * HELD_AFTER * unitsPerToken;
  // The first tokens of an answer are not of exactly the average length.
  while (length < held * 0.9) await Promise.race([setTimeout(50), all]);
  await setTimeout(100);
  const after = collectGarbage();

  const start = length;
  const clock = cpuClock();
  await client.ask("release");
  await Promise.race([all, setTimeout(ms)]);
  return {
    concurrentCpuUsPerToken: clock().cpuUs / ((length - start) / unitsPerToken),
    heapKbPerStream: (after - before) / 1_000 / streams,
  };
}
