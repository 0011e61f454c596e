import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Drainable, drained } from "../base/drained.js";

/** What both of Node's responses can do with a body. */
export interface WritableResponse {
  readonly destroyed: boolean;
  write(piece: string | Uint8Array): boolean;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/**
 * Writes the body of an answer, piece by piece.
 *
 * Where HTTP/1.1 sends it in chunks, a text goes to the socket as one string, with its chunk's size and end. Node's response
 * makes four writes of the same bytes and encodes them one by one, which costs more than all else that is done for a token.
 */
export class BodyWriter {
  readonly #response: WritableResponse;
  /** The same, where its chunks may be written past it. */
  readonly #http1: ServerResponse | undefined;
  #begun = false;
  /** What the last piece went to. */
  #last: Drainable;

  constructor(response: WritableResponse) {
    this.#response = response;
    this.#last = response;
    this.#http1 = response instanceof ServerResponse ? response : undefined;
  }

  /** Whether nothing can be written any more. */
  get destroyed(): boolean {
    return this.#response.destroyed;
  }

  /** Writes a piece. Returns whether more may be written at once; else `drained` tells when. */
  write(piece: string | Uint8Array): boolean {
    // The first piece takes the head with it, and a chunk without bytes would be the end.
    const socket = this.#begun && typeof piece === "string" && piece !== "" ? this.#chunksTo() : undefined;
    this.#begun = true;
    this.#last = socket ?? this.#response;
    return socket === undefined ? this.#response.write(piece) : writeChunk(socket, piece as string);
  }

  /** Resolves when more may be written, or nothing can be. */
  drained(): Promise<void> {
    return drained(this.#last);
  }

  /** None where the body is not sent in chunks, and while an earlier answer has the connection. */
  #chunksTo(): Socket | undefined {
    const response = this.#http1;
    return response?.chunkedEncoding ? (response.socket ?? undefined) : undefined;
  }
}

/** RFC 9112, section 7.1: the number of bytes in hexadecimal digits, and the bytes, each with a line end behind it. */
function writeChunk(socket: Socket, text: string): boolean {
  const bytes = Buffer.byteLength(text);
  // As many bytes as code units: it is ASCII, which Node writes without encoding it.
  const encoding = bytes === text.length ? "latin1" : "utf8";
  return socket.write(`${bytes.toString(16)}\r\n${text}\r\n`, encoding);
}
