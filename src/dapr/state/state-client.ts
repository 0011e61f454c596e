import { type ErrorDetails, SluiceError } from "../../stream/error.js";
import { type DaprdAnswer, type DaprdHttp, daprdError } from "../daprd/daprd-http.js";

/** A record of a state store. */
export interface StateItem {
  value: unknown;
  /** The version of the record; opaque. */
  etag: string;
}

/** One change of a transaction. */
export type StateChange =
  | { type: "upsert"; key: string; value: unknown /** Only if the record still has it. */; etag?: string | undefined }
  | { type: "delete"; key: string };

/** How many records are asked for at once. */
const BULK = 100;

/** How many of them daprd may read at the same time. */
const PARALLELISM = 32;

/**
 * One of daprd's state stores, by its HTTP state API (https://docs.dapr.io/reference/api/state_api/).
 *
 * Values are stored as the text of their JSON: daprd's encryption of state keeps text only, and reading JSON and writing
 * it anew costs some stores parts of it. Keys are made of characters that need no encoding in a path.
 */
export class StateClient {
  readonly #daprd: DaprdHttp;
  readonly #store: string;
  readonly #path: string;
  /** As parameters of the query. */
  readonly #metadata: Record<string, string>;

  /** @param metadata sent with each call, for the component. */
  constructor(daprd: DaprdHttp, store: string, metadata: Readonly<Record<string, string>> = {}) {
    this.#daprd = daprd;
    this.#store = store;
    this.#path = `/v1.0/state/${encodeURIComponent(store)}`;
    this.#metadata = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`metadata.${name}`, value]));
  }

  /**
   * The newest version of a record.
   *
   * @throws {SluiceError} `unsupported` where the store gives no ETags.
   */
  async get(key: string): Promise<StateItem | undefined> {
    const query = { consistency: "strong", ...this.#metadata };
    const answer = await this.#call({ method: "GET", path: `/${key}`, query });
    if (answer.status === 204 || answer.text === "") return undefined;
    if (!answer.etag) throw this.#unsupported("it gives no ETags", "conversations need them");
    return { value: this.#read(() => storedValue(JSON.parse(answer.text)), answer), etag: answer.etag };
  }

  /** Records by their keys; those that are not there are left out. Stores may answer with what was true a moment ago. */
  async getMany(keys: readonly string[]): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    for (let at = 0; at < keys.length; at += BULK) {
      const body = JSON.stringify({ keys: keys.slice(at, at + BULK), parallelism: PARALLELISM });
      const answer = await this.#call({ method: "POST", path: "/bulk", query: this.#metadata, body });
      for (const { key, data, error } of this.#read(() => bulkItems(answer.text), answer)) {
        if (error) throw this.#failed(`${key} cannot be read: ${error}`);
        if (data !== undefined && data !== null)
          found.set(
            key,
            this.#read(() => storedValue(data), answer),
          );
      }
    }
    return found;
  }

  /**
   * Writes a record if nobody else did.
   *
   * @param etag of the version that was read; `undefined` makes the record, which must not exist.
   * @throws {SluiceError} see `mayHaveLost`.
   */
  async save(key: string, value: unknown, etag: string | undefined): Promise<void> {
    const body = JSON.stringify([upsert(key, value, etag)]);
    await this.#call({ method: "POST", path: "", query: this.#metadata, body });
  }

  /**
   * Deletes a record if nobody changed it.
   *
   * @throws {SluiceError} see `mayHaveLost`.
   */
  async delete(key: string, etag: string): Promise<void> {
    const query = { concurrency: "first-write", consistency: "strong", ...this.#metadata };
    await this.#call({ method: "DELETE", path: `/${key}`, query, headers: { "if-match": etag } });
  }

  /**
   * Makes several changes at once.
   *
   * Stores differ where one of the changes fails for its ETag: some undo the others, Redis does not.
   *
   * @throws {SluiceError} `unsupported` where the store has no transactions; see `mayHaveLost`.
   */
  async transact(changes: readonly StateChange[]): Promise<void> {
    const operations = changes.map((change) =>
      change.type === "upsert"
        ? { operation: "upsert", request: upsert(change.key, change.value, change.etag) }
        : { operation: "delete", request: { key: change.key } },
    );
    const body = JSON.stringify({ operations });
    await this.#call({ method: "POST", path: "/transaction", query: this.#metadata, body });
  }

  /** What an answer says, unless somebody else gave it. */
  #read<T>(read: () => T, { text }: DaprdAnswer): T {
    try {
      return read();
    } catch (cause) {
      throw this.#failed(`the answer is none of daprd's: ${text.slice(0, 200)}`, { cause });
    }
  }

  async #call(call: Parameters<DaprdHttp["call"]>[0]): Promise<DaprdAnswer> {
    let answer: DaprdAnswer;
    try {
      answer = await this.#daprd.call({ ...call, path: `${this.#path}${call.path}` });
    } catch (thrown) {
      throw this.#failed(SluiceError.from(thrown).message, { cause: thrown, retryable: true });
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.#refused(answer);
  }

  #refused(answer: DaprdAnswer): SluiceError {
    const { status } = answer;
    const { errorCode, message } = daprdError(answer);
    const details = { status, providerMessage: message, ...(errorCode !== undefined && { providerCode: errorCode }) };
    if (errorCode === "ERR_STATE_STORE_NOT_SUPPORTED") {
      return this.#unsupported(message, "conversations need a store with transactions, such as state.redis", details);
    }
    return this.#failed(message, { ...details, retryable: status === 409 || status === 429 || status >= 500 });
  }

  #unsupported(what: string, why: string, details?: ErrorDetails): SluiceError {
    return new SluiceError("unsupported", `Dapr state store ${this.#store}: ${what}; ${why}`, details);
  }

  #failed(message: string, details?: ErrorDetails): SluiceError {
    return new SluiceError("store-failed", `Dapr state store ${this.#store}: ${message}`, details);
  }
}

interface BulkItem {
  key: string;
  data?: unknown;
  error?: string;
}

/**
 * Whether a write failed because another writer was first, or may have been stored without an answer. Only reading
 * the record again says which: stores answer a lost race with 409 or 500, in words of their own.
 */
export function mayHaveLost(thrown: unknown): thrown is SluiceError {
  return thrown instanceof SluiceError && thrown.code === "store-failed" && thrown.retryable;
}

function bulkItems(text: string): BulkItem[] {
  const items: unknown = JSON.parse(text || "[]");
  if (!Array.isArray(items)) throw new TypeError("the answer to a bulk read is no list");
  return items;
}

function upsert(key: string, value: unknown, etag: string | undefined): object {
  return {
    key,
    value: JSON.stringify(value),
    ...(etag !== undefined && { etag }),
    options: { concurrency: "first-write", consistency: "strong" },
  };
}

/** Where the store encrypts, daprd gives the text as it was, and otherwise as a JSON string. */
function storedValue(data: unknown): unknown {
  return typeof data === "string" ? JSON.parse(data) : data;
}
