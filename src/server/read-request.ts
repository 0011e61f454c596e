import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { type JsonValue, parseJson } from "../base/json.js";
import { messageOf, SluiceError } from "../stream/error.js";

/** What is refused of a request's body. */
export interface BodyLimits {
  /** In bytes. */
  maxBodyBytes: number;
}

/**
 * The body of a request of Node's. What comes after the limit is taken from the connection and dropped, so that a client
 * that is still sending hears the answer.
 *
 * @throws {SluiceError} `invalid-request` with status 413 for one that is too large; 400 for one that breaks off.
 */
export function readNodeBody(
  request: IncomingMessage | Http2ServerRequest,
  { maxBodyBytes }: BodyLimits,
): Promise<Uint8Array> {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
    request.resume();
    return Promise.reject(tooLarge(maxBodyBytes));
  }
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on("data", (piece: Buffer) => {
      length += piece.length;
      if (length <= maxBodyBytes) pieces.push(piece);
      else {
        pieces.length = 0;
        reject(tooLarge(maxBodyBytes));
      }
    });
    let whole = false;
    request.once("end", () => {
      whole = true;
      resolve(pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces));
    });
    const broken = (error?: Error) => {
      // Each request closes at last.
      if (!whole) reject(refused(`the body breaks off${error ? `: ${messageOf(error)}` : ""}`));
    };
    request.once("error", broken);
    request.once("close", () => broken());
  });
}

/** The same of a request of the web's. */
export async function readWebBody(request: Request, { maxBodyBytes }: BodyLimits): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    length += read.value.byteLength;
    if (length > maxBodyBytes) {
      void reader?.cancel();
      throw tooLarge(maxBodyBytes);
    }
    pieces.push(read.value);
  }
  return Buffer.concat(pieces);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** @throws {SluiceError} `invalid-request` for what is no UTF-8, no JSON, or nested too deeply. */
export function readJson(body: Uint8Array): JsonValue {
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    throw refused("the body is not UTF-8");
  }
  try {
    return parseJson(text);
  } catch (thrown) {
    throw refused(
      text.trim() === "" ? "the body is empty; it must be JSON" : `the body is not JSON: ${messageOf(thrown)}`,
    );
  }
}

function tooLarge(limit: number): SluiceError {
  return new SluiceError("invalid-request", `the body is larger than ${limit} bytes`, { status: 413 });
}

function refused(message: string): SluiceError {
  return new SluiceError("invalid-request", message, { status: 400 });
}
