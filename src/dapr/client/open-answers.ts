import { SluiceError } from "../../stream/error.js";

/** An answer that can be cut. */
export interface OpenAnswer {
  cancel(reason: SluiceError): void;
}

/** The answers of a client that are being read: they end when it is closed. */
export class OpenAnswers {
  readonly #open = new Set<OpenAnswer>();
  #closed = false;

  /** @throws {SluiceError} `cancelled` where the client was closed. */
  add(answer: OpenAnswer): void {
    if (this.#closed) throw closed();
    this.#open.add(answer);
  }

  delete(answer: OpenAnswer): void {
    this.#open.delete(answer);
  }

  /** Cuts all, and lets none begin any more. */
  close(): void {
    this.#closed = true;
    for (const answer of this.#open) answer.cancel(closed());
    this.#open.clear();
  }
}

function closed(): SluiceError {
  return new SluiceError("cancelled", "the client was closed");
}
