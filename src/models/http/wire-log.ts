import type { WireEvent } from "../../stream/chat-model.js";
import type { SluiceError } from "../../stream/error.js";
import { maskHeaders, maskUrl } from "./mask-secrets.js";
import type { HttpRequest, ResponseHead } from "./transport.js";

let calls = 0;

/** Tells what one call sends and receives, secrets masked. Exists only for calls that somebody watches. */
export class WireLog {
  readonly #tell: (event: WireEvent) => void;
  readonly #id = `call-${++calls}`;
  readonly #began = performance.now();
  #sent = 0;
  #decoder = new TextDecoder();

  constructor(tell: (event: WireEvent) => void) {
    this.#tell = tell;
  }

  /** @param attempt counted from 1. */
  request(request: HttpRequest, attempt: number): void {
    this.#sent = performance.now();
    this.#decoder = new TextDecoder();
    const { method, url, headers, body = "" } = request;
    const masked = { url: maskUrl(url), headers: maskHeaders(headers) };
    const sent = typeof body === "string" ? body : `${body.length} bytes`;
    this.#tell({ type: "request", id: this.#id, attempt, method, ...masked, body: sent });
  }

  response({ status, headers }: ResponseHead): void {
    const durationMs = performance.now() - this.#sent;
    this.#tell({ type: "response", id: this.#id, status, headers: maskHeaders(headers), durationMs });
  }

  body(pieces: readonly Uint8Array[]): void {
    const text = pieces.map((piece) => this.#decoder.decode(piece, { stream: true })).join("");
    this.#tell({ type: "body", id: this.#id, text });
  }

  retry(attempt: number, delayMs: number, error: SluiceError): void {
    this.#tell({ type: "retry", id: this.#id, attempt, delayMs, error });
  }

  error(error: SluiceError): void {
    this.#tell({ type: "error", id: this.#id, error });
  }

  end(): void {
    this.#tell({ type: "end", id: this.#id, durationMs: performance.now() - this.#began });
  }
}

/**
 * The log of a call that `onWire` or `SLUICE_LOG=debug` watches; `undefined` for all others. What `SLUICE_LOG` asks for
 * goes to stderr, one JSON object a line.
 */
export function openWireLog(onWire: ((event: WireEvent) => void) | undefined): WireLog | undefined {
  const printed = typeof process !== "undefined" && process.env?.SLUICE_LOG === "debug";
  if (!printed && onWire === undefined) return undefined;
  return new WireLog((event) => {
    if (printed) process.stderr.write(`sluice ${wireLine(event)}\n`);
    try {
      onWire?.(event);
    } catch (thrown) {
      // As with event listeners: who watches a call does not break it, and is told all the same.
      queueMicrotask(() => {
        throw thrown;
      });
    }
  });
}

/** A wire event as one line of JSON. */
function wireLine(event: WireEvent): string {
  if (!("error" in event)) return JSON.stringify(event);
  const { code, message, status } = event.error;
  return JSON.stringify({ ...event, error: { code, message, status } });
}
