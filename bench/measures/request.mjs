import { bulk } from "./bulk.mjs";

/**
 * What a request costs to its first token, on a kept-alive connection. The answers have one token: leaving a longer one
 * after its first would close the connection, and measure connecting.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, settings) {
  const { answers, cpuUs } = await bulk(client.answers("short"), settings);
  return { cpuUsPerRequest: cpuUs / answers };
}
