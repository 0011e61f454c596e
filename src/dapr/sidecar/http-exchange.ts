import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** A request over HTTP/1.1 or HTTP/2. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** What both of Node's responses can do. */
export interface HttpResponse extends NodeJS.WritableStream {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  writeHead(status: number, headers?: Record<string, string | string[] | number>): unknown;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  addTrailers(trailers: Record<string, string | undefined>): unknown;
  destroy(): unknown;
}
