import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import { readMetadataJson, writeMetadataJson } from "../daprd/metadata-json.js";
import type { GetMetadataResponse } from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";
import { askUpstream, type UpstreamPorts, upstreamUrl } from "./upstream-call.js";

/**
 * What a real daprd says of itself, by the port of the same protocol where it is known, so that nothing of it is lost;
 * `undefined` where it does not answer: it may not be up yet, and its part is left out then.
 */
export class UpstreamMetadata {
  readonly #ports: UpstreamPorts;

  constructor(ports: UpstreamPorts) {
    this.#ports = ports;
  }

  /** For gRPC. */
  async message(): Promise<GetMetadataResponse | undefined> {
    if (this.#ports.grpc !== undefined) return await this.#overGrpc();
    return await this.#overHttp(readMetadataJson);
  }

  /** For HTTP. */
  async json(): Promise<JsonObject | undefined> {
    if (this.#ports.http !== undefined) return await this.#overHttp((json) => json);
    const message = await this.#overGrpc();
    return message && writeMetadataJson(message);
  }

  async #overHttp<T>(read: (json: JsonObject) => T): Promise<T | undefined> {
    const { http } = this.#ports;
    if (http === undefined) return undefined;
    return await askUpstream(this.#ports, async (call) => {
      const answer = await fetch(upstreamUrl(http, "/v1.0/metadata"), call);
      const json = parseJson(await answer.text());
      return answer.ok && isJsonObject(json) ? read(json) : undefined;
    });
  }

  async #overGrpc(): Promise<GetMetadataResponse | undefined> {
    return await askUpstream(this.#ports, async (call) => await this.#ports.grpc?.client.getMetadata({}, call));
  }
}
