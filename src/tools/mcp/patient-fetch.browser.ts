import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

/** The platform's own `fetch`: it has no limits of its own, and proxies are the platform's affair. */
export async function patientFetch(): Promise<FetchLike> {
  return (url, init) => fetch(url, init);
}
