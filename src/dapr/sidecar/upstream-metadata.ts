import type { Clock } from "../../stream/clock.js";
import { isJsonObject, type JsonObject, parseJson } from "../../stream/json.js";
import { readMetadataJson, writeMetadataJson } from "../daprd/metadata-json.js";
import type { GetMetadataResponse } from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";
import { TOKEN_HEADER } from "./api-token.js";
import type { GrpcUpstream } from "./grpc-upstream.js";

/** How long the daprd may take to answer before it is left out, in ms. */
const LIMIT_MS = 5_000;

/** Settings of `UpstreamMetadata`. */
export interface UpstreamMetadataOptions {
  /** Base URL of the daprd's HTTP port. */
  http: string | undefined;
  /** Its gRPC port. */
  grpc: GrpcUpstream | undefined;
  /** Its API token; `undefined` for none. */
  token: string | undefined;
  clock: Clock;
}

/**
 * What a real daprd says of itself, by the port of the same protocol where it is known, so that nothing of it is lost;
 * `undefined` where it does not answer: it may not be up yet, and its part is left out then.
 */
export class UpstreamMetadata {
  readonly #options: UpstreamMetadataOptions;

  constructor(options: UpstreamMetadataOptions) {
    this.#options = options;
  }

  /** For gRPC. */
  async message(): Promise<GetMetadataResponse | undefined> {
    return await this.#inTime(async (signal) => {
      if (this.#options.grpc !== undefined) return await this.#overGrpc(signal);
      const json = await this.#overHttp(signal);
      return json && readMetadataJson(json);
    });
  }

  /** For HTTP. */
  async json(): Promise<JsonObject | undefined> {
    return await this.#inTime(async (signal) => {
      if (this.#options.http !== undefined) return await this.#overHttp(signal);
      const message = await this.#overGrpc(signal);
      return message && writeMetadataJson(message);
    });
  }

  async #inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const limit = new AbortController();
    const callOff = this.#options.clock.after(LIMIT_MS, () => limit.abort());
    try {
      return await ask(limit.signal);
    } catch {
      return undefined;
    } finally {
      callOff();
    }
  }

  async #overHttp(signal: AbortSignal): Promise<JsonObject | undefined> {
    const { http } = this.#options;
    if (http === undefined) return undefined;
    const answer = await fetch(`${http.replace(/\/+$/, "")}/v1.0/metadata`, { headers: this.#headers(), signal });
    const json = parseJson(await answer.text());
    return answer.ok && isJsonObject(json) ? json : undefined;
  }

  async #overGrpc(signal: AbortSignal): Promise<GetMetadataResponse | undefined> {
    return await this.#options.grpc?.client.getMetadata({}, { headers: this.#headers(), signal });
  }

  #headers(): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? {} : { [TOKEN_HEADER]: token };
  }
}
