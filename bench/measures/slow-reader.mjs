import { setTimeout } from "node:timers/promises";
import { collectGarbage } from "./collect-garbage.mjs";
import { readFor } from "./read-for.mjs";

const MB = 1e6;

/**
 * A reader that takes a token a millisecond from an answer of 200 MB: by how much resident memory grows at most, and how
 * much the server could send meanwhile.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, { warmUpMs, ms }) {
  await readFor(client.answers("coalesced").read, warmUpMs);
  const read = client.open("endless");
  collectGarbage();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const reading = read(() => setTimeout(1));
  await Promise.race([reading, setTimeout(ms)]);
  clearInterval(watch);
  const sent = Number(await client.ask("sent"));
  return { slowReaderGrowthMb: (peak - before) / MB, slowReaderSentMb: sent / MB };
}
