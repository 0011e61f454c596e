import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { writeGrpcMessage } from "./grpc-message.js";

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR } = constants;
/** gRPC's status for a server that cannot be reached. */
const UNAVAILABLE = 14;

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
    let trailers: OutgoingHttpHeaders | undefined;
    call.on("response", (answer, flags) => {
      if (stream.destroyed) return;
      // A call that fails at once has its status in the only headers that there are.
      const endStream = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answer as OutgoingHttpHeaders, { endStream, waitForTrailers: !endStream });
      if (!endStream) call.pipe(stream, { end: false });
    });
    let ended = false;
    const end = () => {
      if (stream.headersSent && !stream.destroyed) stream.end();
    };
    call.on("trailers", (received) => {
      trailers = received as OutgoingHttpHeaders;
      if (ended) end();
    });
    call.on("end", () => {
      ended = true;
      // A call that breaks off ends, too, but has no trailers: it is reset when it closes.
      if (trailers !== undefined) end();
    });
    stream.on("wantTrailers", () => stream.sendTrailers(withoutPseudo(trailers ?? {})));
    call.on("error", (error) => this.#unreachable(stream, error));
    call.on("close", () => {
      // The answer is out, whatever the caller still sends.
      if (stream.writableEnded || stream.closed) return;
      if (call.rstCode === 0) end();
      // The caller is still there: it was the daprd, or its connection, that gave the call up.
      else stream.close(call.rstCode === NGHTTP2_CANCEL ? NGHTTP2_INTERNAL_ERROR : call.rstCode);
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
    // Each call fails by itself.
    session.on("error", () => {});
    session.unref();
    this.#session = session;
    return session;
  }

  #unreachable(stream: ServerHttp2Stream, error: Error): void {
    if (stream.destroyed || stream.closed) return;
    if (stream.headersSent) {
      stream.close(NGHTTP2_INTERNAL_ERROR);
      return;
    }
    respondWithStatus(stream, UNAVAILABLE, `the daprd at ${this.#upstream} cannot be reached: ${error.message}`);
  }
}

/** Ends a call with nothing but a status. What the caller still sends is dropped. */
export function respondWithStatus(
  stream: ServerHttp2Stream,
  status: number,
  message: string,
  details: OutgoingHttpHeaders = {},
): void {
  const headers = { ":status": 200, "content-type": "application/grpc", "grpc-status": status, ...details };
  stream.on("error", () => {});
  stream.respond({ ...headers, "grpc-message": writeGrpcMessage(message) }, { endStream: true });
  stream.resume();
}

function withoutPseudo(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
}
