import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a state store treats what Dapr leaves open. */
export interface FakeStateOptions {
  /**
   * `atomic`: as `state.in-memory`; all parts of a transaction or none, lost races are 409.
   * `redis`: as `state.redis`; ETags count up, the parts of a transaction that fit their ETags are kept when another does
   * not, a transaction does not mind that a record exists, and making a record that exists is a 500.
   * `none`: no transactions.
   */
  transactions?: "atomic" | "redis" | "none";
  /** Values are given back as daprd does where it encrypts the store: as they were, not as JSON strings. */
  encrypted?: boolean;
  /** Answers carry no ETags. */
  withoutEtags?: boolean;
  /** Asked of every call. */
  apiToken?: string;
}

/** One request that came in. */
interface FakeStateRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
}

/** What to do with a request beside answering it. */
type Fault = "lose-answer" | "refuse" | "forget";

/** A daprd that has one state store, `statestore`, in memory. */
export interface FakeDaprState {
  url: string;
  /** What it was asked since it was last cleared. */
  requests: FakeStateRequest[];
  /** Keys of what is stored. */
  keys(): string[];
  /** Called before a request is carried out. `lose-answer`: done, then the connection breaks. `refuse`: 500, not done. `forget`: not done, and the connection breaks. */
  fault?: ((request: FakeStateRequest) => Fault | undefined | Promise<Fault | undefined>) | undefined;
  stop(): Promise<void>;
}

interface Item {
  value: unknown;
  etag: string;
  /** Made with first-write concurrency. */
  firstWrite: boolean;
}

interface Write {
  key: string;
  value?: unknown;
  etag?: string;
  options?: { concurrency?: string };
}

class Refused extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

const MISMATCH = "possible etag mismatch. error from state store: ";

class State {
  readonly items = new Map<string, Item>();
  readonly #options: FakeStateOptions;
  #count = 0;

  constructor(options: FakeStateOptions) {
    this.#options = options;
  }

  save(writes: readonly Write[]): void {
    for (const write of writes) this.#checkKey(write.key);
    for (const write of writes) {
      if (this.#fits(write, false)) continue;
      const conflict = this.#options.transactions !== "redis" || write.etag !== undefined;
      const message = `failed saving state in state store statestore: ${conflict ? MISMATCH : ""}failed to set key app||${write.key}`;
      throw new Refused(conflict ? 409 : 500, "ERR_STATE_SAVE", message);
    }
    for (const write of writes) this.#set(write, true);
  }

  delete(write: Write): void {
    this.#checkKey(write.key);
    const item = this.items.get(write.key);
    const missing = item === undefined && this.#options.transactions !== "redis" && write.etag !== undefined;
    if (missing || (item !== undefined && write.etag !== undefined && item.etag !== write.etag)) {
      const message = `failed deleting state with key ${write.key}: ${MISMATCH}failed to delete app||${write.key}`;
      throw new Refused(409, "ERR_STATE_DELETE", message);
    }
    this.items.delete(write.key);
  }

  transact(operations: readonly { operation: string; request: Write }[]): void {
    if (this.#options.transactions === "none") {
      const message = "state store statestore doesn't support transactions";
      throw new Refused(500, "ERR_STATE_STORE_NOT_SUPPORTED", message);
    }
    for (const { request } of operations) this.#checkKey(request.key);
    const alone = this.#options.transactions === "redis";
    const bad = operations.filter(({ operation, request }) => operation === "upsert" && !this.#fits(request, alone));
    for (const { operation, request } of operations) {
      if (bad.length > 0 && (!alone || bad.some((other) => other.request === request))) continue;
      if (operation === "upsert") this.#set(request, !alone);
      else this.items.delete(request.key);
    }
    if (bad.length === 0) return;
    const message = `error while executing state transaction: failed to set key app||${bad[0]?.request.key}`;
    throw new Refused(500, "ERR_STATE_TRANSACTION", message);
  }

  #fits({ key, etag, options }: Write, inTransaction: boolean): boolean {
    const item = this.items.get(key);
    const redis = this.#options.transactions === "redis";
    if (item === undefined) return redis || etag === undefined;
    if (etag !== undefined) return item.etag === etag;
    if (redis) return !item.firstWrite;
    return inTransaction || options?.concurrency !== "first-write";
  }

  #set({ key, value, options }: Write, firstWriteCounts: boolean): void {
    const item = this.items.get(key);
    const redis = this.#options.transactions === "redis";
    const etag = redis ? String(Number(item?.etag ?? 0) + 1) : `etag-${++this.#count}`;
    const firstWrite = item?.firstWrite || (firstWriteCounts && options?.concurrency === "first-write");
    this.items.set(key, { value, etag, firstWrite });
  }

