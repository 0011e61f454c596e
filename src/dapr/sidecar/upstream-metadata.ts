import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { readProtoJson } from "../converse/proto-json.js";
import { Dapr } from "../proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import {
  type GetMetadataResponse,
  GetMetadataResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";
import { TOKEN_HEADER } from "./api-token.js";
import type { Upstream } from "./sidecar-core.js";

/**
 * What a real daprd says of itself, by whichever of its ports is known; `undefined` where it does not answer.
 *
 * @param token its API token; `undefined` for none.
 */
export async function upstreamMetadata(
  upstream: Upstream,
  token: string | undefined,
): Promise<GetMetadataResponse | undefined> {
  const headers: Record<string, string> = token === undefined ? {} : { [TOKEN_HEADER]: token };
  try {
    if (upstream.http !== undefined) {
      const answer = await fetch(`${upstream.http.replace(/\/+$/, "")}/v1.0/metadata`, { headers });
      return answer.ok ? readProtoJson(GetMetadataResponseSchema, await answer.text()) : undefined;
    }
    if (upstream.grpc === undefined) return undefined;
    const client = createClient(Dapr, createGrpcTransport({ baseUrl: upstream.grpc }));
    return await client.getMetadata({}, { headers });
  } catch {
    // It may not be up yet: then its part is left out.
    return undefined;
  }
}
