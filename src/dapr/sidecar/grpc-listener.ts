import { createServer } from "node:http2";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { ConnectionSweep } from "../../listeners/connection-limits.js";
import { limitHttp2 } from "../../listeners/limit-http2.js";
import { closingSessions, type Listener } from "../../listeners/listener.js";
import { RECURSION_LIMIT } from "../converse/proto-json.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { ServerReflection } from "../proto/generated/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionAlpha } from "../proto/generated/grpc/reflection/v1alpha/reflection_pb.js";
import { isAuthorised, TOKEN_HEADER } from "./api-token.js";
import { withGrpcMessage } from "./grpc-message.js";
import { GrpcPassthrough, respondWithStatus } from "./grpc-passthrough.js";
import { reflection } from "./grpc-reflection.js";
import { daprService, OWN_METHODS } from "./grpc-service.js";
import type { GrpcUpstream } from "./grpc-upstream.js";
import { respondUnauthorised } from "./respond-unauthorised.js";
import type { SidecarCore } from "./sidecar-core.js";

const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const REFLECTION = [ServerReflection, ServerReflectionAlpha].map(({ typeName }) => `/${typeName}/`);
const OWN = new Set(OWN_METHODS.map(pathOf));

/**
 * The sidecar's gRPC server: its own calls are answered, all others passed on to a real daprd where there is one, and so are
 * conversations with components that are not here. Each call needs the token, those of reflection as well, as in daprd.
 *
 * @param conversations the daprd that has the other components.
 */
export function grpcListener(
  core: SidecarCore,
  conversations: GrpcUpstream | undefined,
  sweep: ConnectionSweep,
): Listener {
  const { grpc: upstream } = core.upstream;
  const routed = connectNodeAdapter({
    routes: (router) => {
      daprService(router, core, conversations);
      reflection(router);
    },
    readMaxBytes: core.maxBodyBytes,
    binaryOptions: { recursionLimit: RECURSION_LIMIT },
    connect: false,
    grpcWeb: false,
  });
  // Never listens: it makes requests and responses of the streams that are its own.
  const answering = createServer((request, response) => routed(request, withGrpcMessage(response)));
  const listener = createServer();
  limitHttp2(listener, sweep);
  const closeIdle = closingSessions(listener);
  const passthrough = upstream === undefined ? undefined : new GrpcPassthrough(upstream);
  listener.on("stream", (stream, headers, flags) => {
    const path = headers[":path"] ?? "";
    const token = headers[TOKEN_HEADER];
    const refusal = core.guard?.refusal(headers, headers[":method"]);
    if (refusal !== undefined) respondWithStatus(stream, PERMISSION_DENIED, refusal);
    else if (!isAuthorised(token, core.apiToken)) respondUnauthorised(stream, token !== undefined);
    else if (isOwn(path)) answering.emit("stream", stream, headers, flags, []);
    else if (passthrough !== undefined) passthrough.pass(stream, headers);
    else {
      respondWithStatus(
        stream,
        UNIMPLEMENTED,
        `${path}: this sidecar answers conversations; give it --upstream for more`,
      );
    }
  });
  listener.on("close", () => {
    passthrough?.close();
    conversations?.close();
  });
  return { server: listener, closeIdle };
}

function isOwn(path: string): boolean {
  return OWN.has(path) || REFLECTION.some((service) => path.startsWith(service));
}

function pathOf(method: (typeof OWN_METHODS)[number]): string {
  return `/${Dapr.typeName}/${method}`;
}
