import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Context, Hono, HonoRequest } from "hono";
import { uuid } from "../base/uuid.js";
import { openAiChat } from "../dialects/openai-chat/openai-chat.js";
import { SluiceError } from "../stream/error.js";
import { errorReply } from "./answer.js";
import type { ServerCall, ServerReply } from "./call.js";
import type { Gate } from "./gate.js";
import { missingErrors, missingRoute } from "./missing-route.js";
import type { OpenStreams } from "./open-streams.js";
import { type Caller, LOCAL } from "./protect/caller.js";
import { type BodyLimits, readJson, readNodeBody, readWebBody } from "./read-request.js";
import type { RequestLog } from "./request-log.js";
import type { Route } from "./route.js";
import { isSource, sendReply, webReply } from "./send-reply.js";

/** What all routes of a server need. */
export interface Mounting {
  gate: Gate;
  streams: OpenStreams;
  limits: BodyLimits;
  onRequest: ((entry: RequestLog) => void) | undefined;
}

interface NodeExchange {
  incoming: IncomingMessage | Http2ServerRequest;
  outgoing: ServerResponse | Http2ServerResponse;
}

/** What `@hono/node-server` takes for an answer that was sent. */
const SENT = new Response(null, { headers: { "x-hono-already-sent": "true" } });

/** Adds routes to an application of Hono's. Streams go straight to Node's response where there is one. */
export function mountRoutes(app: Hono, routes: readonly Route[], mounting: Mounting): void {
  for (const route of routes) app.on(route.method, route.path, (context) => exchange(context, route, mounting));
  const handle = async (call: ServerCall) => {
    throw missingRoute(routes, call);
  };
  app.all("*", (context) => exchange(context, { errors: openAiChat, errorsFor: missingErrors, handle }, mounting));
}

async function exchange(
  context: Context,
  route: Pick<Route, "handle" | "errors" | "errorsFor" | "open" | "anyone">,
  mounting: Mounting,
): Promise<Response> {
  const began = performance.now();
  const node = nodeExchange(context.env);
  const request = new Incoming(context, node, mounting.limits);
  const cors = mounting.gate.corsHeaders(request.header("origin"));
  const answered = await replyTo(request, route, mounting, cors);
  const asked = request.method === "HEAD" ? headOf(answered) : answered;
  const reply = withHeaders(asked, { "x-request-id": request.id, ...cors });
  if (node === undefined) return webReply(reply);
  // Not awaited: what led here would be kept for as long as the answer streams.
  void sendReply(reply, node.outgoing, mounting.streams).then(() =>
    mounting.onRequest?.(request.logEntry(reply.status, performance.now() - began)),
  );
  return SENT;
}

async function replyTo(
  request: Incoming,
  route: Pick<Route, "handle" | "errors" | "errorsFor" | "open" | "anyone">,
  { gate }: Mounting,
  cors: Record<string, string> | undefined,
): Promise<ServerReply> {
  try {
    if (request.method === "OPTIONS" && request.header("access-control-request-method") !== undefined) {
      return preflight(request, cors);
    }
    if (route.anyone) return await route.handle(request);
    if (route.open) gate.checkOpen(request.headers, request.method);
    else request.caller = gate.admit(request.headers, request.method, request.query);
    return await route.handle(request);
  } catch (thrown) {
    return errorReply(thrown, route.errorsFor?.(request) ?? route.errors);
  }
}

/** An answer to HEAD: a stream, which may never end, is not read for it. */
function headOf(reply: ServerReply): ServerReply {
  if (!isSource(reply.body)) return reply;
  reply.body.cancel();
  const { body: _, ...head } = reply;
  return head;
}

/** A browser asks whether a page may call. */
function preflight(request: Incoming, cors: Record<string, string> | undefined): ServerReply {
  if (cors === undefined) throw new SluiceError("permission", "pages of other sites may not call this server");
  return {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, DELETE, PATCH",
      "access-control-allow-headers": request.header("access-control-request-headers") ?? "",
      "access-control-max-age": "600",
    },
  };
}

function withHeaders(reply: ServerReply, headers: Readonly<Record<string, string>>): ServerReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function nodeExchange(env: unknown): NodeExchange | undefined {
  const isNode = typeof env === "object" && env !== null && "incoming" in env && "outgoing" in env;
  return isNode ? (env as NodeExchange) : undefined;
}

const NOTHING = new Uint8Array();

/** An id that a client may give its request. */
const FIT_ID = /^[\w.:-]{1,128}$/;

/** A request as routes see it. */
class Incoming implements ServerCall {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  #signal: AbortController | undefined;
  #left = false;
  /** Those that want to know when the client leaves. */
  #leaving: (() => void)[] = [];
  caller: Caller = LOCAL;
  /** Of the web's; not kept where there is Node's own, which is smaller. */
  readonly #request: HonoRequest | undefined;
  readonly #node: NodeExchange | undefined;
  readonly #limits: BodyLimits;

  constructor(context: Context, node: NodeExchange | undefined, limits: BodyLimits) {
    this.#request = node === undefined ? context.req : undefined;
    this.#node = node;
    this.#limits = limits;
    this.method = context.req.method;
    this.path = context.req.path;
    const query = context.req.url.indexOf("?");
    this.query = new URLSearchParams(query === -1 ? "" : context.req.url.slice(query));
    const given = this.header("x-request-id");
    this.id = given !== undefined && FIT_ID.test(given) ? given : uuid();
    if (node === undefined) context.req.raw.signal.addEventListener("abort", this.#leave, { once: true });
    else {
      const { outgoing } = node;
      // Closed before it was ended.
      outgoing.on("close", () => {
        if (!outgoing.writableFinished) this.#leave();
      });
    }
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const left = new AbortController();
      this.#signal = left;
      this.onLeave(() => left.abort(new SluiceError("cancelled", "the client left")));
    }
    return this.#signal.signal;
  }

  onLeave(listener: () => void): void {
    if (this.#left) listener();
    else this.#leaving.push(listener);
  }

  readonly #leave = (): void => {
    this.#left = true;
    const leaving = this.#leaving;
    this.#leaving = [];
    for (const listener of leaving) listener();
  };

  /** All headers, names in lower case. */
  get headers(): IncomingHttpHeaders {
    return this.#node?.incoming.headers ?? this.#request?.header() ?? {};
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  async json() {
    return readJson(await this.bytes());
  }

  bytes() {
    if (this.#node !== undefined) return readNodeBody(this.#node.incoming, this.#limits);
    return this.#request === undefined ? Promise.resolve(NOTHING) : readWebBody(this.#request.raw, this.#limits);
  }

  logEntry(status: number, durationMs: number): RequestLog {
    const { id, method, path, caller } = this;
    return {
      time: new Date().toISOString(),
      id,
      method,
      path,
      status,
      durationMs: Math.round(durationMs),
      caller: caller.name,
    };
  }
}
