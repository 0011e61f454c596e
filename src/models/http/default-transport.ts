import { jsonObject } from "../../stream/checks.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { fetchTransport } from "./fetch-transport.js";
import type { Transport } from "./transport.js";
import type { UndiciTransportOptions } from "./undici-transport.js";

let ready: Transport | undefined;
let loading: Promise<Transport> | undefined;

/**
 * The transport that models share unless they are given one: undici on Node and Deno, `fetch` anywhere else. undici is loaded at
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

/**
 * A transport through undici with settings of your own: a dispatcher, another environment for proxies, a clock. Models
 * take the promise as it is.
 *
 * @throws {SluiceError} `unsupported` where undici is not there (Bun has another module under its name).
 */
export async function nodeTransport(options: UndiciTransportOptions = {}): Promise<Transport> {
  jsonObject(options, "options");
  const { undiciTransport } = await import("./undici-transport.js");
  return undiciTransport(options);
}

async function load(): Promise<Transport> {
  const node = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (!node) return fetchTransport();
  try {
    return await nodeTransport();
  } catch (cause) {
    if (cause instanceof SluiceError) return fetchTransport();
    // A bundler that puts undici into a module leaves calls of `require` in it, which modules do not have.
    process.emitWarning(`undici cannot be loaded, so requests go through fetch: ${messageOf(cause)}`, "SluiceWarning");
    return fetchTransport();
  }
}
