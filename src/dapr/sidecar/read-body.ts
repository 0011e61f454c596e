import { unreadableBody } from "../converse/api-error.js";
import type { SidecarRequest } from "./http-exchange.js";

/**
 * The body of a request. What comes after the limit is taken from the connection and dropped, so that a client that is
 * still sending hears the answer.
 *
 * @param limit in bytes.
 * @throws {SluiceError} `invalid-request` with `ERR_BODY_READ` for a body that is too large or breaks off.
 */
export function readBody(request: SidecarRequest, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on("data", (piece: Buffer) => {
      length += piece.length;
      if (length <= limit) pieces.push(piece);
      else {
        pieces.length = 0;
        // The words of Dapr's own limit on streams.
        reject(unreadableBody("stream too large"));
      }
    });
    request.once("end", () => resolve(Buffer.concat(pieces)));
    request.once("error", (error) => reject(unreadableBody(error.message)));
    request.once("close", () => reject(unreadableBody("unexpected EOF")));
  });
}
