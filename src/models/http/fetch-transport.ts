import { callable, exactly } from "../../stream/checks.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { fetchFailureOf } from "./fetch-failure.js";
import {
  type Exchange,
  type HttpRequest,
  REST_BYTES,
  REST_MS,
  type ResponseHead,
  type Transport,
} from "./transport.js";

/** Settings of `fetchTransport`. */
export interface FetchTransportOptions {
  /** Default: the platform's. */
  fetch?: typeof globalThis.fetch;
}

const OPTIONS = exactly("fetchTransport", { fetch: callable });

/**
 * HTTP through `fetch`, for browsers and other platforms. It cannot tell when a connection stands, so the time to connect
 * counts towards the first byte. Proxies and connections are the platform's affair.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  OPTIONS(options, "");
  return {
    open(request) {
      // Looked up at each call, since applications put their own in its place.
      return new FetchExchange(request, options.fetch ?? globalThis.fetch);
    },
  };
}

class FetchExchange implements Exchange {
  head: ResponseHead | undefined;
  over = false;
  failure: SluiceError | undefined;
  readonly #url: string;
  readonly #abort = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #piece: Uint8Array | undefined;
  #reading = false;
  /** Whether any of the body has come. */
  #begun = false;
  #wake: (() => void) | undefined;

  constructor(request: HttpRequest, fetch: typeof globalThis.fetch) {
    this.#url = request.url;
    request.onConnect?.();
    void this.#send(request, fetch);
  }

  take(): readonly Uint8Array[] {
    const piece = this.#piece;
    if (piece === undefined) return [];
    this.#piece = undefined;
    return [piece];
  }

  wait(): Promise<void> | undefined {
    if (this.#piece !== undefined || this.over) return undefined;
    if (this.#reader !== undefined && !this.#reading) void this.#read(this.#reader);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  release(): void {
    if (!this.over) void this.#drop();
  }

  close(failure: SluiceError): void {
    if (this.over) return;
    this.#end(failure);
    this.#abort.abort(failure);
  }

  async #send(request: HttpRequest, fetch: typeof globalThis.fetch): Promise<void> {
    const { method, headers, body } = request;
    try {
      checkHeaders(headers);
      // A browser says its own encodings, whatever is asked.
      const asked = { "accept-encoding": "identity", ...headers };
      const init: RequestInit = { method, headers: asked, redirect: "manual", signal: this.#abort.signal };
      const response = await fetch(request.url, body === undefined ? init : { ...init, body });
      if (this.over) return;
      // A browser hides where a redirect leads and even its status.
      const status = response.type === "opaqueredirect" ? 302 : response.status;
      this.head = { status, headers: Object.fromEntries(response.headers) };
      this.#reader = response.body?.getReader();
      if (this.#reader === undefined) this.#end(undefined);
      else this.#notify();
    } catch (error) {
      this.#fail(error, false);
    }
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      const { done, value } = await reader.read();
      if (this.over) return;
      if (done) this.#end(undefined);
      else if (!this.#begun && isGzip(value)) {
        this.#reader = gunzipped(value, reader).getReader();
        this.#begun = true;
        await this.#read(this.#reader);
      } else {
        this.#begun = true;
        this.#reading = false;
        this.#piece = value;
        this.#notify();
      }
    } catch (error) {
      this.#fail(error, true);
    }
  }

  async #drop(): Promise<void> {
    const failure = new SluiceError("cancelled", "the answer was over and its connection was not");
    const timer = setTimeout(() => this.close(failure), REST_MS);
    let dropped = 0;
    while (!this.over && dropped <= REST_BYTES) {
      await this.wait();
      for (const piece of this.take()) dropped += piece.length;
    }
    clearTimeout(timer);
    this.close(failure);
  }

  #fail(error: unknown, reading: boolean): void {
    if (!this.over) this.#end(fetchFailureOf(error, this.#url, reading));
  }

  #end(failure: SluiceError | undefined): void {
    this.over = true;
    this.failure = failure;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Whether a body begins as gzip does, which no text does: the platform undoes what is labelled, and nothing else. */
function isGzip(piece: Uint8Array): boolean {
  return piece[0] === 0x1f && piece[1] === 0x8b;
}

function gunzipped(
  first: Uint8Array,
  rest: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array<ArrayBufferLike>> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start: (controller) => controller.enqueue(Uint8Array.from(first)),
      async pull(controller) {
        const { done, value } = await rest.read();
        if (done) controller.close();
        else controller.enqueue(Uint8Array.from(value));
      },
      cancel: (reason) => rest.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return body.pipeThrough(new DecompressionStream("gzip"));
}

/** @throws {SluiceError} `invalid-argument` for what no header can carry: `fetch` says so as if it were no connection. */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  try {
    new Headers({ ...headers });
  } catch (cause) {
    const why = messageOf(cause);
    throw new SluiceError("invalid-argument", `the request cannot be sent: ${why}`, { cause });
  }
}
