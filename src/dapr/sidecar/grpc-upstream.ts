import { type CallOptions, type Client, createClient, type HandlerContext } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { deadline } from "../converse/deadline.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";

/** Headers that each connection sets for itself. */
const OWN_HEADERS = /^(:|grpc-|connect-|content-|accept-encoding$|te$|host$|connection$|user-agent$|trailer$)/;

/**
 * The calls that the sidecar makes itself on the gRPC port of the daprd behind it: its metadata, and conversations with
 * components that only it has. All of them share one connection.
 */
export class GrpcUpstream {
  readonly client: Client<typeof Dapr>;
  readonly #sessions: Http2SessionManager;

  /** @param baseUrl of the daprd's gRPC port. */
  constructor(baseUrl: string) {
    this.#sessions = new Http2SessionManager(baseUrl);
    this.client = createClient(Dapr, createGrpcTransport({ baseUrl, sessionManager: this.#sessions }));
  }

  /** A call like the one that came: its metadata, its end when the caller leaves, and what is left of its time. */
  callOf({ requestHeader, signal, timeoutMs }: HandlerContext): CallOptions {
    const headers = Array.from(requestHeader).filter(([name]) => !OWN_HEADERS.test(name));
    return { headers, signal, ...deadline(timeoutMs()) };
  }

  close(): void {
    this.#sessions.abort();
  }
}
