import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import {
  type CallOptions,
  type Client,
  Code,
  ConnectError,
  type ConnectRouter,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import type { SluiceError } from "../../stream/error.js";
import { Alpha1ChunkWriter } from "../converse/alpha1-chunk-writer.js";
import { Alpha2ChunkWriter } from "../converse/alpha2-chunk-writer.js";
import { toApiError } from "../converse/api-error.js";
import type { ChunkWriter } from "../converse/chunk-writer.js";
import { collectAnswer } from "../converse/converse-answer.js";
import type { ConverseCall } from "../converse/converse-call.js";
import { errorDetail } from "../converse/error-detail.js";
import { readAlpha1Request } from "../converse/read-alpha1-request.js";
import { readAlpha2Request } from "../converse/read-alpha2-request.js";
import { writeAlpha1Response, writeAlpha2Response } from "../converse/write-response.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { ErrorInfoSchema } from "../proto/generated/google/rpc/error_details_pb.js";
import { joined } from "./batched-writes.js";
import { type Conversing, failureOf } from "./converser.js";
import type { GrpcUpstream } from "./grpc-upstream.js";
import type { SidecarCore } from "./sidecar-core.js";
import { wholeAlpha1Chunks, wholeAlpha2Chunks } from "./whole-chunks.js";

/** The calls of Dapr's service that the sidecar answers itself. */
export const OWN_METHODS = [
  "ConverseAlpha1",
  "ConverseAlpha2",
  "ConverseStreamAlpha1",
  "ConverseStreamAlpha2",
  "GetMetadata",
  "SetMetadata",
  "Shutdown",
] as const;

type Api = "alpha1" | "alpha2";

/** Answers the sidecar's own calls of the service `dapr.proto.runtime.v1.Dapr`. */
export function daprService(router: ConnectRouter, core: SidecarCore, upstream?: GrpcUpstream): void {
  const service = new DaprService(core, upstream);
  router.service(Dapr, { ...wholeCalls(service), ...streamedCalls(service), ...ownCalls(core) });
}

type Calls = Partial<ServiceImpl<typeof Dapr>>;

/** The calls of the conversation API that are answered whole. */
function wholeCalls(service: DaprService): Calls {
  return {
    converseAlpha1: (request, context) => {
      const there = service.elsewhere(request.name, context);
      if (there !== undefined) return there.client.converseAlpha1(request, there.call);
      return service.unary(
        "alpha1",
        request.name,
        context,
        () => readAlpha1Request(request, service.has),
        writeAlpha1Response,
      );
    },
    converseAlpha2: (request, context) => {
      const there = service.elsewhere(request.name, context);
      if (there !== undefined) return there.client.converseAlpha2(request, there.call);
      return service.unary(
        "alpha2",
        request.name,
        context,
        () => readAlpha2Request(request, service.has),
        writeAlpha2Response,
      );
    },
  };
}

/** The calls of the conversation API that are answered as a stream. */
function streamedCalls(service: DaprService): Calls {
  return {
    converseStreamAlpha1: (request, context) => {
      const there = service.elsewhere(request.name, context);
      if (there !== undefined) {
        return streamedOrWhole(
          () => there.client.converseStreamAlpha1(request, there.call),
          async () => wholeAlpha1Chunks(await there.client.converseAlpha1(request, there.call), request.name),
        );
      }
      return service.streamed(
        "alpha1",
        request.name,
        context,
        () => readAlpha1Request(request, service.has),
        ({ context: answer }) => new Alpha1ChunkWriter(answer),
      );
    },
    converseStreamAlpha2: (request, context) => {
      const there = service.elsewhere(request.name, context);
      if (there !== undefined) {
        return streamedOrWhole(
          () => there.client.converseStreamAlpha2(request, there.call),
          async () => wholeAlpha2Chunks(await there.client.converseAlpha2(request, there.call), request.name),
        );
      }
      return service.streamed(
        "alpha2",
        request.name,
        context,
        () => readAlpha2Request(request, service.has),
        ({ context: answer }) => new Alpha2ChunkWriter(answer),
      );
    },
  };
}

/** The calls about the sidecar itself. */
function ownCalls(core: SidecarCore): Calls {
  return {
    getMetadata: () => core.metadata(),
    setMetadata: async ({ key, value }, { signal }) => {
      try {
        await core.setMetadata(key, value);
      } catch (thrown) {
        throw grpcError(failureOf(thrown), "", signal);
      }
      return create(EmptySchema);
    },
    shutdown: () => {
      core.shutdown();
      return create(EmptySchema);
    },
  };
}

class DaprService {
  readonly #core: SidecarCore;
  readonly #upstream: GrpcUpstream | undefined;

  constructor(core: SidecarCore, upstream: GrpcUpstream | undefined) {
    this.#core = core;
    this.#upstream = upstream;
  }

  readonly has = (name: string): boolean => this.#core.converser.has(name);

  /** Where a component is asked that is not here: at the daprd behind the sidecar, where there is one. */
  elsewhere(
    component: string,
    context: HandlerContext,
  ): { client: Client<typeof Dapr>; call: CallOptions } | undefined {
    if (this.#upstream === undefined || this.has(component)) return undefined;
    return { client: this.#upstream.client, call: this.#upstream.callOf(context) };
  }

  async unary<Response>(
    api: Api,
    component: string,
    context: HandlerContext,
    read: () => ConverseCall,
    write: (answer: Awaited<ReturnType<typeof collectAnswer>>, context: Conversing["context"]) => Response,
  ): Promise<Response> {
    const observed = this.#core.observer.begin({ component, api, streamed: false, known: this.has(component) });
    try {
      const call = read();
      const { stream, context: answer } = this.#core.converser.converse(call, { signal: context.signal }, false);
      const response = write(await collectAnswer(stream, call), answer);
      observed.end(stream, await stream.usage);
      return response;
    } catch (thrown) {
      const error = failureOf(thrown);
      observed.fail(error);
      throw grpcError(error, component, context.signal);
    }
  }

  async *streamed<Chunk>(
    api: Api,
    component: string,
    context: HandlerContext,
    read: () => ConverseCall,
    writerOf: (conversing: Conversing) => ChunkWriter<Chunk>,
  ): AsyncGenerator<Chunk> {
    const observed = this.#core.observer.begin({ component, api, streamed: true, known: this.has(component) });
    try {
      const conversing = this.#core.converser.converse(read(), { signal: context.signal });
      const writer = writerOf(conversing);
      const batches = conversing.stream.batches();
      for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
        const chunks: Chunk[] = [];
        for (const event of joined(batch)) writer.push(event, (chunk) => chunks.push(chunk));
        yield* chunks;
      }
      observed.end(conversing.stream, await conversing.stream.usage);
    } catch (thrown) {
      const error = failureOf(thrown);
      observed.fail(error);
      throw grpcError(error, component, context.signal);
    }
  }
}

/** What a daprd streams, should it do so; else its whole answer, whose start says that it is simulated. */
async function* streamedOrWhole<Chunk>(
  streamed: () => AsyncIterable<Chunk>,
  whole: () => Promise<readonly Chunk[]>,
): AsyncGenerator<Chunk> {
  try {
    yield* streamed();
    return;
  } catch (thrown) {
    if (ConnectError.from(thrown).code !== Code.Unimplemented) throw thrown;
  }
  yield* await whole();
}

function grpcError(error: SluiceError, component: string, signal: AbortSignal): ConnectError {
  // Why a call ended before its answer did is the signal's to say: the caller left, or the deadline passed.
  if (error.code === "cancelled" && signal.aborted) return ConnectError.from(signal.reason, Code.Canceled);
  const { grpcCode, message } = toApiError(error, component);
  const detail = errorDetail(error);
  const details = detail === undefined ? [] : [{ desc: ErrorInfoSchema, value: create(ErrorInfoSchema, detail) }];
  return new ConnectError(message, grpcCode === 3 ? Code.InvalidArgument : Code.Internal, undefined, details);
}
