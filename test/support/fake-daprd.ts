import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { readProtoJson, writeProtoJson } from "../../src/dapr/converse/proto-json.js";
import { writeAlpha2Frame } from "../../src/dapr/converse/write-sse.js";
import {
  type ConversationRequest,
  type ConversationRequestAlpha2,
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  type ConversationResponseAlpha2,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { ConversationStreamResponseAlpha2Schema } from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { Dapr } from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import {
  type GetMetadataResponse,
  GetMetadataResponseSchema,
} from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/metadata_pb.js";
import { writeSse } from "../../src/stream/framing/write-frame.js";

/** How a fake daprd behaves. */
export interface FakeDaprdOptions {
  /** Names of its conversation components. Default `["echo"]`. */
  components?: readonly string[];
  /** `false`: a daprd from before Alpha2. Default true. */
  alpha2?: boolean;
  /** `false`: its metadata is closed to applications. Default true. */
  metadata?: boolean;
  /** Asked of every caller. */
  apiToken?: string;
  /** Features that its metadata lists. A test lets it reader to stream. */
  features?: readonly string[];
  /** What ConverseStreamAlpha2 sends. Default: no such call, whatever its features say. */
  stream?: (request: ConversationRequestAlpha2, signal: AbortSignal) => AsyncIterable<StreamedChunk>;
  /** What it answers whole. Default: the text of all messages. */
  answer?: (request: ConversationRequestAlpha2) => ConversationResponseAlpha2;
  /** Resolved once it is asked by ConverseAlpha2, which is then not answered before `until`. */
  slow?: { resolve(): void };
  /** Default: never. */
  until?: Promise<void>;
}

/** A message of ConverseStreamAlpha2. */
export type StreamedChunk = MessageInitShape<typeof ConversationStreamResponseAlpha2Schema>;

/** A daprd, which does not stream unless it is told to, for clients to talk to. */
export interface FakeDaprd {
  httpPort: number;
  grpcPort: number;
  /** What was called, as `HTTP POST /v1.0/…` or `gRPC ConverseAlpha2`. */
  calls: string[];
  requests: (ConversationRequest | ConversationRequestAlpha2)[];
  /** The API token of each call. */
  tokens: (string | undefined)[];
  /** How long the caller of each conversation over gRPC waits, in ms; `undefined` where it does not say. */
  deadlines: (number | undefined)[];
  stop(): Promise<void>;
}

const ROUTE = /^\/v1\.0-(alpha1|alpha2)\/conversation\/([^/]+)\/converse(\/stream)?$/;

/** Starts one on free ports of the loopback. Its calls are answered by the generated service. */
export async function startFakeDaprd(options: FakeDaprdOptions = {}): Promise<FakeDaprd> {
  const fake = new Fake(options);
  const http = createHttpServer((request, response) => void fake.http(request, response));
  const grpc = createHttp2Server(
    connectNodeAdapter({
      connect: false,
      grpcWeb: false,
      routes: (router) =>
        router.service(Dapr, {
          getMetadata: (_, context) => fake.metadataOverGrpc(context.requestHeader),
          converseAlpha1: (request, context) => {
            fake.calledOverGrpc("ConverseAlpha1", context);
            return fake.alpha1(request);
          },
          ...(options.alpha2 !== false && {
            converseAlpha2: async (request: ConversationRequestAlpha2, context: HandlerContext) => {
              fake.calledOverGrpc("ConverseAlpha2", context);
              return await fake.alpha2(request);
            },
          }),
          ...(options.stream !== undefined && {
            converseStreamAlpha2: (request: ConversationRequestAlpha2, context: HandlerContext) => {
              fake.calledOverGrpc("ConverseStreamAlpha2", context);
              return fake.stream(request, context.signal);
            },
          }),
        }),
    }),
  );
  const sessions = new Set<ServerHttp2Session>();
  grpc.on("session", (session) => sessions.add(session));
  const [httpPort, grpcPort] = await Promise.all([listen(http), listen(grpc)]);
  return {
    httpPort,
    grpcPort,
    calls: fake.calls,
    requests: fake.requests,
    tokens: fake.tokens,
    deadlines: fake.deadlines,
    stop: async () => {
      for (const session of sessions) session.destroy();
      http.closeAllConnections();
      await Promise.all([http, grpc].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

class Fake {
  readonly calls: string[] = [];
  readonly requests: (ConversationRequest | ConversationRequestAlpha2)[] = [];
  readonly tokens: (string | undefined)[] = [];
  readonly deadlines: (number | undefined)[] = [];
  readonly #options: FakeDaprdOptions;

  constructor(options: FakeDaprdOptions) {
    this.#options = options;
  }

  called(what: string, token: string | null | undefined): void {
    this.calls.push(what);
    this.tokens.push(token ?? undefined);
    const { apiToken } = this.#options;
    if (apiToken !== undefined && token !== apiToken) throw new ConnectError("Unauthorized", Code.Unauthenticated);
  }

  calledOverGrpc(method: string, { requestHeader, timeoutMs }: HandlerContext): void {
    this.deadlines.push(timeoutMs());
    this.called(`gRPC ${method}`, requestHeader.get("dapr-api-token"));
  }

  metadataOverGrpc(headers: Headers): GetMetadataResponse {
    this.called("gRPC GetMetadata", headers.get("dapr-api-token"));
    if (this.#options.metadata === false) throw new ConnectError("not allowed", Code.PermissionDenied);
    return this.metadata();
  }

  metadata(): GetMetadataResponse {
    const { components = ["echo"], features = [] } = this.#options;
    return create(GetMetadataResponseSchema, {
      id: "fake",
      runtimeVersion: "1.18.3",
      enabledFeatures: [...features],
      registeredComponents: [
        { name: "state", type: "state.redis", version: "v1" },
        ...components.map((name) => ({ name, type: "conversation.echo", version: "v1" })),
      ],
    });
  }

  alpha1(request: ConversationRequest) {
    this.requests.push(request);
    const outputs = request.inputs.map(({ content }) => ({ result: content, parameters: request.parameters }));
    return create(ConversationResponseSchema, { ...contextOf(request.contextID, "contextID"), outputs });
  }

  async alpha2(request: ConversationRequestAlpha2): Promise<ConversationResponseAlpha2> {
    this.requests.push(request);
    if (this.#options.slow !== undefined) {
      this.#options.slow.resolve();
      await (this.#options.until ?? new Promise(() => {}));
    }
    if (this.#options.answer !== undefined) return this.#options.answer(request);
    const texts = request.inputs.flatMap(({ messages }) =>
      messages.flatMap(({ messageTypes }) => (messageTypes.value?.content ?? []).map(({ text }) => text)),
    );
    return create(ConversationResponseAlpha2Schema, {
      ...contextOf(request.contextId, "contextId"),
      outputs: [
        {
          choices: [{ finishReason: "stop", message: { content: texts.join("\n") } }],
          usage: { promptTokens: 3n, completionTokens: 3n, totalTokens: 6n },
        },
      ],
    });
  }

  stream(request: ConversationRequestAlpha2, signal: AbortSignal): AsyncIterable<StreamedChunk> {
    this.requests.push(request);
    const { stream } = this.#options;
    if (stream === undefined) throw new ConnectError("unknown method", Code.Unimplemented);
    return stream(request, signal);
  }

  async http(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const token = request.headers["dapr-api-token"];
    try {
      this.called(`HTTP ${method} ${url}`, typeof token === "string" ? token : undefined);
    } catch {
      response.writeHead(401).end("invalid api token");
      return;
    }
    const [, api, name = "", streamed] = ROUTE.exec(url) ?? [];
    const body = await bodyOf(request);
    if (url === "/v1.0/metadata" && this.#options.metadata !== false) {
      send(response, 200, writeProtoJson(GetMetadataResponseSchema, this.metadata()));
    } else if (streamed !== undefined && api === "alpha2" && this.#options.stream !== undefined) {
      await this.#streamOverHttp({ ...readProtoJson(ConversationRequestAlpha2Schema, body), name }, response);
    } else if (api === "alpha1" && streamed === undefined) {
      const asked = { ...readProtoJson(ConversationRequestSchema, body), name: decodeURIComponent(name) };
      send(response, 200, writeProtoJson(ConversationResponseSchema, this.alpha1(asked)));
    } else if (api === "alpha2" && streamed === undefined && this.#options.alpha2 !== false) {
      const asked = { ...readProtoJson(ConversationRequestAlpha2Schema, body), name: decodeURIComponent(name) };
      await this.#alpha2OverHttp(asked, response);
    } else response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
  }

  async #streamOverHttp(asked: ConversationRequestAlpha2, response: ServerResponse): Promise<void> {
    const leaving = new AbortController();
    response.on("close", () => leaving.abort());
    try {
      for await (const chunk of this.stream(asked, leaving.signal)) {
        if (!response.headersSent) response.setHeader("content-type", "text/event-stream");
        response.write(writeSse(writeAlpha2Frame(create(ConversationStreamResponseAlpha2Schema, chunk))));
      }
      response.end();
    } catch (thrown) {
      const { rawMessage: message } = ConnectError.from(thrown);
      if (response.headersSent) response.destroy();
      else send(response, 500, JSON.stringify({ errorCode: "ERR_CONVERSATION_INVOKE", message }));
    }
  }

  async #alpha2OverHttp(asked: ConversationRequestAlpha2, response: ServerResponse): Promise<void> {
    try {
      send(response, 200, writeProtoJson(ConversationResponseAlpha2Schema, await this.alpha2(asked)));
    } catch (thrown) {
      const { rawMessage: message } = ConnectError.from(thrown);
      send(response, 500, JSON.stringify({ errorCode: "ERR_CONVERSATION_INVOKE", message }));
    }
  }
}

function contextOf<Field extends string>(id: string | undefined, field: Field): { [name in Field]?: string } {
  return id === undefined ? {} : ({ [field]: id } as { [name in Field]?: string });
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text;
}

async function listen(server: Server | ReturnType<typeof createHttp2Server>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
