import type { Http2ServerResponse } from "node:http2";

const HEADER = "grpc-message";

/**
 * A status message as gRPC has it in a header: in percent codes only what is not printable ASCII, and the percent sign
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses). Clients such as grpc-js decode no others.
 */
export function writeGrpcMessage(message: string): string {
  return Buffer.from(message)
    .toString("latin1")
    .replace(/[^\x20-\x24\x26-\x7e]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** The response, whose trailers say the status message so: the library that writes them encodes more than that. */
export function withGrpcMessage(response: Http2ServerResponse): Http2ServerResponse {
  const addTrailers = response.addTrailers.bind(response);
  response.addTrailers = (trailers) => {
    const message = trailers[HEADER];
    addTrailers(
      typeof message === "string" ? { ...trailers, [HEADER]: writeGrpcMessage(decodeURIComponent(message)) } : trailers,
    );
  };
  return response;
}
