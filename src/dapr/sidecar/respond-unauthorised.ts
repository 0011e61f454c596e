import type { ServerHttp2Stream } from "node:http2";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, encodeBinaryHeader } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../proto/generated/google/rpc/error_details_pb.js";
import { StatusSchema } from "../proto/generated/google/rpc/status_pb.js";
import { respondWithStatus } from "./grpc-passthrough.js";

/**
 * Ends a gRPC call that may not pass, with daprd's status: its details say what is the matter.
 *
 * @param hasToken whether the call has a token, which then is a wrong one.
 */
export function respondUnauthorised(stream: ServerHttp2Stream, hasToken: boolean): void {
  const message = "Unauthorized";
  const reason = hasToken ? "authentication error: api token mismatch" : "missing api token in request metadata";
  const info = create(ErrorInfoSchema, {
    reason: message,
    domain: "dapr.io",
    metadata: { "http.code": "401", "http.error_message": reason },
  });
  const status = create(StatusSchema, {
    code: Code.Unauthenticated,
    message,
    details: [anyPack(ErrorInfoSchema, info)],
  });
  const details = encodeBinaryHeader(toBinary(StatusSchema, status));
  respondWithStatus(stream, Code.Unauthenticated, message, { "grpc-status-details-bin": details });
}
