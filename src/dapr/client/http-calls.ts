import { httpModel } from "../../models/http/http-model.js";
import { HttpService, type HttpServiceOptions } from "../../models/http/http-service.js";
import { getJson } from "../../models/http/json-calls.js";
import { readHttpError } from "../converse/read-api-error.js";
import { readMetadataJson } from "../daprd/metadata-json.js";
import { alpha1Dialect, alpha2Dialect } from "./dapr-dialect.js";
import type { SidecarCalls } from "./sidecar-backend.js";
import { readMetadata } from "./sidecar-info.js";

/** The calls of a sidecar's HTTP port. */
export function httpCalls(options: HttpServiceOptions & { metadataTimeoutMs: number }): SidecarCalls {
  const { baseUrl, metadataTimeoutMs: limit, ...service } = options;
  const metadata = new HttpService({ ...service, baseUrl });
  return {
    protocol: "HTTP",
    baseUrl,
    async metadata() {
      const timeouts = { connectMs: limit, firstByteMs: limit, idleMs: limit };
      const body = await getJson(metadata, "dapr", "/v1.0/metadata", readHttpError, {
        timeouts,
        retry: { retries: 0 },
      });
      return readMetadata(readMetadataJson(body));
    },
    alpha2: (target) =>
      httpModel({
        ...service,
        baseUrl,
        id: `dapr/${target.component}`,
        model: target.component,
        dialect: alpha2Dialect(target),
      }),
    alpha1: (target) =>
      httpModel({
        ...service,
        baseUrl,
        id: `dapr/${target.component}`,
        model: target.component,
        dialect: alpha1Dialect(target),
      }),
    close: async () => {},
  };
}
