import { setTimeout } from "node:timers/promises";
import { HELD_AFTER } from "../server/modes.mjs";
import { collectGarbage } from "./collect-garbage.mjs";
import { cpuClock } from "./cpu-clock.mjs";
import { readFor } from "./read-for.mjs";

/** How often to look at the time, in characters or bytes. */
const LOOK_EACH = 10_000;

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
  let nextLook = 0;
  let end = Number.POSITIVE_INFINITY;
  let stop = () => {};
  const stopped = new Promise((resolve) => {
    stop = () => resolve(undefined);
  });
  // A timer would come late: in one turn of the event loop a client may read from all of its sockets.
  const count = (/** @type {string | Uint8Array} */ piece) => {
    length += piece.length;
    if (length < nextLook) return;
    nextLook = length + LOOK_EACH;
    if (performance.now() > end) stop();
  };

  const before = collectGarbage();
  const all = Promise.all(Array.from({ length: streams }, () => read(count)));
  const held = streams * HELD_AFTER * unitsPerToken;
  // The first tokens of an answer are not of exactly the average length.
  while (length < held * 0.9) await Promise.race([setTimeout(50), all]);
  await setTimeout(100);
  const after = collectGarbage();

  const start = length;
  const clock = cpuClock();
  end = performance.now() + ms;
  await Promise.race([Promise.all([client.ask("release"), all]), stopped]);
  return {
    concurrentCpuUsPerToken: clock().cpuUs / ((length - start) / unitsPerToken),
    heapKbPerStream: (after - before) / 1_000 / streams,
  };
}
