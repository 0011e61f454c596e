import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

/** `fetch` through the proxies that the environment names, without limits of its own for answers that take long. */
export async function patientFetch(): Promise<FetchLike> {
  const [undici, { DispatcherPool }] = await Promise.all([
    import("undici"),
    import("../../models/http/undici-dispatchers.js"),
  ]);
  const pool = new DispatcherPool(process.env);
  const send: unknown = (url: string | URL, init: Parameters<typeof undici.fetch>[1]) =>
    undici.fetch(url, { ...init, dispatcher: pool.dispatcherFor(new URL(url)) });
  // undici's types are its own; the values are those of the standard.
  return send as FetchLike;
}
