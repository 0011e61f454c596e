import type { Transport, TransportSendOptions } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, JSONRPCRequest, MessageExtraInfo } from "@modelcontextprotocol/sdk/types.js";
import { type Clock, wait } from "../../base/clock.js";
import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { messageOf } from "../../stream/error.js";
import { INTERNAL_ERROR } from "./failed-answer.js";
import { InputRounds, type Reply, type RequestId } from "./input-rounds.js";
import { type MirroredArgument, mirroredArguments, perRequestHeaders } from "./per-request-headers.js";
import { META, PER_REQUEST } from "./per-request-names.js";

/** The version in the answer to a client's handshake: it knows no later one. */
const HANDSHAKE = "2025-11-25";

/** What a `PerRequestTransport` works with. */
export interface PerRequestSettings {
  /** Called with what is not waited for any more. */
  forget: (id: RequestId) => void;
  /** How long a server may take to say what it speaks, in ms; one that does not gets the handshake. */
  probeMs: number;
  clock: Clock;
}

/**
 * Lets a client with a handshake speak MCP 2026-07-28 with a server that offers it, and its own version with all others. Each
 * request says what the client is; what a server asks in a result is asked of the client, and the request sent again with the answers.
 */
export class PerRequestTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport["onmessage"]>;
  readonly #inner: Transport;
  readonly #settings: PerRequestSettings;
  /** What the client says of itself in each request, once it is known that the server wants that. */
  #meta: JsonObject | undefined;
  /** Who waits for the answer to what was sent, by its id. */
  readonly #waiting = new Map<RequestId, (reply: Reply) => void>();
  /** How to call off what was sent for a request of the client's. */
  readonly #leaving = new Map<RequestId, AbortController>();
  readonly #rounds: InputRounds;
  readonly #mirrored = new Map<string, readonly MirroredArgument[]>();
  #listens = false;
  #announcesChanges = false;

  constructor(inner: Transport, settings: PerRequestSettings) {
    this.#inner = inner;
    this.#settings = settings;
    this.#rounds = new InputRounds((message) => this.onmessage?.(message));
    inner.onclose = () => this.onclose?.();
    inner.onerror = (error) => this.#failed(error);
    inner.onmessage = (message: JSONRPCMessage, extra?: MessageExtraInfo) => this.#receive(message, extra);
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  start(): Promise<void> {
    return this.#inner.start();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  setProtocolVersion(version: string): void {
    if (this.#meta === undefined) this.#inner.setProtocolVersion?.(version);
  }

  /** What is sent, with the headers of a request that says itself, and a signal that ends it alone. */
  prepared(init: RequestInit | undefined): RequestInit | undefined {
    const message = init?.method === "POST" && typeof init.body === "string" ? parseJson(init.body) : undefined;
    if (!isJsonObject(message) || !isJsonObject(message.params) || typeof message.method !== "string") return init;
    const { id, method, params } = message;
    if (!isJsonObject(params._meta) || params._meta[META.version] !== PER_REQUEST) return init;
    const headers = new Headers(init?.headers);
    const own = perRequestHeaders({ method, params }, this.#mirrored.get(String(params.name)));
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
    const left = this.#leaving.get(id as RequestId)?.signal;
    const signals = [init?.signal, left].filter((signal) => signal instanceof AbortSignal);
    return { ...init, headers, ...(signals.length > 0 && { signal: AbortSignal.any(signals) }) };
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ("method" in message && "id" in message && message.method === "initialize") return this.#begin(message);
    if (this.#meta === undefined) return this.#inner.send(message, options);
    if (!("method" in message)) this.#rounds.answered(message);
    else if ("id" in message) await this.#ask(message);
    else if (message.method === "notifications/cancelled") this.#cancel(message.params?.requestId as RequestId);
    // Other notifications are none of that version's.
  }

  /** Asks what the server speaks, and begins as it does. */
  async #begin(handshake: JSONRPCRequest): Promise<void> {
    const { clientInfo, capabilities = {} } = (handshake.params ?? {}) as JsonObject;
    const meta: JsonObject = {
      [META.version]: PER_REQUEST,
      [META.capabilities]: capabilities,
      ...(clientInfo !== undefined && { [META.clientInfo]: clientInfo }),
    };
    const found = await this.#discover(meta);
    if (found === undefined) return this.#inner.send(handshake);
    this.#meta = meta;
    const { capabilities: offered = {}, instructions, _meta } = found;
    this.#announcesChanges = isJsonObject(offered) && isJsonObject(offered.tools) && offered.tools.listChanged === true;
    const serverInfo = (isJsonObject(_meta) && _meta[META.serverInfo]) || { name: "unknown", version: "unknown" };
    const result = {
      protocolVersion: HANDSHAKE,
      capabilities: offered,
      serverInfo,
      ...(instructions && { instructions }),
    };
    this.onmessage?.({ jsonrpc: "2.0", id: handshake.id, result } as JSONRPCMessage);
  }

  /** What a server says that speaks this version. @throws what refuses any request, whatever its version. */
  async #discover(_meta: JsonObject): Promise<JsonObject | undefined> {
    const id = uuid();
    const { probeMs, clock, forget } = this.#settings;
    const [leaving, over] = [new AbortController(), new AbortController()];
    this.#leaving.set(id, leaving);
    try {
      const reply = await new Promise<Reply | undefined>((resolve, reject) => {
        this.#waiting.set(id, resolve);
        this.#inner.send({ jsonrpc: "2.0", id, method: "server/discover", params: { _meta } }).catch(reject);
        wait(probeMs, clock, over.signal).then(
          () => resolve(undefined),
          () => {},
        );
      });
      if (reply === undefined) leaving.abort();
      const result: unknown = reply !== undefined && "result" in reply ? reply.result : undefined;
      if (!isJsonObject(result) || !Array.isArray(result.supportedVersions)) return undefined;
      return result.supportedVersions.includes(PER_REQUEST) ? result : undefined;
    } catch (thrown) {
      if (!isAnswer(thrown)) throw thrown;
      return undefined;
    } finally {
      over.abort();
      this.#waiting.delete(id);
      this.#leaving.delete(id);
      forget(id);
    }
  }

  /** Sends a request of the client's, and goes on where its answer asks for something. */
  async #ask(request: JSONRPCRequest, more: JsonObject = {}, id: RequestId = request.id): Promise<void> {
    if (request.method === "tools/list" && this.#announcesChanges) this.#listen();
    const params = { ...request.params, ...more, _meta: { ...request.params?._meta, ...this.#meta } };
    this.#leaving.set(id, new AbortController());
    this.#waiting.set(id, (reply) => this.#replied(request, id, reply));
    this.#rounds.sentAs(request.id, id);
    try {
      await this.#inner.send({ ...request, id, params });
    } catch (thrown) {
      this.#over(request.id, id);
      throw thrown;
    }
  }

  #replied(request: JSONRPCRequest, id: RequestId, reply: Reply): void {
    const result: unknown = "result" in reply ? reply.result : undefined;
    if (isJsonObject(result) && result.resultType === "input_required") {
      this.#leaving.delete(id);
      const again = (more: JsonObject) => this.#ask(request, more, uuid());
      this.#rounds.ask(request.id, result, again).catch((thrown) => {
        this.#rounds.over(request.id);
        const error = { code: INTERNAL_ERROR, message: messageOf(thrown) };
        this.onmessage?.({ jsonrpc: "2.0", id: request.id, error });
      });
      return;
    }
    this.#over(request.id, id);
    if (request.method === "tools/list" && isJsonObject(result)) this.#learn(result);
    this.onmessage?.({ ...reply, id: request.id } as JSONRPCMessage);
  }

  /** Which arguments of tools are mirrored into headers; tools that mark others are left out, as the specification wants it. */
  #learn(listed: JsonObject): void {
    if (!Array.isArray(listed.tools)) return;
    listed.tools = listed.tools.filter((tool) => {
      if (!isJsonObject(tool)) return true;
      const mirrored = mirroredArguments(tool.inputSchema);
      if (mirrored !== undefined) this.#mirrored.set(String(tool.name), mirrored);
      else this.onerror?.(new Error(`the tool ${String(tool.name)} marks what cannot be mirrored into headers`));
      return mirrored !== undefined;
    });
  }

  /** Hears when the tools change, as long as the server lets it. */
  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    const id = uuid();
    const over = () => {
      this.#listens = false;
      this.#waiting.delete(id);
    };
    this.#waiting.set(id, over);
    const params = { _meta: this.#meta, notifications: { toolsListChanged: true } };
    this.#inner.send({ jsonrpc: "2.0", id, method: "subscriptions/listen", params }).catch(over);
  }

  #receive(message: JSONRPCMessage, extra?: MessageExtraInfo): void {
    const waiting = "method" in message || message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (waiting !== undefined && !("method" in message)) waiting(message);
    else if (!("method" in message) || message.method !== "notifications/subscriptions/acknowledged")
      this.onmessage?.(message, extra);
  }

  /** The client gives a request up: leaving says so. */
  #cancel(request: RequestId): void {
    const id = this.#rounds.over(request);
    if (id === undefined) return;
    const leaving = this.#leaving.get(id);
    this.#over(request, id);
    leaving?.abort();
  }

  #over(request: RequestId, id: RequestId): void {
    this.#rounds.over(request);
    this.#waiting.delete(id);
    this.#leaving.delete(id);
    this.#settings.forget(id);
  }

  /** That what was left was left is no failure. */
  #failed(error: Error): void {
    const isLeft = error.name === "AbortError" || /\bAbortError\b/.test(error.message);
    if (this.#meta === undefined || !isLeft) this.onerror?.(error);
  }
}

/** Whether the SDK throws because of what a server answered, be it no message at all, and not because it wants a sign-in. */
function isAnswer(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code: unknown = "code" in thrown ? thrown.code : undefined;
  // A status, or -1 for a type that is none of a message's.
  if (typeof code === "number") return code !== 401 && code !== 403;
  return thrown instanceof SyntaxError || thrown.name === "ZodError";
}
