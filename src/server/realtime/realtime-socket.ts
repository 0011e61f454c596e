import type { RawData, WebSocket } from "ws";
import { type JsonObject, parseJson } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { runSource } from "../../runs/run-source.js";
import { errorObject, RealtimeRefusal } from "../../speech/realtime/realtime-error.js";
import { RealtimeSession, type RealtimeSessionOptions } from "../../speech/realtime/realtime-session.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import type { ServerCall } from "../call.js";
import type { Caller } from "../protect/caller.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { socketCall } from "../socket-call.js";
import { startServed } from "../start-served.js";

/** Where the socket is asked for, as OpenAI has it. */
export const REALTIME_PATH = "/v1/realtime";
/** What may wait for a client that does not read, in bytes; with more it is closed. */
const MAX_UNREAD_BYTES = 16 * 1_024 * 1_024;

/** What a socket needs for its session. */
export interface RealtimeSocketOptions
  extends Pick<RealtimeSessionOptions, "voice" | "transcriber" | "detector" | "instructions" | "session"> {
  /** In ms. */
  maxSessionMs: number;
}

/** One client's connection: its events go to a session, whose answers are runs of the server. */
export class RealtimeSocket {
  readonly #client: WebSocket;
  readonly #core: ServerCore;
  readonly #call: ServerCall;

  constructor(
    client: WebSocket,
    core: ServerCore,
    caller: Caller,
    model: string | undefined,
    options: RealtimeSocketOptions,
  ) {
    this.#client = client;
    this.#core = core;
    const left = new AbortController();
    this.#call = socketCall(caller, REALTIME_PATH, left.signal);
    client.on("error", () => {});
    let served: ServedModel;
    try {
      served = core.models.find(model, caller);
    } catch (thrown) {
      this.#refuse(thrown);
      return;
    }
    const { maxSessionMs, ...session } = options;
    const spoken = new RealtimeSession({
      ...session,
      model: served.name,
      answer: (request) => this.#answer(served, request),
      send: (event) => this.#send(event),
    });
    const expiry = setTimeout(() => {
      this.#refuse(new RealtimeRefusal("session_expired", `a session lasts ${maxSessionMs} ms at most`));
    }, maxSessionMs);
    client.on("close", () => {
      clearTimeout(expiry);
      left.abort(new SluiceError("cancelled", "the client left"));
      spoken.close();
    });
    client.on("message", (data) => spoken.receive(eventOf(data)));
  }

  async #answer({ name, model }: ServedModel, request: ChatRequest): Promise<ChatStream> {
    if (this.#core.ending()) throw new SluiceError("overloaded", "the server ends", { status: 503 });
    const run = await startServed(this.#core, this.#call, {
      model: name,
      protocol: "realtime",
      stream: (context) => model.stream(request, { context, retain: false }),
    });
    return new ChatStream(runSource(run.read()));
  }

  /** Resolves when the client's connection has taken it: the source is read no faster. */
  #send(event: JsonObject): Promise<void> {
    const client = this.#client;
    if (client.bufferedAmount > MAX_UNREAD_BYTES) {
      client.close(1008, "the client does not read");
      return Promise.resolve();
    }
    return new Promise((resolve) => client.send(JSON.stringify(event), () => resolve()));
  }

  #refuse(thrown: unknown): void {
    const error = errorObject(thrown);
    void this.#send({ event_id: `event_${uuid()}`, type: "error", error }).then(() => this.#client.close(1000));
  }
}

function eventOf(data: RawData): unknown {
  try {
    return parseJson(data.toString());
  } catch {
    // The session says that it is no event.
    return undefined;
  }
}
