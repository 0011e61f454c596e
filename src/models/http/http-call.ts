import type { Clock } from "../../base/clock.js";
import type { ErrorResponse } from "../../dialects/dialect.js";
import type { RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import type { TextDecoding } from "../../stream/framing/text-decoding.js";
import { Deadlines } from "./deadlines.js";
import { plainFailure, redirected } from "./plain-failure.js";
import { retryDelay } from "./retry.js";
import type { Exchange, HttpRequest, ResponseHead, Transport } from "./transport.js";
import type { WireLog } from "./wire-log.js";

/** Everything that one call needs. */
export interface HttpCallSettings {
  /** The model as people name it; errors carry it. */
  model: string;
  request: HttpRequest;
  transport: Transport | Promise<Transport>;
  timeouts: Readonly<Required<Timeouts>>;
  retry: Readonly<Required<RetryPolicy>>;
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
  /** Opens the log of a call that somebody watches, before it is sent. */
  wire: (() => Promise<WireLog | undefined>) | undefined;
  readError: ReadError;
}

/** The error that an answer other than a success means. */
export type ReadError = (response: ErrorResponse) => SluiceError | Promise<SluiceError>;

/** An answer whose head has come. */
export interface BegunAnswer {
  head: ResponseHead;
  /** How its bytes become text, where the transport knows better than the framing. */
  decoding: TextDecoding | undefined;
}

/** How much of an error's body is read, in bytes. */
const MAX_ERROR_BYTES = 1024 * 1024;

/**
 * One HTTP call: its attempts, its limits and its end. It hands out the bytes of the attempt that succeeded.
 */
export class HttpCall {
  readonly #settings: HttpCallSettings;
  #deadlines: Deadlines | undefined;
  #wire: WireLog | undefined;
  #exchange: Exchange | undefined;
  #returned: Uint8Array[] = [];
  /** Set when no further attempt may follow: the caller left, or the total limit is over. */
  #stopped: SluiceError | undefined;
  #ended = false;
  #wakeUp: (() => void) | undefined;

  constructor(settings: HttpCallSettings) {
    this.#settings = settings;
  }

  /**
   * Sends the request, again where that may help, until `use` has made something of the answer.
   *
   * @throws {SluiceError} the last attempt's failure, as `fail` gives it.
   */
  async run<T>(use: (begun: BegunAnswer) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await use(await this.send(attempt));
      } catch (thrown) {
        await this.pause(SluiceError.from(thrown, "protocol"), attempt);
      }
    }
  }

  /**
   * Sends the request once and waits for the head of its answer.
   *
   * @param attempt counted from 1.
   * @throws {SluiceError} what the answer says where it is no success.
   */
  async send(attempt: number): Promise<BegunAnswer> {
    const { transport: given, wire, timeouts, clock } = this.#settings;
    const transport = given instanceof Promise ? await given : given;
    if (wire !== undefined) this.#wire ??= await wire();
    if (this.#stopped !== undefined) throw await this.#stop(this.#stopped);
    this.#deadlines ??= new Deadlines(timeouts, clock, (error) => this.#expire(error));
    const head = await this.#send(transport, this.#deadlines, attempt);
    return { head, decoding: transport.decoding?.() };
  }

  /**
   * An attempt failed: closes its connection and waits until the next one may be made.
   *
   * @throws {SluiceError} where none may, as `fail` gives it.
   */
  async pause(error: SluiceError, attempt: number): Promise<void> {
    const { retry, random } = this.#settings;
    const delay = this.#stopped === undefined ? retryDelay(error, attempt, retry, random) : undefined;
    if (delay === undefined) throw await this.fail(error);
    this.#exchange?.close(error);
    this.#deadlines?.pause();
    this.#wire?.retry(attempt + 1, delay, error);
    await this.#sleep(delay);
    if (this.#stopped !== undefined) throw await this.#stop(this.#stopped, error);
  }

  /** Gives back bytes that were taken: they are the next that are taken. */
  putBack(pieces: readonly Uint8Array[]): void {
    this.#returned = [...pieces, ...this.#returned];
  }

  /** The bytes that arrived and were not taken yet. */
  take(): readonly Uint8Array[] {
    if (this.#returned.length > 0) return this.#returned.splice(0);
    const pieces = this.#exchange?.take() ?? [];
    if (pieces.length > 0) {
      this.#deadlines?.arrived();
      this.#wire?.body(pieces);
    }
    return pieces;
  }

  /**
   * Waits for more of the answer; `undefined` when there is something to take, or nothing more to come.
   *
   * @param ending whether the answer has its finish reason, so that it need not go on.
   */
  wait(ending = false): Promise<void> | undefined {
    if (this.#returned.length > 0) return undefined;
    const wait = this.#exchange?.wait();
    if (wait !== undefined) this.#deadlines?.waiting(ending);
    return wait;
  }

  /** Whether nothing more will come; what arrived may still wait to be taken. */
  get over(): boolean {
    return this.#exchange?.over ?? false;
  }

  /** Why nothing more will come, when the answer was not sent to its end. */
  get failure(): SluiceError | undefined {
    return this.#exchange?.failure;
  }

  /**
   * The rest of the body as text.
   *
   * @throws {SluiceError} when the body is cut off, and `frame-too-large` beyond `maxBytes`.
   */
  async readText(maxBytes: number): Promise<string> {
    const { text, failure } = await this.#readText(maxBytes);
    if (failure !== undefined) throw failure;
    return text;
  }

  /** The answer is complete: what follows it is dropped, and the connection may be used again. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadlines?.stop();
    this.#exchange?.release();
    this.#wire?.end();
  }

  /** The call has failed for good. The connection closes at once. Gives the error with the model's name and without secrets. */
  async fail(failure: SluiceError): Promise<SluiceError> {
    const { model, request } = this.#settings;
    const named = failure.model === undefined ? failure.with({ model }) : failure;
    this.#close(named);
    try {
      const { Redactor } = await import("./redactor.js");
      return new Redactor(request).error(named);
    } catch {
      return plainFailure(named, request);
    }
  }

  #close(error: SluiceError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadlines?.stop();
    this.#exchange?.close(error);
    this.#wire?.error(error);
  }

  /** The caller leaves. */
  cancel(error: SluiceError): void {
    if (this.#ended) return;
    this.#stopped = error;
    const { model } = this.#settings;
    this.#close(error.model === undefined ? error.with({ model }) : error);
    this.#wakeUp?.();
  }

  async #send(transport: Transport, deadlines: Deadlines, attempt: number): Promise<ResponseHead> {
    const { request } = this.#settings;
    this.#wire?.request(request, attempt);
    deadlines.connecting();
    this.#returned = [];
    const exchange = transport.open({ ...request, onConnect: () => deadlines.connected() });
    this.#exchange = exchange;
    while (exchange.head === undefined && !exchange.over) await exchange.wait();
    const { head } = exchange;
    if (head === undefined) throw exchange.failure ?? new SluiceError("truncated", "no answer", { retryable: true });
    this.#wire?.response(head);
    if (head.status < 200 || head.status >= 300) throw await this.#refusal(head);
    return head;
  }

  async #refusal(head: ResponseHead): Promise<SluiceError> {
    if (head.status >= 300 && head.status < 400) return redirected(head, this.#settings.request.url);
    const { text, failure } = await this.#readText(MAX_ERROR_BYTES);
    if (this.#stopped !== undefined) return this.#stopped;
    // An error that was cut off still says more than the cut.
    if (failure !== undefined && text === "") return failure;
    return this.#settings.readError({ ...head, body: text });
  }

  async #readText(maxBytes: number): Promise<{ text: string; failure: SluiceError | undefined }> {
    const decoder = new TextDecoder();
    const texts: string[] = [];
    let bytes = 0;
    for (;;) {
      const pieces = this.take();
      for (const piece of pieces) {
        bytes += piece.length;
        texts.push(decoder.decode(piece, { stream: true }));
      }
      if (bytes > maxBytes) {
        const failure = new SluiceError("frame-too-large", `the answer is longer than ${maxBytes} bytes`);
        this.#exchange?.close(failure);
        return { text: texts.join(""), failure };
      }
      if (pieces.length > 0) continue;
      if (this.over) return { text: texts.join("") + decoder.decode(), failure: this.failure };
      await this.wait();
    }
  }

  #expire(error: SluiceError): void {
    if (error.code === "total-timeout") this.#stopped = error;
    this.#exchange?.close(error);
    this.#wakeUp?.();
  }

  #stop(stopped: SluiceError, cause?: SluiceError): Promise<SluiceError> {
    const why = stopped.cause ?? cause;
    return this.fail(why === undefined ? stopped : stopped.with({ cause: why }));
  }

  async #sleep(ms: number): Promise<void> {
    const { clock } = this.#settings;
    await new Promise<void>((resolve) => {
      const takeBack = clock.after(ms, resolve);
      this.#wakeUp = () => {
        takeBack();
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }
}
