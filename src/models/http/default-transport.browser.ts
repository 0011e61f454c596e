import { SluiceError } from "../../stream/error.js";
import { fetchTransport } from "./fetch-transport.js";
import type { Transport } from "./transport.js";

let shared: Transport | undefined;

/** The transport that models share unless they are given one: `fetch`. */
export function defaultTransport(): Transport {
  shared ??= fetchTransport();
  return shared;
}

/** There is no Node here. */
export async function nodeTransport(): Promise<Transport> {
  throw new SluiceError("unsupported", "nodeTransport needs Node: browsers and workers send with fetchTransport");
}
