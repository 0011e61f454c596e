import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, MessageExtraInfo } from "@modelcontextprotocol/sdk/types.js";
import type { Clock } from "../../base/clock.js";
import { isJsonObject } from "../../base/json.js";

type RequestId = string | number;

/** Ms for the SDK to read what had come when a body ended. */
const READING_MS = 50;
/** The code of the SDK for a connection that was closed. */
const CONNECTION_CLOSED = -32_000;
/** The line of a server-sent event that makes its stream one to resume (HTML, section 9.2.6). */
const EVENT_ID = /(?:^|[\r\n])id:/;
const EVENT_STREAM = /^\s*text\/event-stream\b/i;

/**
 * Knows which requests wait for an answer, and fails those whose answer cannot come any more: the body that was to bring it
 * ended without it, and the server does not let clients resume, or does not go on when they do.
 */
export class PendingRequests {
  readonly #resumeMs: number;
  readonly #clock: Clock;
  readonly #waiting = new Set<RequestId>();
  /** Of those whose stream broke off: how to call off their end. */
  readonly #broken = new Map<RequestId, () => void>();
  #transport: Transport | undefined;
  #deliver: Transport["onmessage"];

  /** @param resumeMs ms that a server has to go on with an answer that broke off. */
  constructor(resumeMs: number, clock: Clock) {
    this.#resumeMs = resumeMs;
    this.#clock = clock;
  }

  /** The same transport, its requests and their answers counted. */
  follow(transport: Transport): Transport {
    this.#transport = transport;
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      const id = "id" in message && "method" in message ? message.id : undefined;
      if (id !== undefined) this.#waiting.add(id);
      if ("method" in message && message.method === "notifications/cancelled") {
        this.#settle(message.params?.requestId as RequestId);
      }
      try {
        await send(message, options);
      } catch (thrown) {
        if (id !== undefined) this.#settle(id);
        throw thrown;
      }
    };
    const receive: NonNullable<Transport["onmessage"]> = (message, extra) => this.#receive(message, extra);
    // The client sets its handlers of messages when it connects.
    Object.defineProperty(transport, "onmessage", {
      get: () => this.#deliver && receive,
      set: (deliver: Transport["onmessage"]) => {
        this.#deliver = deliver;
      },
    });
    return transport;
  }

  /** The response to a request, its body watched. */
  watch(init: RequestInit | undefined, response: Response): Response {
    const resumes = new Headers(init?.headers).has("last-event-id");
    const id = init?.method === "POST" ? requestIdOf(init.body) : undefined;
    if (resumes && response.status === 405) this.#failBroken("the server does not let clients resume");
    if (id === undefined || !response.ok) return response;
    const isStream = EVENT_STREAM.test(response.headers.get("content-type") ?? "");
    if (response.body === null || response.status === 202) {
      this.#ended(id, false, "it was accepted without an answer");
      return response;
    }
    const body = watched(response.body, (resumable, why) => this.#ended(id, resumable && isStream, why));
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  }

  #receive(message: JSONRPCMessage, extra?: MessageExtraInfo): void {
    if (!("method" in message) && message.id !== undefined) this.#settle(message.id);
    // Whatever comes, the server goes on.
    else for (const [id] of this.#broken) this.#expect(id);
    this.#deliver?.(message, extra);
  }

  #settle(id: RequestId): void {
    this.#waiting.delete(id);
    this.#broken.get(id)?.();
    this.#broken.delete(id);
  }

  /** A body has ended. What it brought is being read yet. */
  #ended(id: RequestId, resumable: boolean, why: string): void {
    if (!this.#waiting.has(id)) return;
    const wait = resumable ? this.#resumeMs : READING_MS;
    this.#expect(id, wait, why);
  }

  /** Fails a request unless its answer, or a sign of it, comes in time. */
  #expect(id: RequestId, ms = this.#resumeMs, why = "the server did not go on with it"): void {
    this.#broken.get(id)?.();
    this.#broken.set(
      id,
      this.#clock.after(ms, () => this.#fail(id, why)),
    );
  }

  #failBroken(why: string): void {
    for (const [id] of this.#broken) this.#fail(id, why);
  }

  #fail(id: RequestId, why: string): void {
    if (!this.#waiting.has(id)) return;
    this.#settle(id);
    const message = `the server's answer broke off: ${why}`;
    this.#deliver?.({ jsonrpc: "2.0", id, error: { code: CONNECTION_CLOSED, message } });
    this.#transport?.onerror?.(new Error(message));
  }
}

function requestIdOf(body: RequestInit["body"]): RequestId | undefined {
  if (typeof body !== "string") return undefined;
  try {
    const message: unknown = JSON.parse(body);
    if (!isJsonObject(message) || typeof message.method !== "string") return undefined;
    const { id } = message;
    return typeof id === "string" || typeof id === "number" ? id : undefined;
  } catch {
    return undefined;
  }
}

/** A body that tells how it ended, and whether events with ids were in it. */
function watched(
  body: ReadableStream<Uint8Array>,
  ended: (resumable: boolean, why: string) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let resumable = false;
  let tail = "";
  const look = (bytes: Uint8Array) => {
    if (resumable) return;
    const text = tail + decoder.decode(bytes, { stream: true });
    resumable = EVENT_ID.test(text);
    tail = text.slice(-3);
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          look(value);
          controller.enqueue(value);
          return;
        }
        ended(resumable, "its body ended without the answer");
        controller.close();
      } catch (thrown) {
        ended(resumable, "its connection was lost");
        controller.error(thrown);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
