import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { SluiceError } from "../../stream/error.js";
import { readGrpcError } from "./grpc-error.js";

test.each<[Code, string, string, boolean]>([
  [Code.InvalidArgument, "failed finding conversation component x", "not-found", false],
  [Code.InvalidArgument, "failed conversing with component x: missing inputs in request", "rejected", false],
  [Code.InvalidArgument, "failed conversing with component x: invalid params: no", "rejected", false],
  [Code.InvalidArgument, "failed conversing with component x: invalid params%!(EXTRA string=no)", "rejected", false],
  [Code.InvalidArgument, "something else", "rejected", false],
  [Code.Internal, "failed conversing with component x: the model fell over", "provider-error", false],
  [Code.Internal, "failed conversing with component x: too many tokens", "context-length", false],
  [Code.Internal, "http/2 stream closed with error code INTERNAL_ERROR (0x2)", "truncated", true],
  [Code.Aborted, "the connection was reset", "truncated", true],
  [Code.Unimplemented, "unknown method ConverseAlpha2", "unsupported", false],
  [Code.Unauthenticated, "Unauthorized", "authentication", false],
  [Code.PermissionDenied, "not allowed", "permission", false],
  [Code.Unavailable, "connect ECONNREFUSED", "connect-failed", true],
  [Code.DeadlineExceeded, "too late", "total-timeout", false],
  [Code.ResourceExhausted, "grpc: received message larger than max (5 vs. 4)", "rejected", false],
  [Code.ResourceExhausted, "message size 21 is larger than configured readMaxBytes 10", "rejected", false],
  [Code.Internal, "Stream closed with error code NGHTTP2_ENHANCE_YOUR_CALM", "rejected", false],
  [Code.ResourceExhausted, "slow down", "rate-limited", true],
])("%s with %j is %s", (grpcCode, message, code, retryable) => {
  const thrown = new ConnectError(message, grpcCode);
  expect(readGrpcError(thrown)).toMatchObject({ code, retryable, cause: thrown });
});

test("other errors keep what they are", () => {
  const own = new SluiceError("cancelled", "left");
  expect(readGrpcError(own)).toBe(own);
  const reset = Object.assign(new Error("read"), { code: "ECONNRESET" });
  expect(readGrpcError(new ConnectError("read", Code.Internal, undefined, undefined, reset)).code).toBe("truncated");
});
