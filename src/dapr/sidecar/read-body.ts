import { unreadableBody } from "../converse/api-error.js";
import type { HttpRequest } from "./http-exchange.js";

/**
 * The body of a request as text.
 *
 * @param limit in bytes.
 * @throws {SluiceError} `invalid-request` with `ERR_BODY_READ` for a body that is too large or breaks off.
 */
export async function readBody(request: HttpRequest, limit: number): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of request) {
      const bytes: Buffer = Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
      length += bytes.length;
      if (length > limit) break;
      pieces.push(bytes);
    }
  } catch (error) {
    throw unreadableBody(error instanceof Error ? error.message : String(error));
  }
  // The words of Go's http.MaxBytesReader, which daprd uses.
  if (length > limit) throw unreadableBody("http: request body too large");
  return Buffer.concat(pieces).toString("utf8");
}
