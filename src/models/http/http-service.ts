import { type Clock, systemClock } from "../../base/clock.js";
import type { CallOptions, RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { invalid } from "../../stream/error.js";
import { resolveTimeouts } from "./deadlines.js";
import { defaultTransport } from "./default-transport.js";
import { HttpCall, type ReadError } from "./http-call.js";
import { resolveRetry } from "./retry.js";
import { shownUrl } from "./shown-url.js";
import type { HttpRequest, Transport } from "./transport.js";
import { watchedWire } from "./watched-wire.js";

/** What all calls of a service have in common. */
export interface HttpServiceOptions {
  /** The dialect's paths follow it, for example `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Added to the query of each URL. */
  query?: Readonly<Record<string, string>>;
  /** Sent with each call: authentication, for one. They win over the dialect's own. */
  headers?: Readonly<Record<string, string>>;
  /** Default: undici on Node, `fetch` elsewhere. Models share it, and with it their connections. */
  transport?: Transport | Promise<Transport>;
  /** Whether it is on this machine or its own network: then the limits on silence are longer. Default false. */
  nearBy?: boolean;
  /** Limits of each call, unless the call has its own. */
  timeouts?: Timeouts;
  /** How each call is made again, unless the call has its own policy. */
  retry?: RetryPolicy;
  /** Default: the system's. */
  clock?: Clock;
  /** From 0 to 1; spreads retries. Default `Math.random`. */
  random?: () => number;
}

type Headers = Readonly<Record<string, string>>;

/** A service behind HTTP: where it is, how to be let in, and how calls to it are made. */
export class HttpService {
  /** As they were given. */
  readonly options: Readonly<HttpServiceOptions>;
  readonly #base: string;
  readonly #query: string;

  /** @throws {SluiceError} `invalid-argument` for an invalid base URL, timeouts or retry policy. */
  constructor(options: HttpServiceOptions) {
    this.options = options;
    checkBaseUrl("baseUrl", options.baseUrl);
    this.#base = options.baseUrl.replace(/(?<!\/)\/+$/, "");
    this.#query = new URLSearchParams(options.query).toString();
    resolveTimeouts(options.timeouts);
    resolveRetry(options.retry);
  }

  /** A request to this service. Later headers win. */
  request(method: HttpRequest["method"], path: string, ...headers: (Headers | undefined)[]): HttpRequest {
    const url = this.#base + path;
    const query = this.#query === "" ? "" : (url.includes("?") ? "&" : "?") + this.#query;
    return { method, url: url + query, headers: lowerCased(headers) };
  }

  /**
   * A call of this service, not yet made.
   *
   * @param defaults limits where neither the model nor the call has any.
   * @throws {SluiceError} `invalid-argument` for invalid timeouts or an invalid retry policy.
   */
  call(model: string, request: HttpRequest, readError: ReadError, options: CallOptions, defaults?: Timeouts): HttpCall {
    const { transport, clock = systemClock, random = Math.random } = this.options;
    return new HttpCall({
      model,
      request,
      readError,
      transport: transport ?? defaultTransport(),
      timeouts: resolveTimeouts(defaults, this.options.timeouts, options.timeouts),
      retry: resolveRetry(this.options.retry, options.retry),
      clock,
      random,
      wire: watchedWire(options.onWire, request),
    });
  }
}

/** @throws {SluiceError} `invalid-argument`, with the name under which it was given. */
export function checkBaseUrl(field: string, baseUrl: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (!usable || url.username !== "" || url.password !== "") {
    throw invalid(field, shownUrl(baseUrl), "an http or https URL without query and credentials");
  }
}

function lowerCased(all: readonly (Headers | undefined)[]): Headers {
  const merged: Record<string, string> = {};
  for (const headers of all) {
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) merged[name.toLowerCase()] = value;
    }
  }
  return merged;
}
