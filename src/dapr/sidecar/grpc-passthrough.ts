import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM } = constants;
/** gRPC's status for a server that cannot be reached. */
const UNAVAILABLE = "14";

/** Passes gRPC calls on to a real daprd: headers, messages and trailers as they come, in both directions at once. */
export class GrpcPassthrough {
  readonly #upstream: string;
  #session: ClientHttp2Session | undefined;

  /** @param upstream base URL. */
  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const call = this.#connected().request(headers as OutgoingHttpHeaders, { endStream: false });
    let trailers: OutgoingHttpHeaders = {};
    call.on("response", (answer, flags) => {
      if (stream.destroyed) return;
      // A call that fails at once has its status in the only headers that there are.
      const endStream = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answer as OutgoingHttpHeaders, { endStream, waitForTrailers: !endStream });
      if (!endStream) call.pipe(stream);
    });
    call.on("trailers", (received) => {
      trailers = received as OutgoingHttpHeaders;
    });
    stream.on("wantTrailers", () => stream.sendTrailers(withoutPseudo(trailers)));
    call.on("error", (error) => this.#unreachable(stream, error));
    call.on("close", () => {
      if (call.rstCode !== 0 && !stream.closed) stream.close(call.rstCode);
    });
    stream.on("error", () => {});
    stream.on("close", () => call.close(NGHTTP2_CANCEL));
    stream.pipe(call);
  }

  close(): void {
    this.#session?.destroy();
  }

  #connected(): ClientHttp2Session {
    const known = this.#session;
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = connect(this.#upstream);
    // Each call is told of the failure by itself.
    session.on("error", () => {});
    session.unref();
    this.#session = session;
    return session;
  }

  #unreachable(stream: ServerHttp2Stream, error: Error): void {
    if (stream.destroyed || stream.closed) return;
    if (stream.headersSent) {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return;
    }
    respondWithStatus(stream, UNAVAILABLE, `the daprd at ${this.#upstream} cannot be reached: ${error.message}`);
  }
}

/** Ends a call with nothing but a status. */
export function respondWithStatus(stream: ServerHttp2Stream, status: string, message: string): void {
  const headers = { ":status": 200, "content-type": "application/grpc", "grpc-status": status };
  stream.respond(
    { ...headers, "grpc-message": encodeURIComponent(message).replaceAll("%20", " ") },
    { endStream: true },
  );
}

function withoutPseudo(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
}
