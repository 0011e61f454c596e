import { bulk } from "./bulk.mjs";

/** What a token costs when many arrive in one read. @type {import("../job.mjs").Measurement} */
export async function measure(client, settings) {
  const { tokens, cpuUs, us } = await bulk(client.answers("coalesced"), settings);
  return { cpuUsPerToken: cpuUs / tokens, tokensPerSecond: (tokens / us) * 1e6 };
}
