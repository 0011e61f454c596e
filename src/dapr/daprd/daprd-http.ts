import { isJsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { Environment } from "../../models/provider.js";
import { defaultEnvironment } from "../../models/provider-environment.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { TOKEN_HEADER } from "../sidecar/api-token.js";

/** Where a daprd is, and how to call it. */
export interface DaprdOptions {
  /** Base URL of its HTTP port. Default `DAPR_HTTP_ENDPOINT`, else 127.0.0.1 with `DAPR_HTTP_PORT` (default 3500). */
  endpoint?: string | undefined;
  /** Default `DAPR_API_TOKEN`. */
  apiToken?: string | undefined;
  /** How long one call may take, in ms. Default 30 000. */
  timeoutMs?: number;
  /** Default `process.env`. */
  env?: Environment;
}

/** A call of daprd's HTTP API. */
export interface DaprdCall {
  method: "GET" | "POST" | "DELETE";
  /** Starts with a slash; its segments are encoded. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** JSON text. */
  body?: string;
  headers?: Readonly<Record<string, string>>;
}

/** What daprd answered, whatever its status. */
export interface DaprdAnswer {
  status: number;
  etag: string | undefined;
  text: string;
}

/** The HTTP port of a daprd. */
export class DaprdHttp {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;

  /** @throws {SluiceError} `invalid-argument` for an address that is no URL of HTTP. */
  constructor({ endpoint, apiToken, timeoutMs = 30_000, env = defaultEnvironment() }: DaprdOptions = {}) {
    this.endpoint = checkedEndpoint(endpoint ?? endpointOf(env));
    const token = apiToken ?? env.DAPR_API_TOKEN;
    this.#headers = token ? { [TOKEN_HEADER]: token } : {};
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Calls it.
   *
   * @throws {SluiceError} `connect-failed`, where there is no answer: whether the call was heard is then not known.
   */
  async call({ method, path, query = {}, body, headers }: DaprdCall): Promise<DaprdAnswer> {
    const search = new URLSearchParams(query).toString();
    const url = `${this.endpoint}${path}${search === "" ? "" : `?${search}`}`;
    try {
      const answer = await fetch(url, {
        method,
        headers: {
          ...this.#headers,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return { status: answer.status, etag: answer.headers.get("etag") ?? undefined, text: await answer.text() };
    } catch (cause) {
      const message = `the daprd at ${this.endpoint} did not answer: ${reasonOf(cause)}`;
      throw new SluiceError("connect-failed", message, { cause, retryable: true });
    }
  }
}

/** What daprd says is wrong: `{ errorCode, message }`, or text where it did not come from its API. */
export function daprdError({ text }: DaprdAnswer): { errorCode?: string; message: string } {
  let body: JsonValue;
  try {
    body = parseJson(text);
  } catch {
    return { message: text.slice(0, 500) };
  }
  if (!isJsonObject(body)) return { message: text.slice(0, 500) };
  const { errorCode, message } = body;
  return {
    ...(typeof errorCode === "string" && { errorCode }),
    message: typeof message === "string" ? message : text.slice(0, 500),
  };
}

function endpointOf(env: Environment): string {
  return env.DAPR_HTTP_ENDPOINT || `http://127.0.0.1:${env.DAPR_HTTP_PORT || "3500"}`;
}

function checkedEndpoint(endpoint: string): string {
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw invalid("endpoint", endpoint, "a URL of daprd's HTTP port, for example http://127.0.0.1:3500");
  }
  return endpoint.replace(/(?<!\/)\/+$/, "");
}

/** `fetch` hides what happened in the cause of its error. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message || String(thrown.cause) : thrown.message;
}
