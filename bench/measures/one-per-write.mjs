import { bulk } from "./bulk.mjs";

/** What a token costs when the server writes each by itself. @type {import("../job.mjs").Measurement} */
export async function measure(client, settings) {
  const { tokens, cpuUs, us } = await bulk(client.answers("one-per-write"), settings);
  return { onePerWriteCpuUsPerToken: cpuUs / tokens, onePerWriteTokensPerSecond: (tokens / us) * 1e6 };
}