  #checkKey(key: string): void {
    if (!key.includes("||")) return;
    throw new Refused(400, "ERR_MALFORMED_REQUEST", `input key/keyPrefix '${key}' can't contain '||'`);
  }
}

/** Starts it. */
export async function startFakeDaprState(options: FakeStateOptions = {}): Promise<FakeDaprState> {
  const state = new State({ transactions: "atomic", ...options });
  const server = createServer((request, response) => void answer(request, response));
  const fake: FakeDaprState = {
    url: "",
    requests: [],
    keys: () => [...state.items.keys()],
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const url = new URL(request.url ?? "/", "http://localhost");
    const seen = { method: request.method ?? "GET", path: url.pathname, query: url.searchParams, body };
    fake.requests.push(seen);
    const fault = await fake.fault?.(seen);
    try {
      if (options.apiToken !== undefined && request.headers["dapr-api-token"] !== options.apiToken) {
        response.writeHead(401).end("invalid api token");
        return;
      }
      if (fault === "refuse") throw new Refused(500, "ERR_STATE_SAVE", "the database is down");
      const etag = request.headers["if-match"];
      if (fault !== "forget") carryOut(seen, etag, response);
      if (fault !== undefined) response.destroy();
      else response.end();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      response.writeHead(error.status, { "content-type": "application/json" });
      response.end(JSON.stringify({ errorCode: error.errorCode, message: error.message }));
    }
  }

  function carryOut(
    { method, path, body }: FakeStateRequest,
    etag: string | undefined,
    response: ServerResponse,
  ): void {
    const [, version, api, store, last] = path.split("/");
    if (version !== "v1.0" || api !== "state") throw new Refused(404, "ERR_METHOD_NOT_FOUND", path);
    if (store !== "statestore") {
      throw new Refused(400, "ERR_STATE_STORE_NOT_FOUND", `state store ${store} is not found`);
    }
    response.statusCode = 204;
    if (method === "POST" && last === undefined) state.save(JSON.parse(body));
    else if (method === "POST" && last === "transaction") state.transact(JSON.parse(body).operations);
    else if (method === "POST" && last === "bulk") writeBulk(JSON.parse(body).keys, response);
    else if (method === "DELETE") {
      state.delete({ key: decodeURIComponent(last ?? ""), ...(etag !== undefined && { etag }) });
    } else writeOne(state.items.get(decodeURIComponent(last ?? "")), response);
  }

  function writeOne(item: Item | undefined, response: ServerResponse): void {
    if (item === undefined) return;
    const headers = options.withoutEtags ? {} : { etag: item.etag };
    response.writeHead(200, { "content-type": "application/json", ...headers }).write(jsonOf(item.value));
  }

  function writeBulk(keys: readonly string[], response: ServerResponse): void {
    const items = keys.map((key) => {
      const item = state.items.get(key);
      if (item === undefined) return `{"key":${JSON.stringify(key)}}`;
      return `{"key":${JSON.stringify(key)},"data":${jsonOf(item.value)},"etag":${JSON.stringify(item.etag)}}`;
    });
    // In an order of its own, as daprd reads them in parallel.
    response.writeHead(200, { "content-type": "application/json" }).write(`[${items.reverse().join(",")}]`);
  }

  function jsonOf(value: unknown): string {
    return options.encrypted && typeof value === "string" ? value : JSON.stringify(value);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}
