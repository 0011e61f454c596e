import { StringDecoder } from "node:string_decoder";
import type { Dispatcher } from "undici";
import { type Clock, systemClock } from "../../base/clock.js";
import { clock as aClock, exactly, having, jsonObject } from "../../stream/checks.js";
import { checkAgents } from "./check-agents.js";
import type { Transport } from "./transport.js";
import { DispatcherPool, type ProxyEnvironment } from "./undici-dispatchers.js";
import { UndiciExchange } from "./undici-exchange.js";

/** Settings of `undiciTransport`. */
export interface UndiciTransportOptions {
  /** Sends all requests, in place of the shared agent and of proxies from the environment. */
  dispatcher?: Dispatcher;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY (or their lower-case names) are looked up. Default `process.env`. */
  env?: ProxyEnvironment;
  /** Default: the system's. */
  clock?: Clock;
}

const OPTIONS = exactly("nodeTransport", {
  dispatcher: having("a dispatcher of undici", "dispatch"),
  env: jsonObject,
  clock: aClock,
});

/**
 * HTTP on Node, through undici's dispatcher: keep-alive connections, proxies, pauses that reach the socket.
 *
 * @throws {SluiceError} `unsupported` where undici is not there; `invalid-argument` for unknown options.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  checkAgents("nodeTransport");
  OPTIONS(options, "");
  const { dispatcher, env = process.env, clock = systemClock } = options;
  const pool = new DispatcherPool(env);
  return {
    open(request) {
      const exchange = new UndiciExchange(request, clock);
      const url = new URL(request.url);
      exchange.dispatch(dispatcher ?? pool.dispatcherFor(url), url);
      return exchange;
    },
    decoding: () => new StringDecoder("utf8"),
  };
}
