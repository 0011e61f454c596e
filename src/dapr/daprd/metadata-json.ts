import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { readAnswerJson, toProtoJson } from "../converse/proto-json.js";
import {
  type GetMetadataResponse,
  GetMetadataResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/metadata_pb.js";

/**
 * The metadata of a daprd as its HTTP port says it. That is not protojson: the rules of a subscription are a list there,
 * where the message has an object around it.
 *
 * @throws {SluiceError} `malformed-frame`.
 */
export function readMetadataJson(json: JsonValue): GetMetadataResponse {
  return readAnswerJson(
    GetMetadataResponseSchema,
    withRules(json, (rules) => (Array.isArray(rules) ? { rules } : rules)),
  );
}

/** Metadata as daprd's HTTP port says it. */
export function writeMetadataJson(metadata: GetMetadataResponse): JsonObject {
  const json = toProtoJson(GetMetadataResponseSchema, metadata);
  return withRules(json, (rules) => (isJsonObject(rules) ? (rules.rules ?? []) : rules)) as JsonObject;
}

function withRules(json: JsonValue, change: (rules: JsonValue) => JsonValue): JsonValue {
  if (!isJsonObject(json) || !Array.isArray(json.subscriptions)) return json;
  const subscriptions = json.subscriptions.map((one) =>
    isJsonObject(one) && one.rules !== undefined ? { ...one, rules: change(one.rules) } : one,
  );
  return { ...json, subscriptions };
}
