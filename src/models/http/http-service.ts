import { type Clock, systemClock } from "../../base/clock.js";
import type { JsonValue } from "../../base/json.js";
import { onAbort } from "../../base/on-abort.js";
import type { ErrorResponse } from "../../dialects/dialect.js";
import type { CallOptions, RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { resolveTimeouts } from "./deadlines.js";
import { defaultTimeouts } from "./default-timeouts.js";
import { defaultTransport } from "./default-transport.js";
import { HttpCall } from "./http-call.js";
import { maskUrl } from "./mask-secrets.js";
import { Redactor } from "./redactor.js";
import { resolveRetry } from "./retry.js";
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
  /** Of each call, unless the call has its own. */
  timeouts?: Timeouts;
  /** Of each call, unless the call has its own. */
  retry?: RetryPolicy;
  /** Default: the system's. */
  clock?: Clock;
  /** From 0 to 1; spreads retries. Default `Math.random`. */
  random?: () => number;
}

type Headers = Readonly<Record<string, string>>;

/** A service behind HTTP: where it is, how to be let in, and how calls to it are made. */
export class HttpService {
  readonly #options: HttpServiceOptions;
  readonly #base: string;
  readonly #query: string;

  /** @throws {SluiceError} `invalid-argument` for an invalid base URL, timeouts or retry policy. */
  constructor(options: HttpServiceOptions) {
    this.#options = options;
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
  call(
    model: string,
    request: HttpRequest,
    readError: (response: ErrorResponse) => SluiceError,
    options: CallOptions,
    defaults?: Timeouts,
  ): HttpCall {
    const { transport, clock = systemClock, random = Math.random } = this.#options;
    const redactor = new Redactor(request);
    return new HttpCall({
      model,
      request,
      readError,
      transport: transport ?? defaultTransport(),
      timeouts: resolveTimeouts(defaults, this.#options.timeouts, options.timeouts),
      retry: resolveRetry(this.#options.retry, options.retry),
      clock,
      random,
      redactor,
      wire: watchedWire(options.onWire, redactor),
    });
  }

  /**
   * Reads JSON.
   *
   * @throws {SluiceError} as a call does; `malformed-frame` for anything but JSON.
   */
  async getJson(
    model: string,
    path: string,
    readError: (response: ErrorResponse) => SluiceError,
    options: CallOptions,
  ): Promise<JsonValue> {
    const { headers } = options;
    const request = this.request("GET", path, { accept: "application/json" }, this.#options.headers, headers);
    return this.#readJson(this.call(model, request, readError, options), options.signal, MAX_JSON_BYTES);
  }

  /**
   * Sends JSON and reads JSON.
   *
   * @param options `maxBytes`: the longest answer. Default 16 MiB.
   * @throws {SluiceError} as a call does; `malformed-frame` for anything but JSON, `frame-too-large` for an answer that is too long.
   */
  async postJson(
    model: string,
    path: string,
    body: JsonValue,
    readError: (response: ErrorResponse) => SluiceError,
    options: CallOptions & { maxBytes?: number },
  ): Promise<JsonValue> {
    const { headers, maxBytes = MAX_JSON_BYTES } = options;
    const json = { accept: "application/json", "content-type": "application/json" };
    const request = this.request("POST", path, json, this.#options.headers, headers);
    const limits = defaultTimeouts({
      nearBy: this.#options.nearBy ?? false,
      model,
      streaming: false,
      reasoning: false,
    });
    const call = this.call(model, { ...request, body: JSON.stringify(body) }, readError, options, limits);
    return this.#readJson(call, options.signal, maxBytes);
  }

  async #readJson(call: HttpCall, signal: AbortSignal | undefined, maxBytes: number): Promise<JsonValue> {
    const cancel = () => call.cancel(new SluiceError("cancelled", "the call was cancelled", { cause: signal?.reason }));
    const callOff = signal === undefined ? undefined : onAbort(signal, cancel);
    try {
      if (signal?.aborted) cancel();
      return await call.run(async () => {
        const body = await call.readJson(maxBytes);
        call.finish();
        return body;
      });
    } finally {
      callOff?.();
    }
  }
}

/** The longest list of models and the like, in bytes. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** @throws {SluiceError} `invalid-argument`, with the name under which it was given. */
export function checkBaseUrl(field: string, baseUrl: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (!usable || url.username !== "" || url.password !== "") {
    throw invalid(field, maskUrl(baseUrl), "an http or https URL without query and credentials");
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
