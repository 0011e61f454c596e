import type { IncomingMessage } from "node:http";
import { constants, type Http2ServerRequest, type ServerHttp2Stream } from "node:http2";

/** A request over HTTP/1.1 or HTTP/2. */
export type SidecarRequest = IncomingMessage | Http2ServerRequest;

/** What both of Node's responses can do. */
export interface HttpResponse extends NodeJS.WritableStream {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  writeHead(status: number, headers?: Record<string, string | string[] | number>): unknown;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  addTrailers(trailers: Record<string, string | undefined>): unknown;
  destroy(): unknown;
  /** Of HTTP/2 alone. */
  readonly stream?: ServerHttp2Stream;
}

/** Ends an answer so that its reader sees that it is not whole: closing a stream of HTTP/2 alone would look like its end. */
export function breakOff(response: HttpResponse): void {
  if (response.stream === undefined) response.destroy();
  else response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}
