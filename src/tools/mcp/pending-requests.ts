import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, MessageExtraInfo } from "@modelcontextprotocol/sdk/types.js";
import type { Clock } from "../../base/clock.js";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import { SseReader } from "../../stream/framing/sse-reader.js";
import { answerProblem, INTERNAL_ERROR } from "./failed-answer.js";
import { LONGEST_MESSAGE } from "./message-lines.js";

type RequestId = string | number;

/** Ms for the SDK to read what had come when a body ended, or before what is no message. */
const READING_MS = 50;
/** The code of the SDK for a connection that was closed. */
const CONNECTION_CLOSED = -32_000;
const BROKE_OFF = "the server's answer broke off";
const EVENT_STREAM = /^\s*text\/event-stream\b/i;

/**
 * Knows which requests wait for an answer, and fails those whose answer cannot come any more: the body that was to bring it
 * ended without it, and the server does not let clients resume, or does not go on when they do; or the stream brought what is
 * no answer in its place, which the SDK passes over.
 */
export class PendingRequests {
  readonly #read: (value: JsonValue) => JSONRPCMessage;
  readonly #resumeMs: number;
  readonly #clock: Clock;
  readonly #waiting = new Set<RequestId>();
  /** Of those whose stream broke off: how to call off their end. */
  readonly #broken = new Map<RequestId, () => void>();
  #transport: Transport | undefined;
  #deliver: Transport["onmessage"];

  /**
   * @param read reads a value as a message; throws if it is not one.
   * @param resumeMs ms that a server has to go on with an answer that broke off.
   */
  constructor(read: (value: JsonValue) => JSONRPCMessage, resumeMs: number, clock: Clock) {
    this.#read = read;
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
    const body = watched(response.body, {
      event: (data) => isStream && this.#check(id, data),
      ended: (resumable, why) => this.#ended(id, resumable && isStream, why),
    });
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  }

  /** Nobody waits for the answer to a request any more. */
  forget(id: RequestId): void {
    this.#settle(id);
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

  /** What stands in the place of an answer ends the wait for it, whether the stream goes on or not. */
  #check(id: RequestId, data: string): void {
    if (!this.#waiting.has(id)) return;
    const problem = answerProblem(data, this.#read, (answered) => this.#waiting.has(answered));
    if (problem !== undefined) this.#clock.after(READING_MS, () => this.#fail(id, problem, INTERNAL_ERROR));
  }

  /** Fails a request unless its answer, or a sign of it, comes in time. */
  #expect(id: RequestId, ms = this.#resumeMs, why = "the server did not go on with it"): void {
    this.#broken.get(id)?.();
    this.#broken.set(
      id,
      this.#clock.after(ms, () => this.#fail(id, `${BROKE_OFF}: ${why}`)),
    );
  }

  #failBroken(why: string): void {
    for (const [id] of this.#broken) this.#fail(id, `${BROKE_OFF}: ${why}`);
  }

  #fail(id: RequestId, message: string, code = CONNECTION_CLOSED): void {
    if (!this.#waiting.has(id)) return;
    this.#settle(id);
    this.#deliver?.({ jsonrpc: "2.0", id, error: { code, message } });
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

/** Who watches a body. */
interface BodyWatcher {
  /** A server-sent event of the default type. */
  event(data: string): void;
  /** @param resumable whether events had ids, which makes their stream one to resume (HTML, section 9.2.6). */
  ended(resumable: boolean, why: string): void;
}

/** A body that tells what stands in it, and how it ended. */
function watched(body: ReadableStream<Uint8Array>, watcher: BodyWatcher): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const framing = new SseReader({ maxFrameLength: LONGEST_MESSAGE });
  const look = (bytes: Uint8Array) =>
    framing.push(bytes, ({ event = "message", data }) => {
      if (event === "message" && data !== "") watcher.event(data);
    });
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          look(value);
          controller.enqueue(value);
          return;
        }
        watcher.ended(framing.lastEventId !== undefined, "its body ended without the answer");
        controller.close();
      } catch (thrown) {
        watcher.ended(framing.lastEventId !== undefined, "its connection was lost");
        controller.error(thrown);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
