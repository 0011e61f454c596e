import { fetchTransport } from "./fetch-transport.js";
import type { Transport } from "./transport.js";

let ready: Transport | undefined;
let loading: Promise<Transport> | undefined;

/**
 * The transport that models share unless they are given one: undici on Node, `fetch` anywhere else. undici is loaded at
 * the first call, since importing it takes longer than everything else in this package.
 */
export function defaultTransport(): Transport | Promise<Transport> {
  if (ready !== undefined) return ready;
  loading ??= load().then((transport) => {
    ready = transport;
    return transport;
  });
  return loading;
}

async function load(): Promise<Transport> {
  if (typeof process === "undefined" || process.versions?.node === undefined) return fetchTransport();
  const { undiciTransport } = await import("./undici-transport.js");
  return undiciTransport();
}
