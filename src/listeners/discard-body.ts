import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/**
 * Takes what is left of a request's body off the connection and drops it: the next request on the connection comes after it.
 * Listeners do so themselves once an answer is out. Over HTTP/2 an answer to a request whose body somebody began to read, and
 * stopped reading, never gets out: whoever did so calls this before the answer ends.
 */
export function discardBody(request: IncomingMessage | Http2ServerRequest): void {
  if (request.readableEnded) return;
  request.unpipe();
  request.resume();
}
