import type { DescMessage } from "@bufbuild/protobuf";
import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { Alpha2ChunkReader } from "../converse/alpha2-chunk-reader.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import { deadline } from "../converse/deadline.js";
import { writeProtoJson } from "../converse/proto-json.js";
import { readAlpha1Response, readAlpha2Response } from "../converse/read-response.js";
import { writeAlpha1Request } from "../converse/write-alpha1-request.js";
import { writeAlpha2Request } from "../converse/write-alpha2-request.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  type ConversationResponse,
  type ConversationResponseAlpha2,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { ConversationStreamResponseAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { TOKEN_HEADER } from "../sidecar/api-token.js";
import { type GrpcCall, type GrpcCallDefaults, grpcAnswer } from "./grpc-answer.js";
import { readGrpcError } from "./grpc-error.js";
import type { SidecarCalls } from "./sidecar-backend.js";
import { readMetadata, type SidecarInfo } from "./sidecar-info.js";
import { WholeReader } from "./whole-reader.js";

/** Settings of `GrpcCalls`. */
export interface GrpcCallsOptions extends GrpcCallDefaults {
  baseUrl: string;
  /** Sent with each call; `undefined` for none. */
  apiToken: string | undefined;
  metadataTimeoutMs: number;
}

/** The calls of a sidecar's gRPC port. All share one connection, which does not keep the process alive by itself. */
export class GrpcCalls implements SidecarCalls {
  readonly protocol = "gRPC";
  readonly baseUrl: string;
  readonly #options: GrpcCallsOptions;
  readonly #sessions: Http2SessionManager;
  readonly #client: Client<typeof Dapr>;

  constructor(options: GrpcCallsOptions) {
    const { baseUrl } = options;
    this.baseUrl = baseUrl;
    this.#options = options;
    this.#sessions = new Http2SessionManager(baseUrl);
    this.#client = createClient(Dapr, createGrpcTransport({ baseUrl, sessionManager: this.#sessions }));
  }

  async metadata(): Promise<SidecarInfo> {
    try {
      const call = { headers: this.#headers({}), ...deadline(this.#options.metadataTimeoutMs) };
      return readMetadata(await this.#client.getMetadata({}, call));
    } catch (thrown) {
      const error = readGrpcError(thrown);
      // Who does not answer this in time is not there.
      if (error.code !== "total-timeout") throw error;
      throw new SluiceError("connect-timeout", error.message, { cause: error });
    }
  }

  alpha2(target: ConverseTarget): ChatModel {
    return this.#model(target, (request, call) => {
      const { message, warnings } = writeAlpha2Request(request, target);
      const expected = { component: target.component, warnings };
      const headers = this.#headers(call);
      const common = { headers, body: () => writeProtoJson(ConversationRequestAlpha2Schema, message) };
      if (call.streaming ?? true) {
        return this.#answer(target, call, "ConverseStreamAlpha2", {
          ...common,
          open: (limits) => this.#client.converseStreamAlpha2(message, { ...limits, headers }),
          answers: ConversationStreamResponseAlpha2Schema,
          reader: () => new Alpha2ChunkReader(expected),
        });
      }
      return this.#answer(target, call, "ConverseAlpha2", {
        ...common,
        open: (limits) => once(() => this.#client.converseAlpha2(message, { ...limits, headers })),
        answers: ConversationResponseAlpha2Schema,
        reader: () => new WholeReader<ConversationResponseAlpha2>((answer) => readAlpha2Response(answer, expected)),
      });
    });
  }

  alpha1(target: ConverseTarget): ChatModel {
    return this.#model(target, (request, call) => {
      const { message, warnings } = writeAlpha1Request(request, target);
      const expected = { component: target.component, warnings };
      const headers = this.#headers(call);
      return this.#answer(target, call, "ConverseAlpha1", {
        headers,
        body: () => writeProtoJson(ConversationRequestSchema, message),
        open: (limits) => once(() => this.#client.converseAlpha1(message, { ...limits, headers })),
        answers: ConversationResponseSchema,
        reader: () => new WholeReader<ConversationResponse>((answer) => readAlpha1Response(answer, expected)),
      });
    });
  }

  async close(): Promise<void> {
    this.#sessions.abort();
  }

  #model({ component }: ConverseTarget, answer: (request: ChatRequest, call: CallOptions) => ChatStream): ChatModel {
    return { id: `dapr/${component}`, stream: (request, call = {}) => answer(request, call) };
  }

  #answer<Desc extends DescMessage>(
    { component }: ConverseTarget,
    call: CallOptions,
    method: string,
    asked: Omit<GrpcCall<Desc>, "id" | "url" | "connect">,
  ): ChatStream {
    const url = `${this.baseUrl}/${Dapr.typeName}/${method}`;
    const whole = { ...asked, id: `dapr/${component}`, url, connect: () => this.#connect() };
    return grpcAnswer(whole, this.#options, call);
  }

  async #connect(): Promise<void> {
    if ((await this.#sessions.connect()) === "error") throw this.#sessions.error();
  }

  #headers({ headers }: CallOptions): Record<string, string> {
    const { apiToken } = this.#options;
    return { ...(apiToken !== undefined && { [TOKEN_HEADER]: apiToken }), ...headers };
  }
}

async function* once<T>(call: () => Promise<T>): AsyncGenerator<T> {
  yield await call();
}
