import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import { errorFromJson, errorToJson } from "../../stream/error-json.js";

/**
 * A component's own error, beside what daprd says of it: an ErrorInfo (https://google.aip.dev/193#errorinfo), as Dapr's newer
 * errors carry one. Over HTTP it stands in `details`, over gRPC in the details of the status.
 */
export interface ErrorDetail {
  /** The error's code. */
  reason: string;
  domain: typeof DOMAIN;
  /** `error` is the error as JSON text. */
  metadata: { error: string };
}

const DOMAIN = "sluice";
const TYPE = "type.googleapis.com/google.rpc.ErrorInfo";

/** How much of a provider's words is carried, in characters: many clients take 8 KiB of trailers at most. */
const MAX_WORDS = 1_000;
/** How much else is, in characters of JSON. */
const MAX_JSON = 4_000;

/** Marks an error as the component's: it was answered, and whether it is tried again is the sidecar's to say. */
export class ComponentFailure extends Error {}

/** The detail of an error; `undefined` where daprd's words say as much. */
export function errorDetail(error: SluiceError): ErrorDetail | undefined {
  if (error.code === "invalid-request" || error.code === "cancelled") return undefined;
  const { partial: _, cause: __, ...json } = errorToJson(error);
  // A component's failure that is not retryable is what daprd's own words mean.
  if (error.code === "provider-error" && Object.keys(json).length === 3 && !error.retryable) return undefined;
  return { reason: error.code, domain: DOMAIN, metadata: { error: JSON.stringify(bounded(json)) } };
}

/** An ErrorInfo as an HTTP body has it. */
export function writeErrorDetails(detail: ErrorDetail): JsonObject[] {
  const { reason, domain, metadata } = detail;
  return [{ "@type": TYPE, reason, domain, metadata: { ...metadata } }];
}

/** The component's error among the details of an HTTP body. @param message what the sidecar says of it. */
export function readErrorDetails(details: JsonValue | undefined, message: string): SluiceError | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const own = isJsonObject(detail) && detail["@type"] === TYPE ? readErrorDetail(detail, message) : undefined;
    if (own !== undefined) return own;
  }
  return undefined;
}

/** The component's error that an ErrorInfo carries; `undefined` for one of somebody else. */
export function readErrorDetail(
  info: { domain?: unknown; metadata?: unknown },
  message: string,
): SluiceError | undefined {
  const { domain, metadata } = info;
  if (domain !== DOMAIN || !isJsonObject(metadata) || typeof metadata.error !== "string") return undefined;
  try {
    const error = errorFromJson({ ...asObject(parseJson(metadata.error)), message });
    const cause = new ComponentFailure(message);
    return error.with({ cause, providerMessage: error.providerMessage ?? message });
  } catch {
    return undefined;
  }
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}

function bounded(json: JsonObject): JsonObject {
  const cut: JsonObject = {};
  for (const [name, value] of Object.entries(json)) {
    cut[name] = typeof value === "string" ? value.slice(0, MAX_WORDS) : value;
  }
  if (JSON.stringify(cut).length <= MAX_JSON) return cut;
  const { providerData: _, output: __, frame: ___, ...rest } = cut;
  return rest;
}
