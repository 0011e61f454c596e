import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { resolveTimeouts } from "../../models/http/deadlines.js";
import { resolveRetry } from "../../models/http/retry.js";
import { BatchedReader } from "../../models/parts/batched-reader.js";
import { type PartReader, PartSource } from "../../models/parts/part-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { CallOptions, ChatModel, RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import type { Clock } from "../../stream/clock.js";
import { SluiceError } from "../../stream/error.js";
import { Alpha2ChunkReader } from "../converse/alpha2-chunk-reader.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import { readAlpha1Response, readAlpha2Response } from "../converse/read-response.js";
import { writeAlpha1Request } from "../converse/write-alpha1-request.js";
import { writeAlpha2Request } from "../converse/write-alpha2-request.js";
import type {
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { TOKEN_HEADER } from "../sidecar/api-token.js";
import { readGrpcError } from "./grpc-error.js";
import { readableOf } from "./readable-of.js";
import type { SidecarCalls } from "./sidecar-backend.js";
import { readMetadata } from "./sidecar-info.js";

/** Settings of `grpcCalls`. */
export interface GrpcCallsOptions {
  baseUrl: string;
  /** Sent with each call; `undefined` for none. */
  apiToken: string | undefined;
  metadataTimeoutMs: number;
  timeouts?: Timeouts;
  retry?: RetryPolicy;
  clock: Clock;
  /** From 0 to 1; spreads retries. */
  random: () => number;
}

/** The calls of a sidecar's gRPC port. All share one connection, which does not keep the process alive by itself. */
export function grpcCalls(options: GrpcCallsOptions): SidecarCalls {
  const { baseUrl, apiToken, metadataTimeoutMs } = options;
  const sessions = new Http2SessionManager(baseUrl);
  const client = createClient(Dapr, createGrpcTransport({ baseUrl, sessionManager: sessions }));
  const headersOf = (call: CallOptions) => ({ ...(apiToken && { [TOKEN_HEADER]: apiToken }), ...call.headers });
  const connect = async () => {
    if ((await sessions.connect()) === "error") throw sessions.error();
  };
  const answer = <Part>(target: ConverseTarget, call: CallOptions, open: Open<Part>): ChatStream => {
    const source = new PartSource<Part>({
      id: `dapr/${target.component}`,
      connect,
      open: async (signal) => {
        const { parts, reader } = open({ signal, headers: headersOf(call) });
        return { parts: new BatchedReader(readableOf(parts)), reader };
      },
      readError: readGrpcError,
      timeouts: resolveTimeouts(options.timeouts, call.timeouts),
      retry: resolveRetry(options.retry, call.retry),
      clock: options.clock,
      random: options.random,
    });
    return new ChatStream(source, { signal: call.signal, retain: call.retain });
  };
  return {
    protocol: "gRPC",
    baseUrl,
    async metadata() {
      try {
        const call = { headers: headersOf({}), timeoutMs: metadataTimeoutMs };
        return readMetadata(await client.getMetadata({}, call));
      } catch (thrown) {
        const error = readGrpcError(thrown);
        // Who does not answer this in time is not there.
        throw error.code === "total-timeout"
          ? new SluiceError("connect-timeout", error.message, { cause: error })
          : error;
      }
    },
    alpha2: (target) =>
      modelOf(target, (request, call) => {
        const { message, warnings } = writeAlpha2Request(request, target);
        const expected = { component: target.component, warnings };
        if (call.streaming ?? true) {
          return answer(target, call, (settings) => ({
            parts: client.converseStreamAlpha2(message, settings),
            reader: new Alpha2ChunkReader(expected),
          }));
        }
        return answer(target, call, (settings) => ({
          parts: once(() => client.converseAlpha2(message, settings)),
          reader: new WholeReader((response: ConversationResponseAlpha2) => readAlpha2Response(response, expected)),
        }));
      }),
    alpha1: (target) =>
      modelOf(target, (request, call) => {
        const { message, warnings } = writeAlpha1Request(request, target);
        const expected = { component: target.component, warnings };
        return answer(target, call, (settings) => ({
          parts: once(() => client.converseAlpha1(message, settings)),
          reader: new WholeReader((response: ConversationResponse) => readAlpha1Response(response, expected)),
        }));
      }),
    close: async () => sessions.abort(),
  };
}

/** Makes a call. */
type Open<Part> = (settings: { signal: AbortSignal; headers: Record<string, string> }) => {
  parts: AsyncIterable<Part>;
  reader: PartReader<Part>;
};

function modelOf(
  { component }: ConverseTarget,
  stream: (request: ChatRequest, call: CallOptions) => ChatStream,
): ChatModel {
  return { id: `dapr/${component}`, stream: (request, call = {}) => stream(request, call) };
}

async function* once<T>(call: () => Promise<T>): AsyncGenerator<T> {
  yield await call();
}

/** Reads an answer that comes in one message. */
class WholeReader<Message> implements PartReader<Message> {
  finished = false;
  readonly #read: (message: Message) => ChatEvent[];

  constructor(read: (message: Message) => ChatEvent[]) {
    this.#read = read;
  }

  push(message: Message, emit: (event: ChatEvent) => void): void {
    for (const event of this.#read(message)) emit(event);
    this.finished = true;
  }
}
