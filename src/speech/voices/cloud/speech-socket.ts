import { type Clock, systemClock } from "../../../base/clock.js";
import { isJsonObject, type JsonObject, parseJson } from "../../../base/json.js";
import { SluiceError } from "../../../stream/error.js";

/** Where a connection goes, and how long is waited for it. */
export interface SpeechSocketOptions {
  /** `wss:` or `ws:`, with its query. */
  url: string;
  /** Sent with the request that opens it. */
  headers?: Readonly<Record<string, string>>;
  /** The voice, for errors. */
  id: string;
  /** Closes it. */
  signal?: AbortSignal | undefined;
  /** Until it is open, in ms. Default 10,000. */
  connectMs?: number;
  /** Between two messages while some are waited for, in ms. Default 20,000. */
  idleMs?: number;
  clock?: Clock | undefined;
}

/** What is used of a WebSocket. */
interface Socket {
  send(data: string): void;
  close(): void;
  addEventListener(type: "open" | "close" | "error", listener: (event: CloseLike) => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

interface CloseLike {
  code?: number;
  reason?: string;
}

/** A WebSocket that carries JSON both ways. */
export class SpeechSocket {
  readonly #socket: Socket;
  readonly #options: SpeechSocketOptions;
  readonly #clock: Clock;
  #arrived: JsonObject[] = [];
  #wake: (() => void) | undefined;
  #failure: SluiceError | undefined;
  #closed = false;

  private constructor(socket: Socket, options: SpeechSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    socket.addEventListener("message", ({ data }) => this.#message(data));
    socket.addEventListener("close", ({ code, reason }) => {
      this.#closed = true;
      const why = reason === undefined || reason === "" ? `code ${code ?? 1006}` : reason;
      this.#fail(
        new SluiceError("truncated", `the connection was closed: ${why}`, { retryable: true, model: options.id }),
      );
    });
  }

  /**
   * Opens a connection.
   *
   * @throws {SluiceError} `connect-failed`, `connect-timeout`, `cancelled`.
   */
  static async open(options: SpeechSocketOptions): Promise<SpeechSocket> {
    const { url, headers = {}, id, signal, connectMs = 10_000, clock = systemClock } = options;
    if (signal?.aborted) throw cancelled(signal, id);
    const { WebSocket } = await import("undici");
    const socket: Socket = new WebSocket(url, { headers });
    const opened = new SpeechSocket(socket, options);
    return new Promise((resolve, reject) => {
      const fail = (error: SluiceError) => {
        callOff();
        opened.close();
        reject(error);
      };
      const callOff = clock.after(connectMs, () => {
        const message = `no connection to ${new URL(url).host} within ${connectMs} ms`;
        fail(new SluiceError("connect-timeout", message, { retryable: true, model: id }));
      });
      const onAbort = () => {
        opened.#fail(cancelled(signal, id));
        // Does nothing once it is open: `next` throws.
        fail(cancelled(signal, id));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      socket.addEventListener("open", () => {
        callOff();
        resolve(opened);
      });
      const refused = () => {
        const message = `${new URL(url).host} could not be reached, or refused the connection`;
        fail(new SluiceError("connect-failed", message, { retryable: true, model: id }));
      };
      socket.addEventListener("error", refused);
      socket.addEventListener("close", refused);
    });
  }

  /** Sends one message. Nothing is sent once it is closed: `next` throws. */
  send(message: JsonObject): void {
    if (!this.#closed) this.#socket.send(JSON.stringify(message));
  }

  /**
   * The next message.
   *
   * @throws {SluiceError} `truncated` when the connection was closed; `idle-timeout`, `malformed-frame`, `cancelled`.
   */
  async next(): Promise<JsonObject> {
    const { idleMs = 20_000, id } = this.#options;
    for (;;) {
      const message = this.#arrived.shift();
      if (message !== undefined) return message;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        const callOff = this.#clock.after(idleMs, () => {
          this.#fail(new SluiceError("idle-timeout", `no message within ${idleMs} ms`, { retryable: true, model: id }));
        });
        this.#wake = () => {
          callOff();
          resolve();
        };
      });
    }
  }

  /** Closes it; what comes is dropped. */
  close(): void {
    if (!this.#closed) this.#socket.close();
    this.#closed = true;
  }

  #message(data: unknown): void {
    try {
      const message = parseJson(String(data));
      if (!isJsonObject(message)) throw new Error("it is no object");
      this.#arrived.push(message);
    } catch (cause) {
      const frame = String(data).slice(0, 500);
      this.#fail(
        new SluiceError("malformed-frame", "a message is not a JSON object", { frame, cause, model: this.#options.id }),
      );
    }
    this.#wake?.();
  }

  #fail(error: SluiceError): void {
    this.#failure ??= error;
    this.#wake?.();
  }
}

function cancelled(signal: AbortSignal | undefined, model: string): SluiceError {
  return new SluiceError("cancelled", "the synthesis was cancelled", { cause: signal?.reason, model });
}
