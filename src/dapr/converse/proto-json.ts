import { isUtf8 } from "node:buffer";
import { createRegistry, type DescMessage, fromJson, type MessageShape, toJson } from "@bufbuild/protobuf";
import {
  AnySchema,
  BoolValueSchema,
  BytesValueSchema,
  DoubleValueSchema,
  DurationSchema,
  EmptySchema,
  FieldMaskSchema,
  FloatValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  ListValueSchema,
  StringValueSchema,
  StructSchema,
  TimestampSchema,
  UInt32ValueSchema,
  UInt64ValueSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { file_dapr_proto_common_v1_common } from "../proto/generated/dapr/proto/common/v1/common_pb.js";
import { file_dapr_proto_runtime_v1_ai } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { malformedBody } from "./api-error.js";

/** What may stand in a request's parameters, each by its `@type`. */
const registry = createRegistry(
  AnySchema,
  BoolValueSchema,
  BytesValueSchema,
  DoubleValueSchema,
  DurationSchema,
  EmptySchema,
  FieldMaskSchema,
  FloatValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  ListValueSchema,
  StringValueSchema,
  StructSchema,
  TimestampSchema,
  UInt32ValueSchema,
  UInt64ValueSchema,
  ValueSchema,
  file_dapr_proto_common_v1_common,
  file_dapr_proto_runtime_v1_ai,
);

/** How deep messages may be nested: a tenth of what Go's library takes, since each level is one of the stack's here. */
export const RECURSION_LIMIT = 1_000;

/**
 * The body of an HTTP request as text.
 *
 * @throws {SluiceError} `invalid-request` with `ERR_MALFORMED_REQUEST` where it is not UTF-8.
 */
export function bodyText(body: Uint8Array): string {
  if (isUtf8(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  throw malformedBody("invalid UTF-8");
}

/**
 * A message of the body of an HTTP request, by the rules of protojson: both spellings of a field's name, unknown fields
 * left alone, `null` for a field that is not there, an empty body for an empty message.
 *
 * @throws {SluiceError} `invalid-request` with `ERR_MALFORMED_REQUEST`.
 */
export function readProtoJson<Desc extends DescMessage>(schema: Desc, body: string): MessageShape<Desc> {
  try {
    const json = body === "" ? {} : parseJson(body);
    const present = body.includes("null") ? withoutNullMembers(schema, json) : json;
    return fromJson(schema, present, { ignoreUnknownFields: true, registry, recursionLimit: RECURSION_LIMIT });
  } catch (error) {
    throw malformedBody(messageOf(error));
  }
}

/**
 * JSON without those fields of messages that are `null`. protojson takes them for fields that are not there; this library
 * refuses them where another member of the same oneof is set, and that is how many serializers write a oneof.
 */
function withoutNullMembers(desc: DescMessage, json: JsonValue): JsonValue {
  // Well-known types have a JSON of their own, in which null may be a value.
  if (!isJsonObject(json) || desc.typeName.startsWith("google.protobuf.")) return json;
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(json)) {
    const field = desc.fields.find((one) => one.jsonName === name || one.name === name);
    if (field?.oneof !== undefined && value === null) continue;
    const message = field?.message;
    if (message === undefined) kept[name] = value;
    else if (field?.fieldKind === "message") kept[name] = withoutNullMembers(message, value);
    else kept[name] = Array.isArray(value) ? value.map((item) => withoutNullMembers(message, item)) : value;
  }
  return kept;
}

/** A message as the JSON of an HTTP answer: names in lower camel case, zero values left out, 64-bit numbers as texts. */
export function writeProtoJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return JSON.stringify(toProtoJson(schema, message));
}

/** The same as a value. */
export function toProtoJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): JsonObject {
  return toJson(schema, message, { registry }) as JsonObject;
}

/**
 * A message of the body of an HTTP answer.
 *
 * @throws {SluiceError} `malformed-frame`.
 */
export function readAnswerJson<Desc extends DescMessage>(schema: Desc, json: JsonValue): MessageShape<Desc> {
  try {
    return fromJson(schema, json, { ignoreUnknownFields: true, registry });
  } catch (cause) {
    const frame = JSON.stringify(json).slice(0, 500);
    throw new SluiceError("malformed-frame", `the answer is not a ${schema.name}`, { frame, cause });
  }
}

/**
 * A message with fields laid over it, by their names in protojson.
 *
 * @throws {SluiceError} `invalid-argument` for a field that it does not have, and for a value of another type.
 */
export function withJsonFields<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  fields: JsonObject,
): MessageShape<Desc> {
  const json = toProtoJson(schema, message);
  try {
    return fromJson(schema, { ...json, ...fields }, { registry });
  } catch (cause) {
    const message = `providerOptions.dapr: ${messageOf(cause)}`;
    throw new SluiceError("invalid-argument", message, { field: "providerOptions.dapr", cause });
  }
}
