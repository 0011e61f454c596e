import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { SluiceError } from "../../stream/error.js";

/** How an encoding is undone. */
type Encoding = "gzip" | "deflate" | "br" | "none" | "unknown";

/** Receives the decoded bytes. */
export interface DecodedBody {
  piece(bytes: Uint8Array): void;
  end(): void;
  /** It cannot be decoded. */
  close(failure: SluiceError): void;
}

/** Bytes of a text that no compressed body begins with: a body that is all of these was not encoded, whatever its label. */
const TEXT = /^[\t\n\r\x20-\x7e]*$/;
/** How many bytes tell. */
const LOOKED_AT = 16;

/**
 * Undoes the encoding of a body: the one that its first bytes show, and not the one that its label says. Servers encode what
 * nobody asked them to, and proxies take the encoding away and leave the label, or the other way round.
 */
export class BodyDecoding {
  readonly #label: string;
  readonly #to: DecodedBody;
  #stream: Transform | "none" | undefined;

  /** @param label of `content-encoding`; "" if there is none. */
  constructor(label: string, to: DecodedBody) {
    this.#label = label.trim().toLowerCase();
    this.#to = to;
  }

  push(chunk: Uint8Array): void {
    this.#stream ??= this.#open(encodingOf(chunk, this.#label));
    if (this.#stream === "none") this.#to.piece(chunk);
    else this.#stream.write(chunk);
  }

  /** The body is over. */
  end(): void {
    if (this.#stream === undefined || this.#stream === "none") this.#to.end();
    else this.#stream.end();
  }

  /** The reader has enough for now; or wants more. */
  set paused(paused: boolean) {
    if (this.#stream === undefined || this.#stream === "none") return;
    if (paused) this.#stream.pause();
    else this.#stream.resume();
  }

  /** Nobody wants the rest. */
  close(): void {
    if (this.#stream !== undefined && this.#stream !== "none") this.#stream.destroy();
  }

  #open(encoding: Encoding): Transform | "none" {
    if (encoding === "none") return encoding;
    if (encoding === "unknown") {
      this.#fail(new Error("it is not known, and was not asked for"));
      return "none";
    }
    // What came so far is passed on at once, and a body that was cut is read as far as it came.
    const flush = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
    const stream =
      encoding === "gzip"
        ? createGunzip(flush)
        : encoding === "deflate"
          ? createInflate(flush)
          : createBrotliDecompress();
    stream.on("data", (piece: Uint8Array) => this.#to.piece(piece));
    stream.on("end", () => this.#to.end());
    stream.on("error", (error) => this.#fail(error));
    return stream;
  }

  #fail(cause: Error): void {
    const label = this.#label || "none";
    const message = `the answer's encoding (${label}) cannot be undone: ${cause.message}`;
    this.#to.close(new SluiceError("malformed-frame", message, { cause }));
  }
}

function encodingOf(chunk: Uint8Array, label: string): Encoding {
  if (chunk[0] === 0x1f && (chunk[1] ?? 0x8b) === 0x8b) return "gzip";
  if (label === "" || TEXT.test(String.fromCharCode(...chunk.subarray(0, LOOKED_AT)))) return "none";
  if (label === "identity") return "none";
  return label === "deflate" || label === "br" ? label : "unknown";
}
