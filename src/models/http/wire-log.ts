import type { WireEvent } from "../../stream/chat-model.js";
import { messageOf, type SluiceError } from "../../stream/error.js";
import { maskHeaders, maskUrl } from "./mask-secrets.js";
import { type RedactedPieces, Redactor } from "./redactor.js";
import type { HttpRequest, ResponseHead } from "./transport.js";
import { isWirePrinted } from "./watched-wire.js";

let calls = 0;

/** Reports what one call sends and receives, secrets masked. Exists only for calls that somebody watches. */
export class WireLog {
  readonly #report: (event: WireEvent) => void;
  readonly #id = `call-${++calls}`;
  readonly #began = performance.now();
  #sent = 0;
  #decoder = new TextDecoder();
  readonly #redactor: Redactor;
  #pieces: RedactedPieces;

  constructor(report: (event: WireEvent) => void, redactor: Redactor) {
    this.#report = report;
    this.#redactor = redactor;
    this.#pieces = redactor.pieces();
  }

  /** @param attempt counted from 1. */
  request(request: HttpRequest, attempt: number): void {
    this.#sent = performance.now();
    this.#decoder = new TextDecoder();
    const { method, url, headers, body = "" } = request;
    this.#pieces = this.#redactor.pieces();
    const masked = { url: this.#redactor.text(maskUrl(url)), headers: this.#headers(headers) };
    const sent = typeof body === "string" ? this.#redactor.text(body) : `${body.length} bytes`;
    this.#report({ type: "request", id: this.#id, attempt, method, ...masked, body: sent });
  }

  response({ status, headers }: ResponseHead): void {
    const durationMs = performance.now() - this.#sent;
    this.#report({ type: "response", id: this.#id, status, headers: this.#headers(headers), durationMs });
  }

  body(pieces: readonly Uint8Array[]): void {
    const text = pieces.map((piece) => this.#decoder.decode(piece, { stream: true })).join("");
    const masked = this.#pieces.push(text);
    if (masked !== "") this.#report({ type: "body", id: this.#id, text: masked });
  }

  retry(attempt: number, delayMs: number, error: SluiceError): void {
    this.#report({ type: "retry", id: this.#id, attempt, delayMs, error: this.#redactor.error(error) });
  }

  error(error: SluiceError): void {
    this.#flush();
    this.#report({ type: "error", id: this.#id, error: this.#redactor.error(error) });
  }

  end(): void {
    this.#flush();
    this.#report({ type: "end", id: this.#id, durationMs: performance.now() - this.#began });
  }

  #flush(): void {
    const left = this.#pieces.end();
    if (left !== "") this.#report({ type: "body", id: this.#id, text: left });
  }

  #headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    const masked = Object.entries(maskHeaders(headers));
    return Object.fromEntries(masked.map(([name, value]) => [name, this.#redactor.text(value)]));
  }
}

/**
 * The log of a call that `onWire` or `SLUICE_LOG=debug` watches; `undefined` for all others. What `SLUICE_LOG` asks for
 * goes to stderr, one JSON object a line.
 */
export function openWireLog(
  onWire: ((event: WireEvent) => void) | undefined,
  request: Pick<HttpRequest, "url" | "headers">,
): WireLog | undefined {
  const printed = isWirePrinted();
  if (!printed && onWire === undefined) return undefined;
  return new WireLog((event) => {
    if (printed) process.stderr.write(`sluice ${wireLine(event)}\n`);
    watch(onWire, event);
  }, new Redactor(request));
}

/** Who watches a call does not break it, however it fails: that is a warning of the process, given once for each event. */
function watch(onWire: ((event: WireEvent) => unknown) | undefined, event: WireEvent): void {
  try {
    const result = onWire?.(event);
    if (result instanceof Promise) result.catch(warn);
  } catch (thrown) {
    warn(thrown);
  }
}

function warn(thrown: unknown): void {
  const message = `onWire threw: ${messageOf(thrown)}`;
  if (typeof process !== "undefined" && typeof process.emitWarning === "function") {
    process.emitWarning(message, "SluiceWarning");
  } else globalThis.reportError?.(new Error(message));
}

/** A wire event as one line of JSON. */
function wireLine(event: WireEvent): string {
  if (!("error" in event)) return JSON.stringify(event);
  const { code, message, status } = event.error;
  return JSON.stringify({ ...event, error: { code, message, status } });
}
