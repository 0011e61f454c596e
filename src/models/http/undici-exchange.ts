import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import type { Clock } from "../../base/clock.js";
import { SluiceError } from "../../stream/error.js";
import { BodyDecoding, type DecodedBody } from "./body-decoding.js";
import { type Exchange, HELD_BYTES, type HttpRequest, REST_BYTES, REST_MS, type ResponseHead } from "./transport.js";
import { dispatchTo } from "./undici-dispatchers.js";
import { failureOf } from "./undici-failure.js";

type Controller = Dispatcher.DispatchController;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

const NOTHING: readonly Uint8Array[] = [];

/** One request through undici. It is undici's handler as well, so that nothing lies between the parser and the reader. */
export class UndiciExchange implements Exchange, Dispatcher.DispatchHandler, DecodedBody {
  head: ResponseHead | undefined;
  over = false;
  failure: SluiceError | undefined;
  readonly #request: HttpRequest;
  readonly #clock: Clock;
  #controller: Controller | undefined;
  #socket: Socket | undefined;
  #pieces: Uint8Array[] = [];
  #buffered = 0;
  #wake: (() => void) | undefined;
  #decoding: BodyDecoding | undefined;
  /** Bytes that may still be dropped after a release. */
  #rest: number | undefined;
  #stopRest: (() => void) | undefined;

  constructor(request: HttpRequest, clock: Clock) {
    this.#request = request;
    this.#clock = clock;
  }

  /** Sends the request. */
  dispatch(dispatcher: Dispatcher, url: URL): void {
    const { method, headers, body } = this.#request;
    const options: Dispatcher.DispatchOptions = {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      // Without it a server may answer in any encoding.
      headers: { "accept-encoding": "identity", ...headers },
      body: body ?? null,
    };
    dispatchTo(dispatcher, options, this, (socket) => {
      this.#socket = socket;
    });
  }

  take(): readonly Uint8Array[] {
    if (this.#buffered === 0) return NOTHING;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#buffered = 0;
    return pieces;
  }

  wait(): Promise<void> | undefined {
    // A paused parser that is resumed may deliver at once.
    if (this.#buffered === 0 && this.#decoding !== undefined) this.#decoding.paused = false;
    if (this.#buffered === 0 && this.#controller?.paused) this.#controller.resume();
    if (this.#buffered > 0 || this.over) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  release(): void {
    if (this.over) return;
    this.#rest = REST_BYTES - this.#buffered;
    this.take();
    this.#stopRest = this.#clock.after(REST_MS, () => this.#closeRest());
    if (this.#controller?.paused) this.#controller.resume();
  }

  close(failure: SluiceError): void {
    if (this.over) return;
    this.#end(failure);
    if (this.#controller !== undefined) this.#controller.abort(failure);
    else this.#socket?.destroy(failure);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    this.#socket = undefined;
    // Given up while the connection was being made.
    if (this.failure !== undefined) controller.abort(this.failure);
    else this.#request.onConnect?.();
  }

  onResponseStart(controller: Controller, status: number, headers: Headers): void {
    if (this.over || status < 200) return;
    const label = headers["content-encoding"];
    this.#decoding = new BodyDecoding(typeof label === "string" ? label : "", this);
    this.head = { status, headers: joined(headers) };
    // undici's own copy would hold the memory of the whole first network read.
    controller.rawHeaders = null;
    this.#notify();
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.over) return;
    if (this.#rest !== undefined) {
      this.#rest -= chunk.length;
      if (this.#rest < 0) this.#closeRest();
      return;
    }
    this.#decoding?.push(chunk);
    if (this.#buffered >= HELD_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    if (!this.over) this.#decoding?.end();
  }

  /** Takes bytes of the decoded body. */
  piece(bytes: Uint8Array): void {
    if (this.over || this.#rest !== undefined) return;
    this.#pieces.push(bytes);
    this.#buffered += bytes.length;
    if (this.#buffered >= HELD_BYTES && this.#decoding !== undefined) this.#decoding.paused = true;
    this.#notify();
  }

  /** The decoded body is over. */
  end(): void {
    if (!this.over) this.#end(undefined);
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.over) return;
    const phase = this.#controller === undefined ? "connecting" : this.head === undefined ? "waiting" : "reading";
    this.#end(failureOf(error, phase, this.#request.url));
  }

  #end(failure: SluiceError | undefined): void {
    this.over = true;
    this.failure = failure;
    this.#stopRest?.();
    if (failure !== undefined) this.#decoding?.close();
    this.#notify();
  }

  #closeRest(): void {
    this.close(new SluiceError("cancelled", "the answer was over and its connection was not"));
  }

  #notify(): void {
    const wake = this.#wake;
    if (wake === undefined) return;
    this.#wake = undefined;
    wake();
  }
}

function joined(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) result[name] = typeof value === "string" ? value : value.join(", ");
  }
  return result;
}
